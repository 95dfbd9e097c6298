#include "train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "train/batches.h"
#include "train/evaluate.h"
#include "train/evaluated_weights.h"
#include "train/mixing.h"
#include "train/test_views.h"
#include "train/train_state.h"
#include "train/weight_update.h"

namespace normlab {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::uint32_t> AllImages(const Split& split) {
  std::vector<std::uint32_t> images(split.size());
  std::iota(images.begin(), images.end(), 0u);
  return images;
}

std::int64_t StepsPerEpoch(const TrainOptions& options, std::size_t train_images) {
  const auto images = static_cast<std::int64_t>(train_images) - options.validation;
  return (images + options.batch_size - 1) / options.batch_size;
}

// What an epoch's batches add up to.
struct RunningSum {
  double loss = 0;
  int correct = 0;
  int images = 0;

  void Add(const BatchResult& result, int count) {
    loss += result.loss_sum;
    correct += result.correct;
    images += count;
  }
  double accuracy() const { return 100.0 * correct / images; }
};

template <typename T>
class Training {
 public:
  Training(Network<T>& network, const Dataset& dataset, const Augmentation* augmentation,
           const TrainOptions& options, TrainObserver& observer, const std::atomic<bool>& stop,
           StatisticsComparison<T>* comparison)
      : network_(network),
        options_(options),
        observer_(observer),
        stop_(stop),
        comparison_(comparison),
        table_(dataset.statistics),
        split_(ChooseHoldOut(static_cast<std::uint32_t>(dataset.train.size()),
                             static_cast<std::uint32_t>(options.validation), options.seed)),
        test_images_(AllImages(dataset.test)),
        training_(dataset.train, dataset.shape, table_, augmentation, options.seed),
        clean_(dataset.train, dataset.shape, table_, nullptr, options.seed),
        test_(dataset.test, dataset.shape, table_, nullptr, options.seed),
        clean_images_(CleanTrainImages(dataset.train, split_)),
        steps_per_epoch_(StepsPerEpoch(options, dataset.train.size())),
        total_steps_(TotalSteps(options, dataset.train.size())),
        update_(network, options, total_steps_),
        schedule_(MakeSchedule(options.schedule, options.optimizer.lr,
                               InitialMomentum(options.optimizer), total_steps_)) {
    if (options.mix.name != "none") {
      mixer_.emplace(options.mix, dataset.shape, network.classes(), options.seed);
    }
    if (options.test_views != "none" && options.evaluates_test) {
      views_.emplace(options.test_views, dataset.test, dataset.shape, table_);
    }
  }

  TrainState<T> state() {
    return {network_,       update_.optimizer(), *schedule_,
            result_.epochs, comparison_,         update_.average()};
  }

  // States are written between epochs alone.
  bool StandsBetweenEpochs() const {
    const auto epochs = static_cast<std::int64_t>(result_.epochs.size());
    return update_.steps() == std::min(epochs * steps_per_epoch_, total_steps_);
  }

  // The whole flow of a training: `save` is called after every epoch.
  template <typename Save>
  TrainResult Run(Save save) {
    while (update_.steps() < total_steps_) {
      if (options_.pause_after > 0 && std::ssize(result_.epochs) >= options_.pause_after) {
        result_.end = TrainEnd::kInterrupted;
        break;
      }
      EpochRecord record;
      record.epoch = static_cast<int>(result_.epochs.size()) + 1;
      result_.end = TrainOneEpoch(record);
      if (result_.end == TrainEnd::kFinished) result_.end = EndEpoch(record);
      if (result_.end == TrainEnd::kDiverged) {
        result_.divergence.epoch = record.epoch;
        result_.divergence.layer = network_.FirstNonFiniteLayer();
      }
      if (result_.end != TrainEnd::kFinished) break;
      if (update_.average() != nullptr) observer_.OnTrainedWeights(record.epoch);
      save();
    }
    result_.best_epoch = BestEpoch();
    if (result_.end == TrainEnd::kFinished) {
      PassCompletedSteps();
      const EvaluatedWeights<T> evaluated(network_, update_.average(), TrainingImages());
      EvaluateLast();
    }
    return result_;
  }

