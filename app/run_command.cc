#include "app/run_command.h"

#include <fmt/format.h>

#include <memory>

#include "app/data_sets.h"
#include "app/interrupt.h"
#include "app/progress.h"
#include "app/standard_streams.h"
#include "app/study_flags.h"
#include "records/run_folder.h"
#include "report/readme/results_table.h"
#include "report/report.h"
#include "study/doubts.h"
#include "study/estimate.h"
#include "study/memory.h"
#include "study/runner.h"

namespace normlab {
namespace {

struct RunFlags : StudyFlags {
  bool list_keys = false;
};

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
  AddStudyFlags(*run, flags);
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
