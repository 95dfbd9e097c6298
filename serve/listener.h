// A port of this machine that only this machine reaches.
#pragma once

#include "base/descriptor.h"

namespace normlab {

class Listener {
 public:
  // Binds 127.0.0.1; port 0: a free one. Throws RunError, with what to do, where the port is taken
  // or not allowed.
  explicit Listener(int port);

  int port() const { return port_; }

  // The next connection; -1 when Wake was called, or after a short pause when the system had none
  // to give (out of descriptors, a client that left again).
  int Accept();
  void Wake();  // from any thread
  int descriptor() const { return socket_.get(); }

 private:
  Descriptor socket_, wake_;
  int port_ = 0;
};

}  // namespace normlab
