#include "app/study_flags.h"

#include <fmt/format.h>

#include <numeric>

#include "app/standard_streams.h"
#include "base/error.h"
#include "config/key_kinds.h"
#include "config/norm_setting.h"
#include "engine/registry.h"

namespace normlab {
namespace {

constexpr std::int64_t kMostSeeds = 1000;

}  // namespace

void AddStudyFlags(CLI::App& command, StudyFlags& flags) {
  command.add_option("--set", flags.set, "key=value for every arm (see --keys); may be repeated")
      ->allow_extra_args(false);
  command.add_option("--epochs", flags.epochs, "the key epochs");
  command.add_option("--norms", flags.norms,
                     "batch,./mine.toml,...: these arms, missing ones from the base");
  command.add_option("--seeds", flags.seeds, "N seeds of every arm: seed ... seed + N - 1");
  command.add_option("--jobs", flags.jobs,
                     "trainings at once; default: what ends first (same bits for any)");
  command.add_option("--threads", flags.threads,
                     "of one training; default: jobs x threads = cores (same bits for any)");
  command.add_option("--out", flags.out, "the run folder; default: runs/<recipe>_<hash>");
  command.add_option("--engine", flags.engine, EngineChoice());
  command.add_option("--device", flags.device, "cpu, opencl or opencl:N (normlab devices)");
  command.add_option("--simd", flags.simd, "best, avx512, avx2, sse4 or scalar");
  command.add_option("--data-dir", flags.data_dir,
                     "where the data sets lie, before all other places");
  command.add_option("--init", flags.init, "a safetensors file with the initial weights");
  command.add_flag("--log-steps", flags.log_steps, "write steps.csv, a line for every step");
  command.add_option("--progress", flags.progress, "auto, bar, plain or none")
      ->check(CLI::IsMember({"auto", "bar", "plain", "none"}));
  command.add_flag("--dry-run", flags.dry_run,
                   "print the arms, the resolved keys, the estimated time");
  command.add_flag("--yes", flags.yes, "train more than 200 arms without being asked");
}

Overrides MakeOverrides(const StudyFlags& flags) {
  Overrides overrides;
  std::vector<std::string> unknown;
  overrides.settings = EnvironmentSettings(&unknown);
  for (const std::string& line : unknown) Warn(line);
  const std::pair<const char*, const std::string&> keys[] = {
      {"epochs", flags.epochs}, {"engine", flags.engine},   {"device", flags.device},
      {"simd", flags.simd},     {"threads", flags.threads}, {"jobs", flags.jobs},
      {"init", flags.init}};
  for (const auto& [key, value] : keys) {
    if (!value.empty()) overrides.settings.push_back({key, value, fmt::format("flag --{}", key)});
  }
  if (flags.log_steps) overrides.settings.push_back({"log_steps", "true", "flag --log-steps"});
  for (const std::string& text : flags.set) {
    overrides.settings.push_back(ParseAssignment(text, "flag --set"));
  }
  if (!flags.norms.empty()) overrides.norms = NormsOfFlag(flags.norms, "flag --norms");
  if (!flags.seeds.empty()) {
    std::int64_t seeds = 0;
    if (!ParseInteger(flags.seeds, seeds) || seeds < 1 || seeds > kMostSeeds) {
      throw UsageError(fmt::format("flag --seeds: {}: expected a whole number from 1 to {}",
                                   flags.seeds, kMostSeeds));
    }
    overrides.seeds = static_cast<int>(seeds);
  }
  return overrides;
}

std::string SplitText(const JobSplit& split) {
  std::string text = fmt::format("jobs x threads: {} x {}", split.jobs, split.threads);
  if (split.last_arms == 0) return text;
  return text + fmt::format(", the last {} with {} threads", split.last_arms, split.last_threads);
}

JobSplit SplitOfAll(const StudyPlan& plan) {
  std::vector<std::size_t> places(plan.arms.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  return ChooseJobSplit(plan, places);
}

}  // namespace normlab
