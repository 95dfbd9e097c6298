// Clients of all kinds, over plain sockets.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace normlab {

struct Reply {
  int status = 0;                              // 0: none came
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class Client {
 public:
  explicit Client(int port);  // fails the test where nobody listens
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // False when the server has closed.
  bool Send(std::string_view bytes) const;
  // What comes until the server closes, or until `text` has come, or too long passes.
  std::string ReadToEnd(std::chrono::milliseconds patience = std::chrono::seconds(20));
  std::string ReadUntil(std::string_view text,
                        std::chrono::milliseconds patience = std::chrono::seconds(20));
  bool ended() const { return ended_; }  // by the server

 private:
  int socket_ = -1;
  std::string received_;
  bool ended_ = false;
};

Reply ParseReply(const std::string& text);

// With "Host: 127.0.0.1", unless `headers` ("Name: value\r\n", ...) names another.
Reply Ask(int port, const std::string& method, const std::string& target,
          const std::string& headers = "");

// A stream of events, its head read.
std::string EventsRequest(const std::string& last_event_id = "");
// The id of the last event in what a stream sent; empty: none.
std::string LastId(const std::string& stream);

}  // namespace normlab