 private:
  TrainEnd TrainOneEpoch(EpochRecord& record) {
    const auto epoch = static_cast<std::uint32_t>(record.epoch);
    const auto order = EpochOrder(split_.training, options_.shuffle, options_.seed, epoch);
    const std::int64_t steps = std::min(steps_per_epoch_, total_steps_ - update_.steps());
    observer_.OnEpochStart(record.epoch, steps);
    const auto start = Clock::now();
    RunningSum sum;
    for (int step = 1; step <= steps; ++step) {
      const std::size_t first = static_cast<std::size_t>(sum.images);
      const int count = std::min<int>(options_.batch_size, static_cast<int>(order.size() - first));
      training_.set_completed_steps(update_.steps());
      Batch batch = training_.Take(&order[first], count, epoch);
      batch.label_smoothing = options_.label_smoothing;
      if (mixer_) mixer_->Apply(update_.steps(), batch);
      const BatchResult result = network_.Train(batch, {options_.seed, epoch});
      sum.Add(result, count);
      if (!std::isfinite(result.loss_sum)) return DivergedAt(update_.steps() + 1);
      if (comparison_ != nullptr) comparison_->AfterPass(network_);
      if (step == steps) observer_.OnLastPass(record.epoch);
      const Rates rates = schedule_->Current();
      update_.Step(rates);
      schedule_->AfterStep();
      record.learning_rate = rates.lr;
      observer_.OnStep({update_.steps(), result.loss_sum / count, rates.lr, rates.momentum}, step,
                       sum.accuracy());
      if (stop_) return TrainEnd::kInterrupted;
    }
    record.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    record.images_per_second = record.seconds > 0 ? sum.images / record.seconds : 0;
    record.penalty = update_.PenaltyOfWeights();
    record.train_loss = sum.loss / sum.images;
    record.train_accuracy = sum.accuracy();
    return TrainEnd::kFinished;
  }

  // While it is told of, the network holds the weights that are evaluated.
  TrainEnd EndEpoch(EpochRecord& record) {
    PassCompletedSteps();
    const EvaluatedWeights<T> evaluated(network_, update_.average(), TrainingImages());
    const TrainEnd end = EvaluateEpoch(record);
    if (end != TrainEnd::kFinished) return end;
    schedule_->AfterEpoch(options_.validation > 0 ? record.validation_loss : record.test_loss);
    result_.epochs.push_back(record);
    observer_.OnEpoch(record, predictions_, BestEpoch() == record.epoch);
    return end;
  }

  EvaluationImages TrainingImages() { return {clean_, clean_images_}; }

  TrainEnd EvaluateEpoch(EpochRecord& record) {
    if (options_.validation > 0) {
      const Evaluation held_out = Evaluate(network_, clean_, split_.validation, nullptr);
      record.validation_loss = held_out.loss;
      record.validation_accuracy = held_out.accuracy;
      if (!std::isfinite(held_out.loss)) return DivergedAt(update_.steps());
    }
    if (options_.evaluates_test) return EvaluateTest(record);
    record.test_loss = record.test_accuracy = std::numeric_limits<double>::quiet_NaN();
    return TrainEnd::kFinished;
  }

  TrainEnd EvaluateTest(EpochRecord& record) {
    const Evaluation test = Evaluate(network_, test_, test_images_, &predictions_);
    record.test_loss = test.loss;
    record.test_accuracy = test.accuracy;
    record.test_correct = test.correct;
    if (!std::isfinite(test.loss)) return DivergedAt(update_.steps());
    if (views_) {
      const Evaluation views = views_->Evaluate(network_, test_images_, update_.steps());
      record.views_loss = views.loss;
      record.views_accuracy = views.accuracy;
      if (!std::isfinite(views.loss)) return DivergedAt(update_.steps());
    }
    if (comparison_ != nullptr) {
      record.statistics =
          comparison_->Evaluate(record.epoch, network_, {test_, test_images_}, TrainingImages());
    }
    return TrainEnd::kFinished;
  }

  void EvaluateLast() {
    const Evaluation clean = Evaluate(network_, clean_, clean_images_, nullptr);
    result_.last.clean_train_images = static_cast<int>(clean_images_.size());
    result_.last.clean_train_loss = clean.loss;
    result_.last.clean_train_accuracy = clean.accuracy;
    if (network_.buffer_infos().empty() || !options_.evaluates_test) return;
    const Evaluation test = EvaluateOnBatchStatistics(network_, test_, test_images_, nullptr);
    result_.last.batch_statistics_test_loss = test.loss;
    result_.last.batch_statistics_test_accuracy = test.accuracy;
  }

  // To what evaluates the network.
  void PassCompletedSteps() {
    clean_.set_completed_steps(update_.steps());
    test_.set_completed_steps(update_.steps());
  }

  TrainEnd DivergedAt(std::int64_t step) {
    result_.divergence.step = step;
    return TrainEnd::kDiverged;
  }

