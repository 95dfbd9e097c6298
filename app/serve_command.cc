#include "app/serve_command.h"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <memory>

#include "app/interrupt.h"
#include "app/standard_streams.h"
#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "report/page/page.h"
#include "serve/listen_address.h"
#include "serve/server.h"
#include "serve/study_page.h"
#include "serve/token.h"

namespace normlab {
namespace {

struct ServeFlags {
  std::vector<std::string> folders;
  int port = kDefaultServePort;
  std::string host;  // empty: 127.0.0.1
  std::string data_dir;
};

constexpr int kLargeBlock = 1 << 18;

// What a browser opens: the first on another machine, where others reach it at all.
std::vector<std::string> Addresses(const ServerEntrance& entrance, int port) {
  std::vector<std::string> hosts = {entrance.address.url_host()};
  if (entrance.address.is_every()) {
    hosts = MachineAddresses(entrance.address.family());
    hosts.push_back(ListenAddress().url_host());
  }
  std::vector<std::string> addresses;
  for (const std::string& host : hosts) {
    addresses.push_back(fmt::format("http://{}:{}/{}{}", host, port, entrance.token,
                                    entrance.token.empty() ? "" : "/"));
  }
  return addresses;
}

// A server goes on where nobody reads its address. Standard output that was closed from the start
// is how a daemon begins, and no failure.
void TellAddresses(const std::vector<std::string>& addresses,
                   const std::vector<std::string>& folders) {
  if (OutputWorks()) Print("{}\n", Join(addresses, "\n"));
  Say(fmt::format("shows {}{}{}; Ctrl-C ends it", Printable(folders[0]),
                  folders.size() > 1 ? fmt::format(" and {} more", folders.size() - 1) : "",
                  OutputWorks() ? "" : " at " + Join(addresses)));
}

// The machine's own name, for what is typed on another.
std::string MachineName() {
  char name[HOST_NAME_MAX + 1] = "";
  gethostname(name, HOST_NAME_MAX);
  return name[0] == '\0' ? "MACHINE" : Printable(name);
}

void TellWhoSeesIt(int port) {
  Warn(fmt::format(
      "whoever has this address and reaches this machine sees the whole page, its numbers, "
      "settings and pictures, and it travels unencrypted (HTTP): give it to nobody else. Safer: "
      "serve without --host; then ssh -L {0}:127.0.0.1:{0} {1} on the other machine",
      port, MachineName()));
}

ExitCode Serve(const ServeFlags& flags) {
  if (!HasPage()) {
    throw UsageError(
        "serve: this normlab was built without the page (-DNORMLAB_WEB=OFF); build it with "
        "-DNORMLAB_WEB=ON (normlab doctor tells what else is missing)");
  }
  // Data sets and pages are given back to the system as soon as they are not needed.
  mallopt(M_MMAP_THRESHOLD, kLargeBlock);
  CatchInterrupts();
  HoldInterrupts();
  ServerEntrance entrance;
  entrance.port = flags.port;
  if (!flags.host.empty()) entrance.address = ListenAddress::Parse(flags.host);
  if (!entrance.address.is_loopback()) entrance.token = NewToken();
  const LiveServer server(entrance, flags.folders,
                          StudyPage(flags.data_dir, [](const std::string& line) {
                            Warn(fmt::format("{}; the page lacks its images", line));
                          }));
  TellAddresses(Addresses(entrance, server.port()), flags.folders);
  if (!entrance.token.empty()) TellWhoSeesIt(server.port());
  AwaitInterrupt();
  // Nothing is to be saved, so nothing is waited for: not the page that is being built, nor a
  // client.
  std::_Exit(EndOutput(ExitCode::kDone));
}

}  // namespace

Command AddServeCommand(CLI::App& program) {
  const auto flags = std::make_shared<ServeFlags>();
  CLI::App* serve = program.add_subcommand(
      "serve", "Show the page of a running study in a browser, as epochs end.");
  serve->add_option("folder", flags->folders, "run folders: running, finished or not there yet")
      ->required();
  serve
      ->add_option("--port", flags->port,
                   fmt::format("default: {}; 0: any that is free", kDefaultServePort))
      ->check(CLI::Range(0, 65535));
  serve->add_option("--host", flags->host,
                    "default: this machine alone; 0.0.0.0, or an address of this machine: others "
                    "too, who need the token in the address that is printed");
  serve->add_option("--data-dir", flags->data_dir,
                    "where the data sets lie, before all other places");
  serve->footer(
      "normlab serve runs/fashion_0123456789\nnormlab serve runs/* --port 0\nnormlab serve "
      "runs/fashion_0123456789 --host 0.0.0.0");
  return {serve, [flags](const std::vector<std::string>&) { return Serve(*flags); }};
}

}  // namespace normlab
