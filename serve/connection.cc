#include "serve/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/text.h"
#include "serve/headers.h"

namespace normlab {
namespace {

constexpr std::size_t kLongestHead = 16384;
constexpr std::size_t kMostFarewell = std::size_t{1} << 20;
constexpr std::string_view kUsed[] = {"host", "connection", "if-none-match", "last-event-id"};
constexpr std::string_view kEndOfLine = "\r\n";
constexpr std::string_view kEndOfHead = "\r\n\r\n";

// httplib decodes percents in the values of headers, and its lines end at a zero.
bool IsPlain(std::string_view line) {
  return std::ranges::all_of(line, [](char c) { return c == '\t' || (c >= ' ' && c != 127); });
}

}  // namespace

std::string UsedLines(const std::string& head) {
  std::string_view rest = head;
  std::string used;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(kEndOfLine), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + kEndOfLine.size()));
    const std::string name = Lowered(line.substr(0, line.find(':')));
    if (!used.empty() && std::ranges::find(kUsed, name) == std::end(kUsed)) continue;
    if (!IsPlain(line) || line.empty()) return "";
    used.append(line).append(kEndOfLine);
  }
  return used.empty() ? used : used.append(kEndOfLine);
}

bool Connection::Await(short events, Clock::time_point deadline) const {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd ready = {socket_, events, 0};
    const int count = poll(&ready, 1, static_cast<int>(left));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return false;
  }
}

int Connection::ReadHead() {
  const auto deadline = Clock::now() + limits_.request;
  std::string received;
  char bytes[4096];
  while (true) {
    if (!Await(POLLIN, deadline)) return 408;
    const ssize_t count = recv(socket_, bytes, sizeof bytes, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) return 400;
    const std::size_t searched = received.size() < 3 ? 0 : received.size() - 3;
    received.append(bytes, static_cast<std::size_t>(count));
    const std::size_t end = received.find(kEndOfHead, searched);
    if (std::min(end, received.size()) > kLongestHead) return 431;
    if (end == std::string::npos) continue;
    head_ = UsedLines(received.substr(0, end));
    return head_.empty() ? 400 : 200;
  }
}

void Connection::Farewell() {
  shutdown(socket_, SHUT_WR);
  const auto deadline = Clock::now() + limits_.farewell;
  char bytes[4096];
  std::size_t total = 0;
  while (total < kMostFarewell && Await(POLLIN, deadline)) {
    const ssize_t count = recv(socket_, bytes, sizeof bytes, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return;
    if (count > 0) total += static_cast<std::size_t>(count);
  }
}

bool Connection::is_writable() const {
  pollfd state = {socket_, POLLRDHUP, 0};
  return poll(&state, 1, 0) == 0;
}

ssize_t Connection::read(char* bytes, size_t size) {
  const std::size_t count = head_.copy(bytes, size, place_);
  place_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* bytes, size_t size) {
  const auto deadline = Clock::now() + limits_.write;
  while (true) {
    const ssize_t count = send(socket_, bytes, size, MSG_NOSIGNAL);
    if (count >= 0) return count;
    if (errno == EINTR) continue;
    if (errno != EAGAIN || !Await(POLLOUT, deadline)) return -1;
  }
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = "127.0.0.1";
  port = 0;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  get_remote_ip_and_port(ip, port);
}

}  // namespace normlab
