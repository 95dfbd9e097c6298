#include "app/serve_command.h"

#include <fmt/format.h>
#include <malloc.h>

#include <cstdlib>
#include <memory>

#include "app/interrupt.h"
#include "app/standard_streams.h"
#include "base/error.h"
#include "base/printable.h"
#include "report/page/page.h"
#include "serve/server.h"
#include "serve/study_page.h"

namespace normlab {
namespace {

struct ServeFlags {
  std::vector<std::string> folders;
  int port = kDefaultServePort;
  std::string data_dir;
};

constexpr int kLargeBlock = 1 << 18;

// A server goes on where nobody reads its address. Standard output that was closed from the start
// is how a daemon begins, and no failure.
void TellAddress(const std::string& address, const std::vector<std::string>& folders) {
  if (OutputWorks()) Print("{}\n", address);
  Say(fmt::format("shows {}{}{}; Ctrl-C ends it", Printable(folders[0]),
                  folders.size() > 1 ? fmt::format(" and {} more", folders.size() - 1) : "",
                  OutputWorks() ? "" : " at " + address));
}

ExitCode Serve(const ServeFlags& flags) {
  if (!HasPage()) {
    throw UsageError(
        "serve: this normlab was built without the page (-DNORMLAB_WEB=OFF); build it with "
        "-DNORMLAB_WEB=ON");
  }
  // Data sets and pages are given back to the system as soon as they are not needed.
  mallopt(M_MMAP_THRESHOLD, kLargeBlock);
  CatchInterrupts();
  HoldInterrupts();
  const LiveServer server(flags.port, flags.folders,
                          StudyPage(flags.data_dir, [](const std::string& line) {
                            Warn(fmt::format("{}; the page lacks its images", line));
                          }));
  TellAddress(fmt::format("http://127.0.0.1:{}/", server.port()), flags.folders);
  AwaitInterrupt();
  // Nothing is to be saved, so nothing is waited for: not the page that is being built, nor a
  // client.
  std::_Exit(EndOutput(ExitCode::kDone));
}

}  // namespace

Command AddServeCommand(CLI::App& program) {
  const auto flags = std::make_shared<ServeFlags>();
  CLI::App* serve = program.add_subcommand(
      "serve", "Show the page of a running study in a browser of this machine, as epochs end.");
  serve->add_option("folder", flags->folders, "run folders: running, finished or not there yet")
      ->required();
  serve
      ->add_option("--port", flags->port,
                   fmt::format("default: {}; 0: any that is free", kDefaultServePort))
      ->check(CLI::Range(0, 65535));
  serve->add_option("--data-dir", flags->data_dir,
                    "where the data sets lie, before all other places");
  serve->footer("normlab serve runs/fashion_0123456789\nnormlab serve runs/* --port 0");
  return {serve, [flags](const std::vector<std::string>&) { return Serve(*flags); }};
}

}  // namespace normlab
