#include "study/tuner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include "base/error.h"
#include "base/file.h"
#include "data/dataset.h"
#include "data/statistics.h"
#include "records/training_tables.h"
#include "records/trials.h"
#include "study/arm_jobs.h"
#include "study/arm_queue.h"
#include "study/begin_index.h"
#include "study/doubts.h"
#include "study/environment.h"
#include "study/job_split.h"
#include "study/memory.h"
#include "study/output_folder.h"

namespace normlab {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

class TuningRun {
 public:
  TuningRun(const TuningPlan& plan, const std::string& folder, StudyIndex& index)
      : plan_(plan), folder_(folder), index_(index) {}

  // Of all trials as they stand.
  Trials Table() const {
    Trials trials;
    trials.rungs = plan_.rungs;
    for (const TunedKey& key : plan_.tuning.keys) trials.keys.push_back(key.key);
    for (const TuningPlan::Trial& trial : plan_.list) trials.rows.push_back(Row(trial));
    return trials;
  }

  void Write() const { WriteFile(folder_ + "/trials.csv", TrialsText(Table())); }

  // Behind the rung at `epochs`, by what each trial reached there: a tuning that was cut off drops
  // the same ones again. Of what a shorter rung dropped nothing is changed.
  void DropWorse(int epochs) {
    for (std::size_t arm = 0; arm < plan_.arms.arms.size(); ++arm) DropWorse(arm, epochs);
    WriteStudyIndex(folder_, index_);
  }

  // The recipe of every arm's best trial.
  void WriteTuned() const {
    const Trials trials = Table();
    std::vector<std::vector<std::string>> values;
    for (const Arm& arm : plan_.arms.arms) {
      const TrialRecord* best = BestTrial(trials, arm.label);
      values.push_back(best == nullptr ? std::vector<std::string>() : best->values);
    }
    const std::string about = fmt::format("{}: each arm as its best trial of {} has it",
                                          plan_.arms.recipe, plan_.tuning.trials);
    const std::string text = TunedRecipe(plan_, values, about);
    if (!text.empty()) WriteFile(folder_ + "/tuned.toml", text);
  }

 private:
  // As it stands, or stood at the end of epoch `at`.
  TrialRecord Row(const TuningPlan::Trial& trial, int at = std::numeric_limits<int>::max()) const {
    const ArmEntry& entry = index_.arms[trial.place];
    TrialRecord row = {plan_.arms.arms[static_cast<std::size_t>(trial.arm)].label,
                       trial.number,
                       0,
                       entry.state,
                       kNone,
                       kNone,
                       std::vector<double>(plan_.rungs.size(), kNone),
                       trial.values};
    if (row.state == "interrupted") row.state = "pending";
    const std::string metrics = fmt::format("{}/{}/metrics.csv", folder_, entry.folder);
    if (!std::filesystem::exists(metrics)) return row;
    for (const EpochRecord& epoch : ReadOwnMetrics(metrics, {.validation = true, .test = false})) {
      if (epoch.epoch > at) break;
      row.epochs = epoch.epoch;
      row.validation_accuracy = epoch.validation_accuracy;
      row.validation_loss = epoch.validation_loss;
      const auto rung = std::ranges::find(plan_.rungs, epoch.epoch);
      if (rung == plan_.rungs.end()) continue;
      row.at_rungs[static_cast<std::size_t>(rung - plan_.rungs.begin())] =
          epoch.validation_accuracy;
    }
    return row;
  }

  void DropWorse(std::size_t arm, int epochs) {
    std::vector<std::pair<TrialRecord, std::size_t>> here;
    for (const TuningPlan::Trial& trial : plan_.list) {
      if (static_cast<std::size_t>(trial.arm) != arm) continue;
      TrialRecord row = Row(trial, epochs);
      const bool known =
          std::ranges::any_of(here, [&](const auto& other) { return other.second == trial.place; });
      if (row.epochs == epochs && row.state != "diverged" && !known) {
        here.emplace_back(std::move(row), trial.place);
      }
    }
    std::ranges::stable_sort(here, [](const auto& a, const auto& b) {
      const TrialRecord &x = a.first, &y = b.first;
      if (x.validation_accuracy != y.validation_accuracy) {
        return x.validation_accuracy > y.validation_accuracy;
      }
      return x.validation_loss < y.validation_loss;
    });
    const auto keep = static_cast<std::size_t>(
        KeptOf(plan_.tuning, static_cast<int>(std::max<std::size_t>(here.size(), 1))));
    for (std::size_t i = keep; i < here.size(); ++i) {
      index_.arms[here[i].second].state = "dropped";
    }
  }

