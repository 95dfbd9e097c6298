#include "tests/serve/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <vector>

namespace normlab {

Client::Client(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int status = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  EXPECT_EQ(status, 0) << "nobody listens at " << port;
}

Client::~Client() { close(socket_); }

bool Client::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::string Client::ReadToEnd(std::chrono::milliseconds patience) {
  return ReadUntil("", patience);
}

std::string Client::ReadUntil(std::string_view text, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::vector<char> bytes(1 << 16);
  std::size_t searched = 0;
  while (!ended_) {
    if (!text.empty() && received_.find(text, searched) != std::string::npos) break;
    searched = received_.size() - std::min(received_.size(), text.size());
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd ready = {socket_, POLLIN, 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) <= 0) break;
    const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
    if (count > 0) received_.append(bytes.data(), static_cast<std::size_t>(count));
    ended_ = count <= 0;
  }
  return received_;
}

Reply ParseReply(const std::string& text) {
  Reply reply;
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) return reply;
  std::istringstream head(text.substr(0, end));
  std::string version, line;
  head >> version >> reply.status;
  std::getline(head, line);
  while (std::getline(head, line)) {
    if (line.ends_with('\r')) line.pop_back();
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    reply.headers[name] = line.substr(colon + 2);
  }
  reply.body = text.substr(end + 4);
  return reply;
}

Reply Ask(int port, const std::string& method, const std::string& target,
          const std::string& headers) {
  Client client(port);
  const bool named = headers.starts_with("Host:") || headers.starts_with("NoHost:");
  client.Send(method + " " + target + " HTTP/1.1\r\n" + (named ? "" : "Host: 127.0.0.1\r\n") +
              headers + "\r\n");
  return ParseReply(client.ReadToEnd());
}

std::string EventsRequest(const std::string& last_event_id) {
  return "GET /events HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, br\r\n" +
         (last_event_id.empty() ? "" : "Last-Event-ID: " + last_event_id + "\r\n") + "\r\n";
}

std::string LastId(const std::string& stream) {
  const std::size_t at = stream.rfind("id: ");
  if (at == std::string::npos) return "";
  return stream.substr(at + 4, stream.find('\n', at) - at - 4);
}

}  // namespace normlab
