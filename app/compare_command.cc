#include "app/compare_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "app/standard_streams.h"
#include "base/printable.h"
#include "report/comparison/comparison.h"

namespace normlab {
namespace {

struct CompareFlags {
  std::vector<std::string> folders;
  bool json = false;
};

void CheckFolders(const std::vector<std::string>& folders) {
  if (folders.size() != 2) {
    throw UsageError(fmt::format(
        "compare: expected two run folders, found {}; compare them two by two, or write one report "
        "over all: normlab report DIR DIR DIR",
        folders.size()));
  }
  std::error_code error;
  if (std::filesystem::equivalent(folders[0], folders[1], error)) {
    throw UsageError(fmt::format("compare: {} and {} are the same folder; expected two",
                                 Printable(folders[0], 4096), Printable(folders[1], 4096)));
  }
}

ExitCode Compare(const CompareFlags& flags) {
  CheckFolders(flags.folders);
  const RunRecord first = ReadRunFolder(flags.folders[0]), second = ReadRunFolder(flags.folders[1]);
  const RunComparison comparison = CompareRuns(first, second);
  PrintText(flags.json ? ComparisonJson(first, second, comparison)
                       : ComparisonText(first, second, comparison));
  return ExitCode::kDone;
}

}  // namespace

Command AddCompareCommand(CLI::App& program) {
  const auto flags = std::make_shared<CompareFlags>();
  CLI::App* compare = program.add_subcommand(
      "compare",
      "Two runs side by side: the settings that differ, and what the results say of it.");
  compare->add_option("folders", flags->folders, "two run folders, A and B")->required();
  compare->add_flag("--json", flags->json, "one JSON document instead (docs/compare.md)");
  compare->footer(
      "normlab compare runs/fashion_0123456789 runs/fashion_abcdef0123\n"
      "normlab compare runs/old runs/new --json");
  return {compare, [flags](const std::vector<std::string>&) { return Compare(*flags); }};
}

}  // namespace normlab