  const TuningPlan& plan_;
  const std::string& folder_;
  StudyIndex& index_;
};

// What was dropped by a rung is dropped again; what had ended is not begun anew.
void TrainRungs(const TuningPlan& plan, const JobSplit& split, const std::string& folder,
                const Dataset& dataset, StudyObserver& observer, const std::atomic<bool>& stop,
                StudyIndex& index) {
  TuningRun run(plan, folder, index);
  for (std::size_t rung = 0; rung < plan.rungs.size(); ++rung) {
    const bool last = rung + 1 == plan.rungs.size();
    const int epochs = plan.rungs[rung];
    if (plan.rungs.size() > 1) {
      observer.OnMessage(fmt::format("rung {} of {}: {} trainings until epoch {}", rung + 1,
                                     plan.rungs.size(), UnsettledArms(index).size(), epochs));
    }
    TrainArms(plan.trials, split, folder, dataset, observer, stop, index,
              {.pause_after = last ? 0 : epochs, .evaluates_test = false});
    if (!stop && !last) run.DropWorse(epochs);
    run.Write();
    if (stop) return;
  }
  run.WriteTuned();
}

}  // namespace

Dataset WithoutTestImages(Dataset dataset) {
  dataset.test = Split();
  return dataset;
}

StudyResult RunTuning(const TuningPlan& plan, const StudyOptions& options, StudyObserver& observer,
                      const std::atomic<bool>& stop) {
  const std::string hash = TuningHash(plan), recipe = ResolvedTuning(plan);
  CheckInit(plan.trials);
  const std::string path =
      options.out.empty() ? fmt::format("runs/{}-tuning_{}", plan.arms.recipe, hash.substr(0, 10))
                          : options.out;
  const OutputFolder output(path, hash, recipe);
  if (!output.warning().empty()) observer.OnMessage("normlab: warning: " + output.warning());
  StudyResult result;
  result.folder = output.path();
  if (output.done() && output.index()) return result;
  const Dataset dataset =
      WithoutTestImages(LoadDataset(plan.arms.arms.front().config.dataset, options.data_dir));
  CheckChannelsVary(dataset);
  StudyIndex index =
      output.index() ? *output.index() : MakeStudyIndex(plan.trials, hash, dataset.class_names);
  index.tuning = true;
  for (const std::string& doubt : PlanDoubts(plan.arms)) {
    observer.OnMessage("normlab: warning: " + doubt);
  }
  const std::string fewer = CheckTrainingsFit(plan.trials, UnsettledArms(index));
  if (!fewer.empty()) observer.OnMessage("normlab: " + fewer);
  const JobSplit split = ChooseJobSplit(plan.trials, UnsettledArms(index));
  if (!output.index()) WriteFile(output.path() + "/recipe.toml", recipe);
  WriteFile(output.path() + "/environment.json",
            EnvironmentJson(plan.trials.execution, split, dataset, options.command));
  WriteStudyIndex(output.path(), index);
  result.trained = true;
  TrainRungs(plan, split, output.path(), dataset, observer, stop, index);
  if (!stop) {
    index.finished = UtcTime();
    WriteStudyIndex(output.path(), index);
    for (const std::string& line : options.write_report(output.path(), dataset, nullptr)) {
      observer.OnMessage(line);
    }
  }
  if (stop) {
    result.end = StudyEnd::kInterrupted;
    return result;
  }
  WriteFile(output.path() + "/DONE", index.finished + "\n");
  return result;
}

}  // namespace normlab
