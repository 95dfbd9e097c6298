#include "study/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "report/report.h"
#include "report/run_folder.h"
#include "study/arm_trainer.h"
#include "study/environment.h"
#include "study/output_folder.h"

namespace normlab {
namespace {

StudyEnd EndOf(const StudyIndex& index) {
  const bool diverged =
      std::ranges::any_of(index.arms, [](const ArmEntry& arm) { return arm.state == "diverged"; });
  return diverged ? StudyEnd::kSomeDiverged : StudyEnd::kFinished;
}

// study.json comes last of the three: a folder that has it has them all.
StudyIndex BeginFolder(const Plan& plan, const StudyOptions& options, const std::string& hash,
                       const OutputFolder& output, const Dataset& dataset) {
  const std::string& path = output.path();
  if (!output.index()) WriteFile(path + "/recipe.toml", ResolvedRecipe(plan));
  WriteFile(path + "/environment.json", EnvironmentJson(plan.execution, dataset, options.command));
  const StudyIndex index =
      output.index() ? *output.index() : MakeStudyIndex(plan, hash, dataset.class_names);
  WriteStudyIndex(path, index);
  return index;
}

// Where each arm stands, for the progress line's estimate of what is left.
ArmStart DescribeStart(const Plan& plan, const StudyIndex& index, std::size_t place,
                       const std::string& folder, const Dataset& dataset) {
  ArmStart start;
  start.arm = static_cast<int>(place) + 1;
  start.arms = static_cast<int>(plan.arms.size());
  start.label = fmt::format("{}, seed {}", index.arms[place].label, index.arms[place].seed);
  start.epochs = plan.arms[place].config.epochs;
  start.epochs_done = EpochsDone(fmt::format("{}/{}", folder, index.arms[place].folder));
  start.test_images = static_cast<int>(dataset.test.size());
  start.has_validation = plan.arms[place].config.validation > 0;
  for (std::size_t after = place + 1; after < plan.arms.size(); ++after) {
    if (index.arms[after].settled()) continue;
    const std::string arm_folder = fmt::format("{}/{}", folder, index.arms[after].folder);
    start.epochs_after += std::max(0, plan.arms[after].config.epochs - EpochsDone(arm_folder));
  }
  return start;
}

// Returns false when interrupted.
bool TrainArms(const Plan& plan, const std::string& folder, const Dataset& dataset,
               StudyObserver& observer, const std::atomic<bool>& stop, StudyIndex& index) {
  for (std::size_t i = 0; i < plan.arms.size(); ++i) {
    ArmEntry& entry = index.arms[i];
    if (entry.settled()) {
      observer.OnMessage(fmt::format("{}: {}, kept", entry.folder, entry.state));
      continue;
    }
    if (stop) return false;
    observer.OnArmStart(DescribeStart(plan, index, i, folder, dataset));
    entry.state = "interrupted";
    WriteStudyIndex(folder, index);
    TrainArm(plan.arms[i], plan.execution, folder, dataset, observer, stop, entry);
    WriteStudyIndex(folder, index);
    if (entry.state == "diverged") {
      observer.OnMessage(fmt::format("{}: diverged: {}", entry.folder, entry.message));
    }
    if (entry.state == "interrupted") return false;
  }
  return true;
}

// Returns false when interrupted: Ctrl-C reaches the program that draws the figures as well, so
// that they may be missing.
bool Finish(const Plan& plan, const std::string& folder, const Dataset& dataset,
            StudyObserver& observer, const std::atomic<bool>& stop, StudyIndex& index) {
  index.finished = UtcTime();
  WriteStudyIndex(folder, index);
  const auto augmentation = ParseAugmentation(plan.arms.front().config.augment, dataset.shape);
  for (const std::string& line :
       WriteReport(ReadRunFolder(folder), dataset,
                   augmentation->identity() ? nullptr : augmentation.get())) {
    observer.OnMessage(line);
  }
  if (stop) return false;
  WriteFile(folder + "/DONE", index.finished + "\n");
  return true;
}

}  // namespace

StudyResult RunStudy(const Plan& plan, const StudyOptions& options, StudyObserver& observer,
                     const std::atomic<bool>& stop) {
  const std::string hash = PlanHash(plan);
  CheckInit(plan);
  const OutputFolder output(OutputPath(plan, hash, options.out), hash);
  StudyResult result;
  result.folder = output.path();
  if (output.done() && output.index()) {
    result.end = EndOf(*output.index());
    return result;
  }
  const Dataset dataset = LoadDataset(plan.arms.front().config.dataset, options.data_dir);
  StudyIndex index = BeginFolder(plan, options, hash, output, dataset);
  result.trained = true;
  const bool whole = TrainArms(plan, output.path(), dataset, observer, stop, index) &&
                     Finish(plan, output.path(), dataset, observer, stop, index);
  result.end = whole ? EndOf(index) : StudyEnd::kInterrupted;
  return result;
}

}  // namespace normlab
