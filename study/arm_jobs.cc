#include "study/arm_jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/helpers.h"
#include "study/arm_observer.h"
#include "study/arm_queue.h"
#include "study/arm_trainer.h"
#include "study/train_options.h"

namespace normlab {
namespace {

int EpochsOf(const Arm& arm, const Dataset& dataset) {
  return TotalEpochs(MakeTrainOptions(arm.config), dataset.train.size());
}

class ArmJobs {
 public:
  ArmJobs(const StudyPlan& plan, const JobSplit& split, const std::string& folder,
          const Dataset& dataset, StudyObserver& observer, const std::atomic<bool>& stop,
          StudyIndex& index, const ArmScope& scope)
      : plan_(plan),
        scope_(scope),
        split_(split),
        folder_(folder),
        dataset_(dataset),
        observer_(observer),
        stop_(stop),
        queue_(folder, index) {}

  bool Run() {
    {
      const Helpers others(static_cast<std::size_t>(split_.jobs) - 1,
                           [this](std::size_t) { Work(); });
      Work();
    }
    queue_.RethrowError();
    return queue_.whole();
  }

 private:
  void Work() {
    try {
      while (!stop_) {
        std::optional<Turn> turn = queue_.Begin();
        if (!turn) return;
        observer_.Tell([&](StudyObserver& study) { study.OnArmStart(Describe(*turn)); });
        Train(*turn);
        observer_.Tell([&](StudyObserver& study) { study.OnArmEnd(Number(*turn)); });
      }
    } catch (...) {
      queue_.Fail(std::current_exception());
    }
  }

  // An error of one arm is not the others'; when it is the only one, the study's end says it.
  void Train(Turn& turn) {
    try {
      TrainOrThrow(turn);
    } catch (const std::exception& error) {
      queue_.Fail(std::current_exception());
      if (queue_.arms() > 1) Say(fmt::format("{}: failed: {}", turn.entry.folder, error.what()));
    }
  }

  void TrainOrThrow(Turn& turn) {
    ExecutionOptions execution = plan_.execution;
    execution.threads = split_.ThreadsOf(turn.order, queue_.arms());
    execution.jobs = split_.jobs;
    ArmObserver observer(Number(turn), observer_);
    {
      const RunningTrainings::Turn training(running_);
      TrainArm(plan_.arms[turn.place], execution, folder_, dataset_, observer, stop_, turn.entry,
               &running_, scope_);
    }
    queue_.End(turn);
    if (turn.entry.state == "diverged") {
      Say(fmt::format("{}: diverged: {}", turn.entry.folder, turn.entry.message));
    }
  }

  static int Number(const Turn& turn) { return static_cast<int>(turn.place) + 1; }

  ArmStart Describe(const Turn& turn) const {
    return {Number(turn), fmt::format("{}, seed {}", turn.entry.label, turn.entry.seed),
            EpochsOf(plan_.arms[turn.place], dataset_),
            EpochsDone(fmt::format("{}/{}", folder_, turn.entry.folder))};
  }

  void Say(const std::string& line) {
    observer_.Tell([&](StudyObserver& study) { study.OnMessage(line); });
  }

  const StudyPlan& plan_;
  const ArmScope scope_;
  const JobSplit& split_;
  const std::string& folder_;
  const Dataset& dataset_;
  SerialObserver observer_;
  const std::atomic<bool>& stop_;
  ArmQueue queue_;
  RunningTrainings running_;
};

StudyStart DescribeStudy(const StudyPlan& plan, const JobSplit& split, const std::string& folder,
                         const Dataset& dataset, const StudyIndex& index, const ArmScope& scope) {
  StudyStart start;
  start.jobs = split.jobs;
  start.epochs_left.assign(plan.arms.size(), 0);
  for (const std::size_t place : UnsettledArms(index)) {
    const int done = EpochsDone(fmt::format("{}/{}", folder, index.arms[place].folder));
    const int all = EpochsOf(plan.arms[place], dataset);
    const int until = scope.pause_after > 0 ? std::min(scope.pause_after, all) : all;
    start.epochs_left[place] = std::max(0, until - done);
  }
  start.test_images = static_cast<int>(dataset.test.size());
  start.has_validation = plan.arms.front().config.validation > 0;
  return start;
}

}  // namespace

bool TrainArms(const StudyPlan& plan, const JobSplit& split, const std::string& folder,
               const Dataset& dataset, StudyObserver& observer, const std::atomic<bool>& stop,
               StudyIndex& index, const ArmScope& scope) {
  for (const ArmEntry& entry : index.arms) {
    if (!entry.settled() || entry.state == "dropped") continue;
    const std::string why = entry.message.empty() ? "" : ": " + entry.message;
    observer.OnMessage(fmt::format("{}: {}, kept{}", entry.folder, entry.state, why));
  }
  observer.OnStudyStart(DescribeStudy(plan, split, folder, dataset, index, scope));
  return ArmJobs(plan, split, folder, dataset, observer, stop, index, scope).Run();
}

}  // namespace normlab
