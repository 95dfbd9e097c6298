#include "app/runs_command.h"

#include <fmt/format.h>

#include <memory>

#include "app/standard_streams.h"
#include "base/printable.h"
#include "report/run_list.h"

namespace normlab {
namespace {

struct RunsFlags {
  std::string folder = "runs";
  bool json = false;
};

ExitCode ShowRuns(const RunsFlags& flags) {
  const std::vector<RunLine> lines = ListRuns(flags.folder);
  if (flags.json) {
    PrintText(RunsJson(flags.folder, lines));
  } else if (lines.empty()) {
    Say(fmt::format("{}: no folder is in it", Printable(flags.folder, 4096)));
  } else {
    PrintText(RunTable(lines));
  }
  return ExitCode::kDone;
}

}  // namespace

Command AddRunsCommand(CLI::App& program) {
  const auto flags = std::make_shared<RunsFlags>();
  CLI::App* runs = program.add_subcommand(
      "runs", "List the runs in a folder: what was trained, how far it is, how it went.");
  runs->add_option("folder", flags->folder, "a folder with run folders in it, or one of them")
      ->capture_default_str();
  runs->add_flag("--json", flags->json, "one JSON document instead (docs/compare.md)");
  runs->footer("normlab runs\nnormlab runs docs/results\nnormlab runs --json");
  return {runs, [flags](const std::vector<std::string>&) { return ShowRuns(*flags); }};
}

}  // namespace normlab
