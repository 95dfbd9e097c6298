#include "app/tune_command.h"

#include <fmt/format.h>

#include <memory>

#include "app/data_sets.h"
#include "app/interrupt.h"
#include "app/progress.h"
#include "app/standard_streams.h"
#include "app/study_flags.h"
#include "base/text.h"
#include "config/tuning_plan.h"
#include "report/tuning/tuning_page.h"
#include "study/doubts.h"
#include "study/estimate.h"
#include "study/memory.h"
#include "study/tuner.h"

namespace normlab {
namespace {

// As if no trial were dropped.
double WholeSeconds(const TuningPlan& plan) {
  return EstimateStudy(plan.trials, SplitOfAll(plan.trials)).seconds;
}

void CheckSize(const TuningPlan& plan, bool yes) {
  if (yes || plan.trials.arms.size() <= kMostArmsUnasked) return;
  throw UsageError(fmt::format(
      "recipe {}: {} trainings, about {:.1f} hours where none is dropped; --yes trains them all, "
      "--dry-run lists them",
      plan.arms.recipe, plan.trials.arms.size(), WholeSeconds(plan) / 3600));
}

void PrintDryRun(const TuningPlan& plan) {
  Print("{}\n# {} trials of each of {} arms, compared after epochs {}:\n", ResolvedTuning(plan),
        plan.tuning.trials, plan.arms.arms.size(), fmt::join(plan.rungs, ", "));
  for (const TuningPlan::Trial& trial : plan.list) {
    Print("#   {}, trial {}: {}\n", plan.arms.arms[static_cast<std::size_t>(trial.arm)].label,
          trial.number, DrawnText(plan.tuning, trial.values));
  }
  const double seconds = WholeSeconds(plan);
  Print(
      "# {}\n# estimated time: {:.0f} s ({:.1f} min) where none is dropped, measured on one batch "
      "of each;\n# augmentation comes on top, and no test image is evaluated\n",
      SplitText(SplitOfAll(plan.trials)), seconds, seconds / 60);
}

ExitCode Tune(const StudyFlags& flags, const std::vector<std::string>& command) {
  const TuningPlan plan = ResolveTuning(LoadRecipe(flags.recipe), MakeOverrides(flags));
  CheckPlanFits(plan.trials);
  const DatasetInfo& data = FindDatasetInfo(plan.arms.arms.front().config.dataset);
  TellOfFolder(data.name, data.passed_over, data.notes);
  if (flags.dry_run) {
    for (const std::string& doubt : PlanDoubts(plan.arms)) Warn(doubt);
    PrintDryRun(plan);
    return ExitCode::kDone;
  }
  CheckSize(plan, flags.yes);
  CatchInterrupts();
  const std::unique_ptr<StudyObserver> progress = MakeProgress(flags.progress);
  const auto write_page = [](const std::string& folder, const Dataset&, const Augmentation*) {
    return WriteTuningPage(folder);
  };
  const StudyResult result =
      RunTuning(plan, {flags.data_dir, flags.out, command, write_page}, *progress, StopRequested());
  if (result.end == StudyEnd::kInterrupted) {
    progress->OnMessage(
        fmt::format("normlab: stopped; the same command goes on from the last whole epochs ({})",
                    result.folder));
    return InterruptedCode();
  }
  Print(
      "{}\n{}/README.md shows the response to every key.\nWhat won, with fresh seeds on all "
      "training images: normlab run {}/tuned.toml --seeds 3\n",
      TuningTable(result.folder), result.folder, result.folder);
  return ExitCode::kDone;
}

}  // namespace

Command AddTuneCommand(CLI::App& program) {
  const auto shared = std::make_shared<StudyFlags>();
  StudyFlags& flags = *shared;
  CLI::App* tune = program.add_subcommand(
      "tune",
      "Draw the keys that a recipe's [tune] names, equally often for every arm, and compare them "
      "on "
      "held-out images alone. The same command goes on where an earlier one stopped.");
  tune->add_option("recipe", flags.recipe, "a shipped recipe, a file.toml, or - for standard input")
      ->required();
  AddStudyFlags(*tune, flags);
  tune->footer(
      "normlab tune cifar10-best-tuning\nnormlab tune mine.toml --dry-run\n"
      "normlab tune mine.toml --norms batch,group --set epochs=10");
  return {tune, [shared](const std::vector<std::string>& command_line) {
            return Tune(*shared, command_line);
          }};
}

}  // namespace normlab
