#include "study/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "data/statistics.h"
#include "study/arm_jobs.h"
#include "study/arm_queue.h"
#include "study/arm_trainer.h"
#include "study/begin_index.h"
#include "study/doubts.h"
#include "study/environment.h"
#include "study/job_split.h"
#include "study/memory.h"
#include "study/output_folder.h"

namespace normlab {
namespace {

bool Diverged(const ArmEntry& arm) { return arm.state == "diverged"; }

StudyEnd EndOf(const StudyIndex& index) {
  const bool some = std::ranges::any_of(index.arms, Diverged);
  return some ? StudyEnd::kSomeDiverged : StudyEnd::kFinished;
}

// A study that ended badly says so every time that it is asked for.
StudyEnd TellEndOfOld(const StudyIndex& index, StudyObserver& observer) {
  for (const ArmEntry& arm : index.arms) {
    if (Diverged(arm)) observer.OnMessage(fmt::format("{}: diverged: {}", arm.folder, arm.message));
  }
  return EndOf(index);
}

void TellDoubts(const StudyPlan& plan, const Dataset& dataset, StudyObserver& observer) {
  for (const auto& doubts : {PlanDoubts(plan), DataDoubts(plan, dataset)}) {
    for (const std::string& doubt : doubts) observer.OnMessage("normlab: warning: " + doubt);
  }
}

// An arm is known to be finished by its records; its checkpoints may have stayed elsewhere.
void ForgetLostArms(const std::string& folder, StudyIndex& index) {
  for (ArmEntry& arm : index.arms) {
    for (const char* record : {"metrics.csv", "errors.csv"}) {
      const bool there =
          std::filesystem::exists(fmt::format("{}/{}/{}", folder, arm.folder, record));
      if (arm.state == "finished" && !there) arm.state = "pending";
    }
  }
}

// study.json comes last of the three: a folder that has it has them all.
void BeginFolder(const StudyPlan& plan, const JobSplit& split, const StudyOptions& options,
                 const OutputFolder& output, const Dataset& dataset, const StudyIndex& index) {
  const std::string& path = output.path();
  if (!output.index()) WriteFile(path + "/recipe.toml", ResolvedRecipe(plan));
  WriteFile(path + "/environment.json",
            EnvironmentJson(plan.execution, split, dataset, options.command));
  WriteStudyIndex(path, index);
}

// Returns false when interrupted: Ctrl-C reaches the program that draws the figures as well, so
// that they may be missing.
bool Finish(const StudyPlan& plan, const StudyOptions& options, const std::string& folder,
            const Dataset& dataset, StudyObserver& observer, const std::atomic<bool>& stop,
            StudyIndex& index) {
  index.finished = UtcTime();
  WriteStudyIndex(folder, index);
  const auto augmentation = ParseAugmentation(plan.arms.front().config.augment, dataset.shape);
  for (const std::string& line : options.write_report(
           folder, dataset, augmentation->identity() ? nullptr : augmentation.get())) {
    observer.OnMessage(line);
  }
  if (stop) return false;
  WriteFile(folder + "/DONE", index.finished + "\n");
  return true;
}

}  // namespace

StudyResult RunStudy(const StudyPlan& plan, const StudyOptions& options, StudyObserver& observer,
                     const std::atomic<bool>& stop) {
  const std::string hash = PlanHash(plan);
  CheckInit(plan);
  const OutputFolder output(OutputPath(plan, hash, options.out), hash, ResolvedRecipe(plan));
  if (!output.warning().empty()) observer.OnMessage("normlab: warning: " + output.warning());
  StudyResult result;
  result.folder = output.path();
  if (output.done() && output.index()) {
    result.end = TellEndOfOld(*output.index(), observer);
    return result;
  }
  const Dataset dataset = LoadDataset(plan.arms.front().config.dataset, options.data_dir);
  CheckChannelsVary(dataset);
  StudyIndex index =
      output.index() ? *output.index() : MakeStudyIndex(plan, hash, dataset.class_names);
  ForgetLostArms(output.path(), index);
  if (!UnsettledArms(index).empty()) TellDoubts(plan, dataset, observer);
  const std::string fewer = CheckTrainingsFit(plan, UnsettledArms(index));
  if (!fewer.empty()) observer.OnMessage("normlab: " + fewer);
  const JobSplit split = ChooseJobSplit(plan, UnsettledArms(index));
  BeginFolder(plan, split, options, output, dataset, index);
  result.trained = true;
  const bool whole = TrainArms(plan, split, output.path(), dataset, observer, stop, index) &&
                     Finish(plan, options, output.path(), dataset, observer, stop, index);
  result.end = whole ? EndOf(index) : StudyEnd::kInterrupted;
  return result;
}

}  // namespace normlab
