// A port at an address of this machine.
#pragma once

#include "base/descriptor.h"
#include "serve/listen_address.h"

namespace normlab {

class Listener {
 public:
  // Port 0: a free one. Throws, with what to do, RunError where the port is taken or not allowed,
  // UsageError where the address is not this machine's.
  Listener(const ListenAddress& address, int port);

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
