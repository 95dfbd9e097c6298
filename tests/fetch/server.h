// A web server on 127.0.0.1 that answers as a test wants, also badly.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace normlab {

struct WebRequest {
  std::string path;  // "/mnist/file.gz"; of a proxied one the whole address
  std::map<std::string, std::string> headers;         // names in lower case
  std::string Header(const std::string& name) const;  // "" when it is not there
};

struct WebReply {
  int status = 200;
  std::vector<std::string> headers;  // "ETag: \"1\""
  std::string body;
  // What the header says; kTrue is the body's length, kNone leaves the header out.
  static constexpr long kTrue = -1, kNone = -2;
  long content_length = kTrue;
  bool stall = false;      // after the body, until the server ends
  bool endless = false;    // the body again and again
  bool no_answer = false;  // the connection ends before any header
};

class WebServer {
 public:
  using Handler = std::function<WebReply(const WebRequest& request, int number)>;  // from 0

  explicit WebServer(Handler handler);
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  std::string Address(std::string_view path = "/") const;  // "http://127.0.0.1:40001/"
  std::vector<WebRequest> requests() const;

 private:
  void Accept();
  void Answer(int connection);
  void Send(int connection, const WebReply& reply);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> ending_{false};
  mutable std::mutex mutex_;
  std::vector<WebRequest> requests_;
  std::vector<std::thread> answers_;
  std::thread acceptor_;
};

// As a good server serves a file: Range and If-Range are honoured, `etag` (with its quotes) is sent
// when it is not empty.
WebReply ServeFile(const WebRequest& request, std::string_view bytes, const std::string& etag = "");

// An address that nobody listens at.
std::string DeadAddress();

}  // namespace normlab
