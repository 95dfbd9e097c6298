#include "serve/listener.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>

#include "base/error.h"

namespace normlab {
namespace {

constexpr int kWaitingConnections = 128;
constexpr auto kPause = std::chrono::milliseconds(20);

[[noreturn]] void Refuse(const ListenAddress& address, int port, int error) {
  if (error == EADDRNOTAVAIL) {
    throw UsageError(
        fmt::format("serve: --host {}: expected an address of this machine (those that others may "
                    "reach: {}) or 0.0.0.0 for all of them, found one that it does not have",
                    address.url_host(), MachineAddressesText()));
  }
  if (error == EAFNOSUPPORT) {
    throw UsageError(fmt::format(
        "serve: --host {}: this system has no such addresses; expected one of {}, or 0.0.0.0 for "
        "all of them",
        address.url_host(), MachineAddressesText()));
  }
  const char* reason =
      error == EADDRINUSE ? "another program listens there already" : std::strerror(error);
  throw RunError(
      fmt::format("{}:{}: cannot listen: {}; take another --port, or --port 0 for any that is free",
                  address.url_host(), port, reason));
}

// The port lies at the same place in both families' addresses.
static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
int PortOf(int socket) {
  sockaddr_in6 address{};
  socklen_t size = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin6_port);
}

// :: listens for IPv4 as well, whatever the system's default is.
bool TakeBothFamilies(int socket, const ListenAddress& address) {
  const int no = 0;
  return address.family() != AF_INET6 ||
         setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) == 0;
}

}  // namespace

// SO_REUSEADDR lets a server take up its port again while connections of the last one die away;
// SO_REUSEPORT, which httplib would set, lets two servers share a port, each unaware of the other.
Listener::Listener(const ListenAddress& address, int port)
    : socket_(socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  const int yes = 1;
  const sockaddr_storage place = address.WithPort(port);
  if (socket_.get() < 0 || wake_.get() < 0 ||
      setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      !TakeBothFamilies(socket_.get(), address) ||
      bind(socket_.get(), reinterpret_cast<const sockaddr*>(&place), address.SocketAddressSize()) !=
          0 ||
      listen(socket_.get(), kWaitingConnections) != 0) {
    Refuse(address, port, errno);
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