  // The first epoch of the highest accuracy; 0 before any.
  int BestEpoch() const {
    const auto better = [&](const EpochRecord& a, const EpochRecord& b) {
      return options_.validation > 0 ? a.validation_accuracy < b.validation_accuracy
                                     : a.test_accuracy < b.test_accuracy;
    };
    const auto best = std::max_element(result_.epochs.begin(), result_.epochs.end(), better);
    return best == result_.epochs.end() ? 0 : best->epoch;
  }

  Network<T>& network_;
  const TrainOptions& options_;
  TrainObserver& observer_;
  const std::atomic<bool>& stop_;
  StatisticsComparison<T>* comparison_;
  PixelTable table_;
  HoldOut split_;
  std::vector<std::uint32_t> test_images_;
  ImageBatch training_, clean_, test_;  // clean_: training images without augmentation
  std::vector<std::uint32_t> clean_images_;
  std::int64_t steps_per_epoch_, total_steps_;
  WeightUpdate<T> update_;
  std::optional<BatchMixer> mixer_;
  std::optional<ViewEvaluation<T>> views_;
  std::unique_ptr<Schedule> schedule_;
  std::vector<float> predictions_;
  TrainResult result_;
};

void CheckCount(const char* key, double value, double smallest, double largest) {
  if (value >= smallest && value <= largest) return;
  throw UsageError(
      fmt::format("{} = {}: expected a number from {} to {}", key, value, smallest, largest));
}

}  // namespace

void CheckTraining(const TrainOptions& options, std::size_t train_images) {
  CheckCount("epochs", options.epochs, 1, 1e6);
  CheckCount("max_steps", static_cast<double>(options.max_steps), 0, 1e12);
  CheckCount("batch_size", options.batch_size, 1, 65536);
  CheckCount("l1", options.l1, 0, 1e6);
  CheckCount("validation", options.validation, 0, static_cast<double>(train_images) - 1);
  CheckCount("clip_norm", options.clip_norm, 0, 1e6);
  CheckCount("label_smoothing", options.label_smoothing, 0, 1);
  CheckOptimizer(options.optimizer);
  CheckSchedule(options.schedule);
  CheckChoice(LrMultiplierFamily(), options.lr_multiplier);
  CheckChoice(DecayMultiplierFamily(), options.decay_multiplier);
  CheckChoice(MixFamily(), options.mix);
  CheckChoice(AverageFamily(), options.average);
  assert(options.evaluates_test || options.validation > 0);
}

std::int64_t TotalSteps(const TrainOptions& options, std::size_t train_images) {
  const std::int64_t all = options.epochs * StepsPerEpoch(options, train_images);
  return options.max_steps > 0 ? std::min(options.max_steps, all) : all;
}

std::int64_t StepsAfterEpoch(const TrainOptions& options, std::size_t train_images, int epoch) {
  return std::min(epoch * StepsPerEpoch(options, train_images), TotalSteps(options, train_images));
}

int TotalEpochs(const TrainOptions& options, std::size_t train_images) {
  const std::int64_t epoch = StepsPerEpoch(options, train_images);
  return static_cast<int>((TotalSteps(options, train_images) + epoch - 1) / epoch);
}

template <typename T>
TrainResult Train(Network<T>& network, const Dataset& dataset, const Augmentation* augmentation,
                  const TrainOptions& options, const std::string& resume_path,
                  TrainObserver& observer, const std::atomic<bool>& stop,
                  StatisticsComparison<T>* comparison) {
  CheckTraining(options, dataset.train.size());
  assert(options.batch_size <= network.max_batch());
  Training<T> training(network, dataset, augmentation, options, observer, stop, comparison);
  const std::string identity = TrainingIdentity(options, dataset, augmentation, sizeof(T));
  if (!resume_path.empty() && std::filesystem::exists(resume_path)) {
    LoadTrainState(resume_path, identity, training.state());
    if (!training.StandsBetweenEpochs()) {
      throw DataError(
          fmt::format("{}: its epochs and steps do not match: remove the file to train "
                      "from the start",
                      resume_path));
    }
  }
  return training.Run([&] {
    if (!resume_path.empty()) SaveTrainState(resume_path, identity, training.state());
  });
}

template TrainResult Train(Network<float>&, const Dataset&, const Augmentation*,
                           const TrainOptions&, const std::string&, TrainObserver&,
                           const std::atomic<bool>&, StatisticsComparison<float>*);
template TrainResult Train(Network<double>&, const Dataset&, const Augmentation*,
                           const TrainOptions&, const std::string&, TrainObserver&,
                           const std::atomic<bool>&, StatisticsComparison<double>*);

}  // namespace normlab
