// The addresses at which a server can listen, and who reaches them.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

namespace normlab {

class ListenAddress {
 public:
  ListenAddress();  // 127.0.0.1

  // "0.0.0.0" or "::" for all addresses of this machine, one of them, or "localhost"; an IPv6
  // address with or without brackets. Throws UsageError for anything else, a name too: what a name
  // leads to is another machine's to say.
  static ListenAddress Parse(const std::string& text);

  bool is_loopback() const { return loopback_; }             // this machine alone reaches it
  bool is_every() const { return every_; }                   // 0.0.0.0 or ::
  const std::string& url_host() const { return url_host_; }  // IPv6 in brackets

  int family() const { return family_; }
  // For bind; the size is `SocketAddressSize`.
  sockaddr_storage WithPort(int port) const;
  socklen_t SocketAddressSize() const;

 private:
  void SetIpv4(const in_addr& address);
  void SetIpv6(const in6_addr& address);

  int family_ = AF_INET;
  in_addr ipv4_{};
  in6_addr ipv6_{};
  bool loopback_ = false, every_ = false;
  std::string url_host_;
};

// Those of this machine that others may reach, in the system's order, as they stand in URLs; of
// IPv4 alone where that is the `family`. Without link-local ones, which no browser opens.
std::vector<std::string> MachineAddresses(int family);

// "192.168.1.5, [fd00::5]"; "none" where there is none.
std::string MachineAddressesText();

}  // namespace normlab
