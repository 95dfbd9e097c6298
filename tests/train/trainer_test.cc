#include "train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/error.h"
#include "small_data.h"
#include "softmax_network.h"
#include "train/batches.h"
#include "train/penalties.h"

namespace normlab {
namespace {

using testing::ElementsAre;

class Trainer : public testing::Test {
 protected:
  Trainer() {
    options_.epochs = 4;
    options_.batch_size = 16;
    options_.optimizer = {"sgd", 0.1, 0.9, false, 0};
  }
  TrainResult Run() {
    return Train<double>(network_, dataset_, nullptr, options_, "", notebook_, stop_);
  }

  Dataset dataset_ = SmallDataset();
  SoftmaxNetwork<double> network_{kSmall, 3};
  TrainOptions options_;
  Notebook notebook_;
  std::atomic<bool> stop_ = false;
};

TEST_F(Trainer, LearnsAndKeepsTheLastPartialBatch) {
  options_.epochs = 12;
  const TrainResult result = Run();
  EXPECT_EQ(result.end, TrainEnd::kFinished);
  ASSERT_EQ(result.epochs.size(), 12u);
  EXPECT_GT(result.epochs.back().train_accuracy, 90);
  EXPECT_GT(result.epochs.back().test_accuracy, 90);
  EXPECT_LT(result.epochs.back().train_loss, 0.6 * result.epochs.front().train_loss);
  // 103 images in batches of 16: six whole ones and 7 images.
  EXPECT_THAT(notebook_.steps_in_epoch, testing::Each(7));
  EXPECT_EQ(network_.seen.size(), 12u * 103);
  EXPECT_EQ(network_.counters()[0].value, 12 * 7);
}

TEST_F(Trainer, RecordsMeansOverSamples) {
  const TrainResult result = Run();
  double sum = 0;
  for (int step = 0; step < 7; ++step) {
    const StepRecord& record = notebook_.steps.at(static_cast<std::size_t>(step));
    EXPECT_EQ(record.step, step + 1);
    EXPECT_EQ(record.lr, 0.1);
    EXPECT_EQ(record.momentum, 0.9);
    sum += record.loss * (step < 6 ? 16 : 7);
  }
  EXPECT_NEAR(result.epochs[0].train_loss, sum / 103, 1e-12);
  EXPECT_EQ(result.epochs.back().train_accuracy, notebook_.running_accuracy);
  EXPECT_EQ(result.epochs.back().epoch, 4);
  EXPECT_EQ(result.epochs.back().learning_rate, 0.1);
  EXPECT_GT(result.epochs.back().images_per_second, 0);

  // The test figures again, from the log-probabilities of all 50 images (40 and 10 a batch).
  ASSERT_EQ(notebook_.predictions.size(), 150u);
  double loss = 0;
  int correct = 0;
  for (std::size_t n = 0; n < 50; ++n) {
    const float* row = &notebook_.predictions[3 * n];
    loss -= row[dataset_.test.labels[n]];
    correct += std::max_element(row, row + 3) - row == dataset_.test.labels[n];
  }
  EXPECT_NEAR(result.epochs.back().test_loss, loss / 50, 1e-6);
  EXPECT_EQ(result.epochs.back().test_correct, correct);
  EXPECT_DOUBLE_EQ(result.epochs.back().test_accuracy, 2.0 * correct);
}

TEST_F(Trainer, TellsTheLastPassOfAnEpochBeforeItsUpdate) {
  options_.max_steps = 10;
  Run();
  EXPECT_THAT(notebook_.last_passes, ElementsAre(1, 2));
  EXPECT_THAT(notebook_.steps_before_last_pass, ElementsAre(6u, 9u));
}

// Both from the network as the training left it, image by image.
TEST_F(Trainer, EvaluatesTheLastNetworkOnCleanTrainingImagesAndOnBatchStatistics) {
  const auto augmentation = ParseAugmentation("flip(1)", kSmall);
  const TrainResult result =
      Train<double>(network_, dataset_, augmentation.get(), options_, "", notebook_, stop_);
  const PixelTable table(dataset_.statistics);
  const auto evaluate = [&](const Split& split, double shift) {
    ImageBatch source(split, kSmall, table, nullptr, 1);
    BatchResult sum;
    for (std::uint32_t image = 0; image < split.size(); ++image) {
      const BatchResult one = network_.Evaluate(source.Take(&image, 1, 0), {}, shift);
      sum.loss_sum += one.loss_sum;
      sum.correct += one.correct;
    }
    return sum;
  };
  const BatchResult clean = evaluate(dataset_.train, 0.1), test = evaluate(dataset_.test, 0);
  EXPECT_EQ(result.last.clean_train_images, 103);
  EXPECT_NEAR(result.last.clean_train_loss, clean.loss_sum / 103, 1e-12);
  EXPECT_DOUBLE_EQ(result.last.clean_train_accuracy, 100.0 * clean.correct / 103);
  EXPECT_NEAR(*result.last.batch_statistics_test_loss, test.loss_sum / 50, 1e-12);
  EXPECT_DOUBLE_EQ(*result.last.batch_statistics_test_accuracy, 2.0 * test.correct);
  EXPECT_NE(*result.last.batch_statistics_test_loss, result.epochs.back().test_loss);
}

TEST_F(Trainer, CleanImagesAreNoneOfTheHeldOut) {
  options_.validation = 20;
  options_.epochs = 1;
  EXPECT_EQ(Run().last.clean_train_images, 83);
}

TEST_F(Trainer, PenaltyIsOfTheWeightsThatTheEpochLeaves) {
  options_.l1 = 0.01;
  options_.optimizer.weight_decay = 0.1;
  options_.l2_conv_only = true;
  const TrainResult result = Run();
  double absolutes = 0, squares = 0;
  for (std::size_t i = 0; i < network_.parameters().size(); ++i) {
    const double value = network_.parameters()[i];
    absolutes += std::abs(value);
    if (i < 3 * 16) squares += value * value;  // the convolution's
  }
  EXPECT_NEAR(result.epochs.back().penalty, 0.01 * absolutes + 0.05 * squares, 1e-12);
  EXPECT_NE(result.epochs.front().penalty, result.epochs.back().penalty);
}

TEST_F(Trainer, EndsExactlyAtMaxStepsAndCyclesOverThem) {
  options_.max_steps = 10;
  options_.schedule.name = "onecycle";
  const TrainResult result = Run();
  EXPECT_EQ(notebook_.steps.size(), 10u);
  EXPECT_THAT(notebook_.steps_in_epoch, ElementsAre(7, 3));
  EXPECT_THAT(notebook_.finished, ElementsAre(1, 2));
  EXPECT_EQ(network_.seen.size(), 103u + 3 * 16);
  EXPECT_NEAR(notebook_.steps.front().lr, 0.1 / 25, 1e-15);
  EXPECT_NEAR(notebook_.steps.back().lr, 0.1 / 25 / 1e4, 1e-15);
  EXPECT_NEAR(notebook_.steps.back().momentum, 0.95, 1e-15);
  EXPECT_EQ(result.epochs.back().learning_rate, notebook_.steps.back().lr);
  // As PyTorch's peak at step 0.3 T - 1.
  EXPECT_NEAR(notebook_.steps[2].lr, 0.1, 1e-15);

  Notebook all;
  options_.max_steps = 1000;
  SoftmaxNetwork<double> fresh(kSmall, 3);
  Train<double>(fresh, dataset_, nullptr, options_, "", all, stop_);
  EXPECT_EQ(all.steps.size(), 28u);
  EXPECT_NEAR(all.steps.back().lr, 0.1 / 25 / 1e4, 1e-15);
}

TEST_F(Trainer, NeverTrainsOnWhatIsHeldOut) {
  options_.validation = 20;
  const TrainResult result = Run();
  const HoldOut split = ChooseHoldOut(103, 20, options_.seed);
  EXPECT_EQ(std::set(network_.seen.begin(), network_.seen.end()),
            std::set(split.training.begin(), split.training.end()));
  EXPECT_EQ(network_.seen.size(), 4u * 83);
  EXPECT_GT(result.epochs[0].validation_loss, 0);
  // Another order every epoch.
  const auto begin = network_.seen.begin();
  EXPECT_FALSE(std::equal(begin, begin + 83, begin + 83));
}

TEST_F(Trainer, TakesTheImagesAsTheyLieWithoutShuffling) {
  options_.shuffle = false;
  options_.epochs = 2;
  Run();
  for (std::uint32_t i = 0; i < 206; ++i) ASSERT_EQ(network_.seen[i], i % 103);
}

// Softmax regression with Adam's first step: whatever the gradient, each parameter moves by lr.
TEST_F(Trainer, GivesAdamItsOwnBeta1NotTheKeyMomentum) {
  options_.optimizer = {"adam", 0.01, 0.5, false, 0};
  options_.max_steps = 1;
  const std::vector<double> before(network_.parameters().begin(), network_.parameters().end());
  Run();
  EXPECT_EQ(notebook_.steps[0].momentum, 0.9);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NEAR(std::abs(network_.parameters()[i] - before[i]), 0.01, 1e-6);
  }
}

TEST_F(Trainer, PlateauListensToTheValidationLossWhereImagesAreHeldOut) {
  // With a threshold this high no epoch counts as better after the first.
  options_.schedule = {"plateau", {{"patience", 0}, {"factor", 0.5}, {"threshold", 0.999}}, {}};
  Run();
  EXPECT_EQ(notebook_.steps[13].lr, 0.1);
  EXPECT_EQ(notebook_.steps[14].lr, 0.05);
  EXPECT_EQ(notebook_.steps[27].lr, 0.025);
  // Held-out images with the training's labels, and test labels that the training makes ever worse:
  // on the test loss the rate would fall from the third epoch on.
  for (std::uint8_t& label : dataset_.test.labels)
    label = static_cast<std::uint8_t>((label + 1) % 3);
  options_.schedule.numbers = {{"patience", 0}, {"factor", 0.5}, {"threshold", 0}};
  const auto last_rate = [&](int validation) {
    options_.validation = validation;
    SoftmaxNetwork<double> fresh(kSmall, 3);
    Notebook notebook;
    const TrainResult result =
        Train<double>(fresh, dataset_, nullptr, options_, "", notebook, stop_);
    EXPECT_GT(result.epochs.back().test_loss, result.epochs.front().test_loss);
    return notebook.steps.back().lr;
  };
  EXPECT_LT(last_rate(0), 0.1);
  EXPECT_EQ(last_rate(20), 0.1);
}

TEST_F(Trainer, CallsTheFirstOfTheHighestAccuraciesTheBest) {
  options_.epochs = 12;
  const TrainResult result = Run();
  double highest = -1;
  int best = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    const bool higher = result.epochs[i].test_accuracy > highest;
    EXPECT_EQ(notebook_.best[i], higher) << "epoch " << i + 1;
    if (higher) {
      highest = result.epochs[i].test_accuracy;
      best = static_cast<int>(i) + 1;
    }
  }
  EXPECT_EQ(result.best_epoch, best);
  EXPECT_LT(best, 12);  // a tie at the top happened, or the test says little
}

