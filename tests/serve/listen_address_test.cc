#include "serve/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

#include "base/error.h"
#include "serve/headers.h"
#include "serve/listener.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

std::string Complaint(const std::string& text) {
  try {
    ListenAddress::Parse(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(ListenAddress, KnowsWhoReachesIt) {
  struct Case {
    const char* text;
    const char* url_host;
    bool loopback, every;
  };
  for (const Case& each :
       {Case{"127.0.0.1", "127.0.0.1", true, false}, Case{"127.9.9.9", "127.9.9.9", true, false},
        Case{"localhost", "127.0.0.1", true, false}, Case{"::1", "[::1]", true, false},
        Case{"[::1]", "[::1]", true, false}, Case{"::ffff:127.0.0.1", "127.0.0.1", true, false},
        Case{"0.0.0.0", "0.0.0.0", false, true}, Case{"::ffff:0.0.0.0", "0.0.0.0", false, true},
        Case{"::", "[::]", false, true}, Case{"[::]", "[::]", false, true},
        Case{"128.0.0.1", "128.0.0.1", false, false},
        Case{"2001:DB8:0::1", "[2001:db8::1]", false, false}}) {
    const ListenAddress address = ListenAddress::Parse(each.text);
    EXPECT_EQ(address.url_host(), each.url_host) << each.text;
    EXPECT_EQ(address.is_loopback(), each.loopback) << each.text;
    EXPECT_EQ(address.is_every(), each.every) << each.text;
  }
  EXPECT_EQ(ListenAddress().url_host(), "127.0.0.1");
}

TEST(ListenAddress, WhatIsNoneIsRefusedInOneLine) {
  for (const char* text : {"machine.example", "", " ", "1.2.3", "1.2.3.4.5", "256.0.0.1", "0x7f.1",
                           "[127.0.0.1", ":::", "[]", "127.0.0.1/8", "0.0.0.0\n", "http://x"}) {
    EXPECT_THAT(Complaint(text), HasSubstr("expected an address of this machine in digits"))
        << text;
    EXPECT_THAT(Complaint(text), testing::Not(HasSubstr("\n"))) << text;
    EXPECT_THAT(Complaint(text), testing::EndsWith("found none")) << text;
  }
  EXPECT_THAT(Complaint("0.0.0.0:80"), HasSubstr("which --port takes"));
  EXPECT_THAT(Complaint("[::]:80"), HasSubstr("which --port takes"));
  EXPECT_THAT(Complaint("fe80::1"), HasSubstr("link-local"));
}

// 192.0.2.0/24 and 2001:db8::/32 are kept for documents, but a test's machine may use them.
TEST(ListenAddress, ThatIsAnotherMachinesIsRefused) {
  try {
    const Listener listener(ListenAddress::Parse("203.0.113.77"), 0);
    ADD_FAILURE() << "listens";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("--host 203.0.113.77: expected an address of this machine"));
  }
}

TEST(ListenAddress, EveryIpv6OneTakesIpv4Too) {
  std::unique_ptr<Listener> listener;
  try {
    listener = std::make_unique<Listener>(ListenAddress::Parse("::"), 0);
  } catch (const UsageError&) {
    NORMLAB_LEFT_OUT("this system has no IPv6");
  }
  EXPECT_GT(listener->port(), 0);
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_storage place = ListenAddress().WithPort(listener->port());
  EXPECT_EQ(connect(client, reinterpret_cast<const sockaddr*>(&place),
                    ListenAddress().SocketAddressSize()),
            0);
  close(client);
}

TEST(ListenAddress, AServersOwnLoopbackAddressIsAHostOfIts) {
  EXPECT_TRUE(IsOwnHost("127.0.0.12:7117", "127.0.0.12"));
  EXPECT_TRUE(IsOwnHost("127.0.0.12", "127.0.0.12"));
  EXPECT_FALSE(IsOwnHost("127.0.0.12", "127.0.0.1"));
  EXPECT_FALSE(IsOwnHost("127.0.0.123", "127.0.0.12"));
}

TEST(MachineAddresses, AreThoseThatOthersReach) {
  for (const std::string& host : MachineAddresses(AF_UNSPEC)) {
    EXPECT_FALSE(host.starts_with("127.") || host == "[::1]" || host.starts_with("[fe80")) << host;
    EXPECT_FALSE(ListenAddress::Parse(host).is_loopback()) << host;
  }
  for (const std::string& host : MachineAddresses(AF_INET)) EXPECT_NE(host.front(), '[') << host;
}

}  // namespace
}  // namespace normlab
