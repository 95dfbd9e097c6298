// What is answered to which request.
#pragma once

#include <httplib.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "serve/server.h"
#include "serve/watch.h"

namespace normlab {

class Answers {
 public:
  Answers(Watch& watch, const ServerLimits& limits, const ServerEntrance& entrance)
      : watch_(watch), limits_(limits), entrance_(entrance) {}

  // From any thread. Both outlive the response.
  void Answer(const httplib::Request& request, httplib::Response& response);

 private:
  struct Stream;
  // Without the token; nothing where the request is refused, which `response` then says.
  std::optional<std::string> AdmittedPath(const httplib::Request& request,
                                          httplib::Response& response) const;
  void Route(const std::string& path, const httplib::Request& request, httplib::Response& response);
  void Page(const httplib::Request& request, httplib::Response& response);
  void Data(const httplib::Request& request, httplib::Response& response);
  void Events(const httplib::Request& request, httplib::Response& response);
  bool Tell(Stream& stream, httplib::DataSink& sink);

  Watch& watch_;
  const ServerLimits limits_;
  const ServerEntrance entrance_;
  std::atomic<int> pages_{0};
};

}  // namespace normlab
