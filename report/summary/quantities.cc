#include "report/summary/quantities.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace normlab {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double Percentage(double accuracy) { return accuracy >= 0 && accuracy <= 100 ? accuracy : kNone; }

template <double EpochRecord::*kField>
double Final(const ArmRecord& arm) {
  return arm.metrics.empty() ? kNone : arm.metrics.back().*kField;
}

template <double EpochRecord::*kField>
double Maximum(const ArmRecord& arm) {
  double maximum = kNone;
  for (const EpochRecord& row : arm.metrics) {
    if (row.*kField > maximum || std::isnan(maximum)) maximum = row.*kField;
  }
  return maximum;
}

double BestEpochTestAccuracy(const ArmRecord& arm) {
  if (arm.metrics.empty() || arm.best_epoch < 1) return kNone;
  return arm.metrics[static_cast<std::size_t>(arm.best_epoch) - 1].test_accuracy;
}

double SecondsPerEpoch(const ArmRecord& arm) {
  double sum = 0;
  for (const EpochRecord& row : arm.metrics) sum += row.seconds;
  return arm.metrics.empty() ? kNone : sum / static_cast<double>(arm.metrics.size());
}

double FinalTestAccuracy(const ArmRecord& arm) {
  return Percentage(Final<&EpochRecord::test_accuracy>(arm));
}

template <double FinalEvaluation::*kField>
double Clean(const ArmRecord& arm) {
  return arm.last && arm.last->clean_train_images > 0 ? *arm.last.*kField : kNone;
}

double CleanTrainAccuracy(const ArmRecord& arm) {
  return Percentage(Clean<&FinalEvaluation::clean_train_accuracy>(arm));
}

double Gap(const ArmRecord& arm) { return CleanTrainAccuracy(arm) - FinalTestAccuracy(arm); }

double BatchStatisticsTestAccuracy(const ArmRecord& arm) {
  return arm.last ? Percentage(arm.last->batch_statistics_test_accuracy.value_or(kNone)) : kNone;
}

}  // namespace

const std::vector<Quantity>& Quantities() {
  using enum Better;
  static const std::vector<Quantity> quantities = {
      {{"final_test_accuracy", "test final", "test accuracy, final", "%", 2, kHigher,
        "after the last epoch"},
       FinalTestAccuracy},
      {{"final_test_loss", "test loss", "test loss, final", "", 4, kLower,
        "after the last epoch, without penalties"},
       Final<&EpochRecord::test_loss>},
      {{"best_epoch_test_accuracy", "test at best", "test accuracy, best epoch", "%", 2, kHigher,
        ""},
       BestEpochTestAccuracy},
      {{"maximum_test_accuracy", "test max", "test accuracy, maximum", "%", 2, kHigher,
        "the highest of all epochs, which flatters"},
       Maximum<&EpochRecord::test_accuracy>},
      {{"final_train_accuracy", "train final", "train accuracy, final", "%", 2, kHigher,
        "running mean over the last epoch, as augmented and with dropout"},
       Final<&EpochRecord::train_accuracy>},
      {{"clean_train_accuracy", "clean train", "clean train accuracy", "%", 2, kHigher,
        "evaluation mode, without augmentation, after the last epoch"},
       CleanTrainAccuracy},
      {{"gap", "gap", "train-test gap", "points", 2, kLower,
        "clean train accuracy less final test accuracy"},
       Gap},
      {{"batch_statistics_test_accuracy", "test, batch statistics",
        "test accuracy with batch statistics", "%", 2, kHigher,
        "normalized with each test batch’s own statistics"},
       BatchStatisticsTestAccuracy},
      {{"views_test_accuracy", "test, several views", "test accuracy of several views", "%", 2,
        kHigher,
        "of the views of each test image that the key tta names, together; beside the plain one"},
       [](const ArmRecord& arm) { return Percentage(Final<&EpochRecord::views_accuracy>(arm)); }},
      {{"seconds_per_epoch", "s/epoch", "seconds per epoch", "", 1, kLower, "the training part"},
       SecondsPerEpoch},
      {{"seconds", "s", "seconds in all", "", 1, kLower, "the training part of every epoch"},
       [](const ArmRecord& arm) { return arm.seconds; }},
      {{"maximum_train_accuracy", "train max", "train accuracy, maximum", "%", 2, kHigher,
        "the highest of all epochs"},
       Maximum<&EpochRecord::train_accuracy>},
      {{"clean_train_loss", "clean train loss", "clean train loss", "", 4, kLower,
        "evaluation mode, without augmentation, after the last epoch"},
       Clean<&FinalEvaluation::clean_train_loss>},
  };
  return quantities;
}

const Quantity& QuantityNamed(std::string_view name) {
  const auto found = std::ranges::find(Quantities(), name, &Quantity::name);
  assert(found != Quantities().end());
  return *found;
}

std::vector<const Quantity*> QuantitiesNamed(const std::vector<std::string_view>& names) {
  std::vector<const Quantity*> quantities;
  for (const std::string_view name : names) quantities.push_back(&QuantityNamed(name));
  return quantities;
}

double Value(const ArmRecord& arm, std::string_view quantity) {
  return QuantityNamed(quantity).value(arm);
}

SampleSummary Sample(const std::vector<const ArmRecord*>& arms, const Quantity& quantity) {
  std::vector<double> values;
  for (const ArmRecord* arm : arms) {
    const double value = quantity.value(*arm);
    if (!std::isnan(value)) values.push_back(value);
  }
  return SummarizeSample(values);
}

}  // namespace normlab