TEST_F(Trainer, StopsAtALossThatIsNotFiniteBeforeItsUpdate) {
  options_.max_steps = 9;
  SoftmaxNetwork<double> healthy(kSmall, 3);
  Train<double>(healthy, dataset_, nullptr, options_, "", notebook_, stop_);
  options_.max_steps = 0;
  network_.poisoned_step = 10;
  Notebook notebook;
  const TrainResult result =
      Train<double>(network_, dataset_, nullptr, options_, "", notebook, stop_);
  EXPECT_EQ(result.end, TrainEnd::kDiverged);
  EXPECT_EQ(result.divergence.step, 10);
  EXPECT_EQ(result.divergence.epoch, 2);
  EXPECT_EQ(result.divergence.layer, "c1");
  EXPECT_EQ(result.epochs.size(), 1u);
  EXPECT_EQ(notebook.steps.size(), 9u);
  EXPECT_THAT(network_.parameters(), testing::ElementsAreArray(healthy.parameters()));
}

TEST_F(Trainer, StopsAtAnEvaluationThatIsNotFinite) {
  network_.poisoned_evaluation = true;
  const TrainResult result = Run();
  EXPECT_EQ(result.end, TrainEnd::kDiverged);
  EXPECT_EQ(result.divergence.step, 7);
  EXPECT_EQ(result.divergence.epoch, 1);
  EXPECT_TRUE(result.epochs.empty());
  EXPECT_EQ(result.best_epoch, 0);
}

