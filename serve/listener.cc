#include "serve/listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <thread>

#include "base/error.h"

namespace normlab {
namespace {

constexpr int kWaitingConnections = 128;
constexpr auto kPause = std::chrono::milliseconds(20);

[[noreturn]] void Refuse(int port) {
  const char* reason =
      errno == EADDRINUSE ? "another program listens there already" : std::strerror(errno);
  throw RunError(fmt::format(
      "127.0.0.1:{}: cannot listen: {}; take another --port, or --port 0 for any that is free",
      port, reason));
}

sockaddr_in Address(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int PortOf(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

// SO_REUSEADDR lets a server take up its port again while connections of the last one die away;
// SO_REUSEPORT, which httplib would set, lets two servers share a port, each unaware of the other.
Listener::Listener(int port)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  const int yes = 1;
  const sockaddr_in address = Address(port);
  if (socket_.get() < 0 || wake_.get() < 0 ||
      setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(socket_.get(), kWaitingConnections) != 0) {
    Refuse(port);
  }
  port_ = PortOf(socket_.get());
}

int Listener::Accept() {
  pollfd ready[] = {{socket_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
  if (poll(ready, 2, -1) < 0) return -1;
  if (ready[1].revents != 0) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto drained = read(wake_.get(), &count, sizeof count);
  }
  if (ready[0].revents == 0) return -1;
  const int client = accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  // A connection that cannot be taken stays in the queue, and poll would tell of it at once.
  if (client < 0 && errno != EAGAIN) std::this_thread::sleep_for(kPause);
  return client;
}

void Listener::Wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_.get(), &one, sizeof one);
}

}  // namespace normlab
