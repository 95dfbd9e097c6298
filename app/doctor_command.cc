#include "app/doctor_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/data_sets.h"
#include "app/standard_streams.h"
#include "base/cores.h"
#include "base/cpuinfo.h"
#include "base/folder.h"
#include "base/memory_limits.h"
#include "base/text.h"
#include "base/text_table.h"
#include "operations/fast/simd.h"
#include "report/figures/figure.h"
#include "report/figures/glyphs.h"
#include "report/page/page.h"
#include "study/build_info.h"

namespace normlab {
namespace {

// One thing that was looked at.
struct Check {
  std::string name;
  bool there = true;
  std::string found;   // what there is, or what is missing
  std::string remedy;  // a command, or what to change; empty where nothing is missing
};

bool IsOnPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access(fmt::format("{}/{}", folder, program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

Check InstructionSets() {
  std::vector<std::string> names;
  for (const Simd simd : SupportedSimd()) names.emplace_back(SimdName(simd));
  Check check{"instruction set", true, fmt::format("{} ({})", SimdName(BestSimd()), Join(names)),
              ""};
  if (BestSimd() == Simd::kScalar) {
    check.there = false;
    check.remedy = "no SIMD here: trainings are many times slower; take another machine";
  }
  return check;
}

Check Processor() {
  const CoreLimits cores = FindCoreLimits();
  return {
      "cores", true,
      fmt::format("{}{} of {}", UsableCores(cores),
                  cores.quota > 0 ? fmt::format(" (a quota of {:g})", cores.quota) : "",
                  CpuInfo("model name").empty() ? "an unnamed processor" : CpuInfo("model name")),
      ""};
}

Check Memory() {
  constexpr double kEnough = 0x1p30;  // the largest published set and two trainings
  const MemoryLimit limit = TightestMemoryLimit();
  const auto room = static_cast<double>(limit.room());
  Check check{"memory", room >= kEnough,
              fmt::format("{} that {} allows", MemoryText(room), limit.source), ""};
  if (!check.there) check.remedy = "less than 1 GiB: free some, or raise that limit";
  return check;
}

// Tried out: it may be there and lack a terminal.
Check Gnuplot() {
  const std::string package = "gnuplot-nox";
  if (!IsOnPath("gnuplot")) {
    return {"gnuplot", false, "not found: reports have no graphs", "apt-get install " + package};
  }
  std::string trouble;
  try {
    trouble = GnuplotTrouble();
  } catch (const Error&) {  // of temporary files, which have a line of their own
    return {"gnuplot", true, "found, not tried", ""};
  }
  if (trouble.empty()) return {"gnuplot", true, "found, draws", ""};
  return {
      "gnuplot", false, fmt::format("reports have no graphs: {}", trouble),
      fmt::format("apt-get install --reinstall {0}, or take {0}'s before others in PATH", package)};
}

Check Fonts() {
  if (InstalledGlyphs() == nullptr) {
    return {"fonts", false, "fontconfig's fc-list was not found: graphs may lack their words",
            "apt-get install fontconfig fonts-dejavu-core"};
  }
  if (!InstalledGlyphs()->Has(U'a')) {
    return {"fonts", false, "none installed: graphs have no words",
            "apt-get install fonts-dejavu-core"};
  }
  return {"fonts", true, "found", ""};
}

Check Page() {
  if (HasPage()) return {"report page", true, "built in", ""};
  return {"report page", false, "this normlab was built without it: no report --html, no serve",
          "cmake -DNORMLAB_WEB=ON, and build again"};
}

Check TemporaryFolder() {
  try {
    return {"temporary files", true, PathText(TemporaryPath()), ""};
  } catch (const Error&) {
    const char* named = std::getenv("TMPDIR");
    return {"temporary files", false,
            fmt::format("{} is no folder that can be written",
                        PathText(named == nullptr || *named == '\0' ? "/tmp" : named)),
            "set TMPDIR to a folder that can be written"};
  }
}

Check WorkingFolder() {
  std::error_code status;
  const std::filesystem::space_info space = std::filesystem::space(".", status);
  constexpr std::uintmax_t kEnough = std::uintmax_t{100} << 20;
  if (access(".", W_OK) != 0) {
    return {"this folder", false, "cannot be written: no runs/ can be made here",
            "cd to a folder of yours, or run --out DIR"};
  }
  if (!status && space.available < kEnough) {
    return {"this folder", false,
            fmt::format("{} left on its disk", MemoryText(static_cast<double>(space.available))),
            "free some, or run --out DIR on another disk"};
  }
  return {"this folder", true, "can be written", ""};
}

std::vector<Check> DataSets(const std::string& data_dir) {
  std::vector<Check> checks;
  for (const DatasetInfo& info : AllDatasets()) {
    const auto here = FindHere(info, data_dir);
    checks.push_back({"data: " + info.name, here.has_value(),
                      here ? PathText(here->path) : "not found",
                      here ? "" : "normlab data fetch " + info.name});
  }
  return checks;
}

std::vector<Check> AllChecks(const std::string& data_dir) {
  std::vector<Check> checks = {InstructionSets(), Processor(), Memory(),          Gnuplot(),
                               Fonts(),           Page(),      TemporaryFolder(), WorkingFolder()};
  for (Check& check : DataSets(data_dir)) checks.push_back(std::move(check));
  return checks;
}

void PrintChecks(const std::vector<Check>& checks) {
  Cells cells = {{"what", "", "here", "what brings it"}};
  int missing = 0;
  for (const Check& check : checks) {
    cells.push_back({check.name, check.there ? "ok" : "--", check.found, check.remedy});
    missing += check.there ? 0 : 1;
  }
  Print("normlab {}\n{}\n{}\n", ThisBuild().version, AlignedTable(cells, "l"),
        missing == 0
            ? "Nothing is missing."
            : fmt::format("{} of {} are missing; a data set is needed only to train on it.",
                          missing, checks.size()));
}

void PrintChecksJson(const std::vector<Check>& checks) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const Check& check : checks) {
    list.push_back({{"name", check.name},
                    {"there", check.there},
                    {"found", check.found},
                    {"remedy", check.remedy.empty() ? Json() : Json(check.remedy)}});
  }
  const Json document = {{"schema", 1},
                         {"command", "doctor"},
                         {"normlab", ThisBuild().version},
                         {"checks", std::move(list)}};
  Print("{}\n", document.dump(2, ' ', false, Json::error_handler_t::replace));
}

struct DoctorFlags {
  std::string data_dir;
  bool json = false;
};

}  // namespace

Command AddDoctorCommand(CLI::App& program) {
  const auto flags = std::make_shared<DoctorFlags>();
  CLI::App* doctor = program.add_subcommand(
      "doctor",
      "What this machine has of what normlab can use, and the command that brings what it lacks.");
  doctor->add_option("--data-dir", flags->data_dir,
                     "where the data sets lie, before all other places");
  doctor->add_flag("--json", flags->json, "one JSON document instead (docs/doctor.md)");
  doctor->footer("normlab doctor\nnormlab doctor --json");
  return {doctor, [flags](const std::vector<std::string>&) {
            const std::vector<Check> checks = AllChecks(flags->data_dir);
            flags->json ? PrintChecksJson(checks) : PrintChecks(checks);
            return ExitCode::kDone;
          }};
}

}  // namespace normlab
