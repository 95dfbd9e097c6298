#include "tests/fetch/server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace normlab {
namespace {

// Bound to a free port of 127.0.0.1.
int Bind(int& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port is free");
  }
  port = ntohs(address.sin_port);
  return listener;
}

bool Readable(int descriptor) {
  pollfd wait{descriptor, POLLIN, 0};
  return poll(&wait, 1, 50) > 0;
}

WebRequest Parse(const std::string& text) {
  WebRequest request;
  std::istringstream lines(text);
  std::string method, line;
  lines >> method >> request.path;
  std::getline(lines, line);
  while (std::getline(lines, line) && line != "\r") {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers[name] = line.substr(colon + 2, line.size() - colon - 3);
  }
  return request;
}

bool SendAll(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

std::string WebRequest::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

WebServer::WebServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = Bind(port_);
  if (listen(listener_, 16) != 0) throw std::runtime_error("cannot listen");
  acceptor_ = std::thread([this] { Accept(); });
}

WebServer::~WebServer() {
  ending_ = true;
  acceptor_.join();
  for (std::thread& answer : answers_) answer.join();
  close(listener_);
}

void WebServer::Accept() {
  while (!ending_) {
    if (!Readable(listener_)) continue;
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) answers_.emplace_back([this, connection] { Answer(connection); });
  }
}

void WebServer::Answer(int connection) {
  std::string text;
  char bytes[4096];
  while (!ending_ && text.find("\r\n\r\n") == std::string::npos) {
    if (!Readable(connection)) continue;
    const ssize_t count = recv(connection, bytes, sizeof bytes, 0);
    if (count <= 0) break;
    text.append(bytes, static_cast<std::size_t>(count));
  }
  if (text.find("\r\n\r\n") != std::string::npos) {
    const WebRequest request = Parse(text);
    int number = 0;
    {
      const std::lock_guard lock(mutex_);
      number = static_cast<int>(requests_.size());
      requests_.push_back(request);
    }
    Send(connection, handler_(request, number));
  }
  close(connection);
}

void WebServer::Send(int connection, const WebReply& reply) {
  if (reply.no_answer) return;
  std::string head = fmt::format("HTTP/1.1 {} Said So\r\nConnection: close\r\n", reply.status);
  if (reply.content_length != WebReply::kNone) {
    head += fmt::format("Content-Length: {}\r\n", reply.content_length == WebReply::kTrue
                                                      ? static_cast<long>(reply.body.size())
                                                      : reply.content_length);
  }
  for (const std::string& header : reply.headers) head += header + "\r\n";
  bool sent = SendAll(connection, head + "\r\n" + reply.body);
  while (reply.endless && sent && !ending_) sent = SendAll(connection, reply.body);
  while (reply.stall && !ending_) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

std::string WebServer::Address(std::string_view path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

std::vector<WebRequest> WebServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

WebReply ServeFile(const WebRequest& request, std::string_view bytes, const std::string& etag) {
  WebReply reply;
  if (!etag.empty()) reply.headers.push_back("ETag: " + etag);
  const std::string range = request.Header("range"), condition = request.Header("if-range");
  if (range.empty() || (!condition.empty() && condition != etag)) {
    reply.body = bytes;
    return reply;
  }
  const std::size_t first = std::stoul(range.substr(std::string("bytes=").size()));
  if (first >= bytes.size()) {
    reply.status = 416;
    return reply;
  }
  reply.status = 206;
  reply.headers.push_back(
      fmt::format("Content-Range: bytes {}-{}/{}", first, bytes.size() - 1, bytes.size()));
  reply.body = bytes.substr(first);
  return reply;
}

std::string DeadAddress() {
  int port = 0;
  close(Bind(port));
  return fmt::format("http://127.0.0.1:{}/", port);
}

}  // namespace normlab
