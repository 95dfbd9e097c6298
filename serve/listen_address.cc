#include "serve/listen_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <cstdint>
#include <cstring>
#include <memory>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

constexpr std::uint32_t kLoopbackNet = 127;

bool IsLoopback(const in_addr& address) { return ntohl(address.s_addr) >> 24 == kLoopbackNet; }

std::string UrlHost(const in_addr& address) {
  char text[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, &address, text, sizeof text);
  return text;
}

std::string UrlHost(const in6_addr& address) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(AF_INET6, &address, text, sizeof text);
  return fmt::format("[{}]", text);
}

std::string WithoutBrackets(const std::string& text) {
  const bool has = text.size() > 2 && text.front() == '[' && text.back() == ']';
  return has ? text.substr(1, text.size() - 2) : text;
}

// "0.0.0.0:80", "[::]:80"; an IPv6 address without brackets has further colons.
bool EndsInPort(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) return false;
  if (text.find_first_not_of("0123456789", colon + 1) != std::string::npos) return false;
  return text[colon - 1] == ']' || text.find(':') == colon;
}

[[noreturn]] void RefuseHost(const std::string& text, const std::string& found) {
  throw UsageError(
      fmt::format("serve: --host {}: expected an address of this machine in digits (those that "
                  "others may reach: {}), 0.0.0.0 for all of them, or localhost; found {}",
                  Printable(text), MachineAddressesText(), found));
}

}  // namespace

ListenAddress::ListenAddress() { SetIpv4({htonl(INADDR_LOOPBACK)}); }

void ListenAddress::SetIpv4(const in_addr& address) {
  family_ = AF_INET;
  ipv4_ = address;
  loopback_ = IsLoopback(address);
  every_ = address.s_addr == htonl(INADDR_ANY);
  url_host_ = UrlHost(address);
}

void ListenAddress::SetIpv6(const in6_addr& address) {
  family_ = AF_INET6;
  ipv6_ = address;
  loopback_ = IN6_IS_ADDR_LOOPBACK(&address);
  every_ = IN6_IS_ADDR_UNSPECIFIED(&address);
  url_host_ = UrlHost(address);
}

ListenAddress ListenAddress::Parse(const std::string& text) {
  ListenAddress result;
  in_addr ipv4{};
  in6_addr ipv6{};
  const std::string digits = WithoutBrackets(text);
  if (text == "localhost") return result;
  if (inet_pton(AF_INET, text.c_str(), &ipv4) == 1) {
    result.SetIpv4(ipv4);
  } else if (inet_pton(AF_INET6, digits.c_str(), &ipv6) != 1) {
    RefuseHost(text, EndsInPort(text) ? "a port with it, which --port takes" : "none");
  } else if (IN6_IS_ADDR_LINKLOCAL(&ipv6)) {
    RefuseHost(text, "a link-local one, which no browser opens");
  } else if (IN6_IS_ADDR_V4MAPPED(&ipv6)) {
    std::memcpy(&ipv4, ipv6.s6_addr + 12, sizeof ipv4);
    result.SetIpv4(ipv4);
  } else {
    result.SetIpv6(ipv6);
  }
  return result;
}

sockaddr_storage ListenAddress::WithPort(int port) const {
  sockaddr_storage storage{};
  if (family_ == AF_INET) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr = ipv4_;
    std::memcpy(&storage, &address, sizeof address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(static_cast<std::uint16_t>(port));
    address.sin6_addr = ipv6_;
    std::memcpy(&storage, &address, sizeof address);
  }
  return storage;
}

socklen_t ListenAddress::SocketAddressSize() const {
  return family_ == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

std::vector<std::string> MachineAddresses(int family) {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(first, freeifaddrs);
  std::vector<std::string> hosts;
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_UP) == 0) continue;
    if (each->ifa_addr->sa_family == AF_INET) {
      sockaddr_in address{};
      std::memcpy(&address, each->ifa_addr, sizeof address);
      if (!IsLoopback(address.sin_addr)) hosts.push_back(UrlHost(address.sin_addr));
    } else if (each->ifa_addr->sa_family == AF_INET6 && family != AF_INET) {
      sockaddr_in6 address{};
      std::memcpy(&address, each->ifa_addr, sizeof address);
      if (IN6_IS_ADDR_LOOPBACK(&address.sin6_addr)) continue;
      if (IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr)) continue;
      hosts.push_back(UrlHost(address.sin6_addr));
    }
  }
  return hosts;
}

std::string MachineAddressesText() {
  const std::vector<std::string> hosts = MachineAddresses(AF_UNSPEC);
  return hosts.empty() ? "none" : Join(hosts);
}

}  // namespace normlab
