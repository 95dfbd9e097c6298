// `normlab serve` as a user starts and ends it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <set>
#include <thread>

#include "base/file.h"
#include "report/page/page.h"
#include "tests/app/program.h"
#include "tests/left_out.h"
#include "tests/serve/client.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Serve : public testing::Test {
 protected:
  void SetUp() override {
    if (!HasPage()) NORMLAB_LEFT_OUT("this build has no page; cmake -B build -DNORMLAB_WEB=ON");
  }
  // The last of the addresses that a server prints at once: that of this machine itself.
  std::string LastAddress(Program& program) const {
    for (int i = 0; i < 400 && program.Running(); ++i) {
      const std::string out =
          std::filesystem::exists(program.out_path()) ? ReadFile(program.out_path()) : "";
      if (out.ends_with("\n")) return ReadLines(program.out_path()).back();
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    ADD_FAILURE() << "no address: " << program.Wait().err;
    return "";
  }
  // The port in the address that a server prints first.
  int PortOf(Program& program) const {
    for (int i = 0; i < 400 && program.Running(); ++i) {
      std::vector<std::string> lines;
      if (std::filesystem::exists(program.out_path())) lines = ReadLines(program.out_path());
      const std::string begin = "http://127.0.0.1:";
      if (!lines.empty() && lines[0].ends_with('/') && lines[0].starts_with(begin)) {
        return std::stoi(lines[0].substr(begin.size()));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    ADD_FAILURE() << "no address: " << program.Wait().err;
    return 0;
  }

  TemporaryFolder folder_;
};

TEST_F(Serve, PrintsItsAddressAndEndsWellBySignals) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Program program(folder_, {"serve", "not/there", "--port", "0"});
    const int port = PortOf(program);
    const Reply page = Ask(port, "GET", "/");
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.body, HasSubstr("not/there does not exist yet"));
    Client stream(port);
    stream.Send(EventsRequest());
    stream.ReadUntil("data: data");
    const auto start = std::chrono::steady_clock::now();
    program.Signal(signal);
    const Outcome outcome = program.Wait();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, fmt::format("http://127.0.0.1:{}/\n", port));
    EXPECT_EQ(outcome.err, "normlab: shows not/there; Ctrl-C ends it\n");
  }
}

TEST_F(Serve, APortThatIsTakenIsOneLine) {
  Program first(folder_, {"serve", "a", "--port", "0"});
  const std::string port = std::to_string(PortOf(first));
  const Outcome second = RunProgram(folder_, {"serve", "b", "--port", port});
  EXPECT_EQ(second.code, 1);
  EXPECT_EQ(second.out, "");
  EXPECT_EQ(second.err, "normlab: 127.0.0.1:" + port +
                            ": cannot listen: another program listens there already; take another "
                            "--port, or --port 0 for any that is free\n");
}

TEST_F(Serve, MistakesOfUsage) {
  const auto expect_refused = [&](const std::vector<std::string>& arguments,
                                  const std::string& part) {
    const Outcome outcome = RunProgram(folder_, arguments);
    EXPECT_EQ(outcome.code, 2) << part;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr(part));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  };
  expect_refused({"serve"}, "folder");
  expect_refused({"serve", "a", "--port", "65536"}, "65536");
  expect_refused({"serve", "a", "--port", "-1"}, "-1");
  expect_refused({"serve", "a", "--port", "http"}, "--port");
  expect_refused({"serve", ""}, "serve: folder: expected a value, found an empty one");
  expect_refused({"serve", "a", "--host", ""}, "--host: expected a value, found an empty one");
  expect_refused({"serve", "a", "--host", "machine.example"},
                 "--host machine.example: expected an address of this machine in digits");
  expect_refused({"serve", "a", "--host", "0.0.0.0:80"}, "a port with it, which --port takes");
  expect_refused({"serve", "a", "--host", "203.0.113.77", "--port", "0"},
                 "--host 203.0.113.77: expected an address of this machine");
}

// The token in each address, a new one at each start.
TEST_F(Serve, OtherMachinesNeedTheTokenOfTheAddress) {
  std::set<std::string> tokens;
  for (int start = 0; start < 2; ++start) {
    Program program(folder_, {"serve", "not/there", "--host", "0.0.0.0", "--port", "0"});
    const std::string address = LastAddress(program);
    int port = 0;
    char token[33] = "";
    ASSERT_EQ(std::sscanf(address.c_str(), "http://127.0.0.1:%d/%32[0-9a-f]/", &port, token), 2)
        << address;
    EXPECT_TRUE(tokens.insert(token).second);
    EXPECT_EQ(Ask(port, "GET", fmt::format("/{}/", token)).status, 200);
    EXPECT_EQ(Ask(port, "GET", fmt::format("/{}/", token), "Host: machine.example\r\n").status,
              200);
    EXPECT_EQ(Ask(port, "GET", "/").status, 403);
    program.Signal(SIGINT);
    const Outcome outcome = program.Wait();
    EXPECT_EQ(outcome.code, 0);
    for (const std::string& line : ReadLines(program.out_path())) {
      EXPECT_TRUE(line.ends_with(fmt::format(":{}/{}/", port, token))) << line;
    }
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("Ctrl-C ends it\nnormlab: warning: "),
                                   HasSubstr("unencrypted (HTTP)"),
                                   HasSubstr(fmt::format("ssh -L {0}:127.0.0.1:{0}", port))));
  }
}

TEST_F(Serve, ALoopbackHostNeedsNone) {
  for (const char* host : {"127.0.0.1", "localhost"}) {
    Program program(folder_, {"serve", "not/there", "--host", host, "--port", "0"});
    const int port = PortOf(program);
    EXPECT_EQ(Ask(port, "GET", "/").status, 200);
    EXPECT_EQ(Ask(port, "GET", "/", "Host: machine.example\r\n").status, 403);
    program.Signal(SIGINT);
    EXPECT_EQ(program.Wait().err, "normlab: shows not/there; Ctrl-C ends it\n");
  }
}

}  // namespace
}  // namespace normlab