TEST_F(Trainer, PenaltiesActOnTheChosenParametersAndStayOutOfTheLoss) {
  options_.max_steps = 1;
  options_.optimizer = {"sgd", 0.5, 0, false, 0};
  const auto step = [&](double l1, bool l1_conv, double l2, bool l2_conv) {
    SoftmaxNetwork<double> network(kSmall, 3);
    network.parameters()[0] = 0;
    options_.l1 = l1;
    options_.l1_conv_only = l1_conv;
    options_.optimizer.weight_decay = l2;
    options_.l2_conv_only = l2_conv;
    Notebook notebook;
    Train<double>(network, dataset_, nullptr, options_, "", notebook, stop_);
    std::vector<double> after(network.parameters().begin(), network.parameters().end());
    after.push_back(notebook.steps.at(0).loss);
    return after;
  };
  std::vector<double> before(network_.parameters().begin(), network_.parameters().end());
  before[0] = 0;
  const auto plain = step(0, false, 0, false);
  constexpr std::size_t kWeights = 48, kAll = 51;
  for (const bool conv : {false, true}) {
    const auto with_l1 = step(0.01, conv, 0, false), with_l2 = step(0, false, 0.01, conv);
    for (std::size_t i = 0; i < kAll; ++i) {
      const double acts = conv && i >= kWeights ? 0 : 1;
      const double sign = (before[i] > 0) - (before[i] < 0);
      EXPECT_NEAR(with_l1[i] - plain[i], -0.5 * 0.01 * sign * acts, 1e-15) << i;
      EXPECT_NEAR(with_l2[i] - plain[i], -0.5 * 0.01 * before[i] * acts, 1e-15) << i;
    }
    EXPECT_EQ(with_l1[kAll], plain[kAll]);
    EXPECT_EQ(with_l2[kAll], plain[kAll]);
  }
}

TEST_F(Trainer, RefusesWhatMakesNoSense) {
  const auto refused = [](auto change) {
    TrainOptions options;
    change(options);
    EXPECT_THROW(CheckTraining(options, 100), UsageError);
  };
  EXPECT_NO_THROW(CheckTraining(TrainOptions(), 100));
  refused([](TrainOptions& options) { options.epochs = 0; });
  refused([](TrainOptions& options) { options.max_steps = -1; });
  refused([](TrainOptions& options) { options.batch_size = 0; });
  refused([](TrainOptions& options) { options.validation = 100; });
  refused([](TrainOptions& options) { options.validation = -1; });
  refused([](TrainOptions& options) { options.l1 = std::nan(""); });
  refused([](TrainOptions& options) { options.optimizer.lr = 0; });
  refused([](TrainOptions& options) { options.schedule.name = "cosin"; });
}

}  // namespace
}  // namespace normlab
