#include "app/run_command.h"

#include <fmt/format.h>

#include <memory>
#include <numeric>

#include "app/data_sets.h"
#include "app/interrupt.h"
#include "app/progress.h"
#include "app/standard_streams.h"
#include "config/key_kinds.h"
#include "config/norm_setting.h"
#include "engine/registry.h"
#include "records/run_folder.h"
#include "report/readme/results_table.h"
#include "report/report.h"
#include "study/doubts.h"
#include "study/estimate.h"
#include "study/job_split.h"
#include "study/memory.h"
#include "study/runner.h"

namespace normlab {
namespace {

struct RunFlags {
  std::string recipe = "fashion";
  std::vector<std::string> set;
  std::string norms, seeds;
  std::string epochs, engine, simd, threads, jobs, init;  // keys with a flag of their own
  bool log_steps = false;
  std::string data_dir, out;
  std::string progress = "auto";
  bool dry_run = false;
  bool yes = false;
  bool list_keys = false;
};

constexpr std::int64_t kMostSeeds = 1000;
constexpr std::size_t kMostArmsUnasked = 200;

Overrides MakeOverrides(const RunFlags& flags) {
  Overrides overrides;
  std::vector<std::string> unknown;
  overrides.settings = EnvironmentSettings(&unknown);
  for (const std::string& line : unknown) Warn(line);
  const std::pair<const char*, const std::string&> keys[] = {
      {"epochs", flags.epochs},   {"engine", flags.engine}, {"simd", flags.simd},
      {"threads", flags.threads}, {"jobs", flags.jobs},     {"init", flags.init}};
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

// A list too many is soon written, and found out days later.
void CheckSize(const StudyPlan& plan, bool yes) {
  if (yes || plan.arms.size() <= kMostArmsUnasked) return;
  const Estimate estimate = EstimateStudy(plan, SplitOfAll(plan));
  throw UsageError(
      fmt::format("recipe {}: {} trainings, about {:.1f} hours; --yes trains them all, --dry-run "
                  "lists them",
                  plan.recipe, plan.arms.size(), estimate.seconds / 3600));
}

// Comments around the resolved recipe, so that what is printed is a recipe again.
void PrintDryRun(const StudyPlan& plan) {
  const JobSplit split = SplitOfAll(plan);
  const Estimate estimate = EstimateStudy(plan, split);
  Print("{}\n# {} arm{}:\n", ResolvedRecipe(plan), plan.arms.size(),
        plan.arms.size() == 1 ? "" : "s");
  for (const Arm& arm : plan.arms) Print("#   {}\n", arm.folder);
  Print("# {}\n", SplitText(split));
  Print(
      "# estimated time: {:.0f} s ({:.1f} min) for {:.3g} multiply-adds forward, measured on "
      "one batch of each arm;\n# augmentation and the report come on top\n",
      estimate.seconds, estimate.seconds / 60, estimate.multiply_adds);
}

ExitCode Run(const RunFlags& flags, const std::vector<std::string>& command) {
  if (flags.list_keys) {
    PrintText(KeysMarkdown());
    return ExitCode::kDone;
  }
  const StudyPlan plan = ResolvePlan(LoadRecipe(flags.recipe), MakeOverrides(flags));
  CheckPlanFits(plan);
  const DatasetInfo& data = FindDatasetInfo(plan.arms.front().config.dataset);
  TellOfFolder(data.name, data.passed_over, data.notes);
  if (flags.dry_run) {
    for (const std::string& doubt : PlanDoubts(plan)) Warn(doubt);
    PrintDryRun(plan);
    return ExitCode::kDone;
  }
  CheckSize(plan, flags.yes);
  CatchInterrupts();
  const std::unique_ptr<StudyObserver> progress = MakeProgress(flags.progress);
  std::optional<RunRecord> record;
  const auto write_report = [&record](const std::string& folder, const Dataset& dataset,
                                      const Augmentation* augmentation) {
    record = ReadRunFolder(folder);
    return WriteReport(*record, dataset, augmentation);
  };
  const StudyResult result = RunStudy(plan, {flags.data_dir, flags.out, command, write_report},
                                      *progress, StopRequested());
  if (result.end == StudyEnd::kInterrupted) {
    progress->OnMessage(
        fmt::format("normlab: stopped; the same command goes on from the last whole epoch ({})",
                    result.folder));
    return InterruptedCode();
  }
  if (!record) record = ReadRunFolder(result.folder);
  Print("{}\n{}/README.md\nRead its Findings first; normlab serve {} shows it as a page.\n",
        ResultsTable(*record), result.folder, result.folder);
  return result.end == StudyEnd::kSomeDiverged ? ExitCode::kFailed : ExitCode::kDone;
}

}  // namespace

Command AddRunCommand(CLI::App& program) {
  const auto shared = std::make_shared<RunFlags>();
  RunFlags& flags = *shared;
  CLI::App* run = program.add_subcommand(
      "run",
      "Train every arm of a recipe and write its report. The same command goes on where an "
      "earlier one stopped.");
  run->add_option("recipe", flags.recipe,
                  "a shipped recipe (fashion, mnist, cifar10), a file.toml, or - for standard "
                  "input; default: fashion");
  run->add_option("--set", flags.set, "key=value for every arm (see --keys); may be repeated")
      ->allow_extra_args(false);
  run->add_option("--epochs", flags.epochs, "the key epochs");
  run->add_option("--norms", flags.norms,
                  "batch,./mine.toml,...: these arms, missing ones from the base");
  run->add_option("--seeds", flags.seeds, "N seeds of every arm: seed ... seed + N - 1");
  run->add_option("--jobs", flags.jobs,
                  "trainings at once; default: what ends first (same bits for any)");
  run->add_option("--threads", flags.threads,
                  "of one training; default: jobs x threads = cores (same bits for any)");
  run->add_option("--out", flags.out, "the run folder; default: runs/<recipe>_<hash>");
  run->add_option("--engine", flags.engine, EngineChoice());
  run->add_option("--simd", flags.simd, "best, avx512, avx2, sse4 or scalar");
  run->add_option("--data-dir", flags.data_dir, "where the data sets lie, before all other places");
  run->add_option("--init", flags.init, "a safetensors file with the initial weights");
  run->add_flag("--log-steps", flags.log_steps, "write steps.csv, a line for every step");
  run->add_option("--progress", flags.progress, "auto, bar, plain or none")
      ->check(CLI::IsMember({"auto", "bar", "plain", "none"}));
  run->add_flag("--dry-run", flags.dry_run,
                "print the arms, the resolved keys, the estimated time");
  run->add_flag("--yes", flags.yes, "train more than 200 arms without being asked");
  run->add_flag("--keys", flags.list_keys, "print every key: default, range, meaning");
  run->footer(
      "normlab run\nnormlab run mnist --seeds 3\n"
      "normlab run cifar10 --norms batch,group --set groups=4 --epochs 5\n"
      "normlab norms batch > mine.toml && normlab run mnist --norms batch,./mine.toml");
  return {run, [shared](const std::vector<std::string>& command_line) {
            return Run(*shared, command_line);
          }};
}

}  // namespace normlab
