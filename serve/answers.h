// What is answered to which request.
#pragma once

#include <httplib.h>

#include <atomic>
#include <memory>

#include "serve/server.h"
#include "serve/watch.h"

namespace normlab {

class Answers {
 public:
  Answers(Watch& watch, const ServerLimits& limits) : watch_(watch), limits_(limits) {}

  // From any thread. Both outlive the response.
  void Answer(const httplib::Request& request, httplib::Response& response);

 private:
  struct Stream;
  void Page(const httplib::Request& request, httplib::Response& response);
  void Data(const httplib::Request& request, httplib::Response& response);
  void Events(const httplib::Request& request, httplib::Response& response);
  bool Tell(Stream& stream, httplib::DataSink& sink);

  Watch& watch_;
  const ServerLimits limits_;
  std::atomic<int> pages_{0};
};

}  // namespace normlab
