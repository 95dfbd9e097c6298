// The whole stack: a convolutional network with batch normalization, dropout and augmentation,
// killed in the middle, goes on to the bits of the training that was not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "small_data.h"
#include "temporary_folder.h"
#include "train/trainer.h"

namespace normlab {
namespace {

using testing::ElementsAreArray;

Architecture Small() {
  ModelOptions options;
  options.norm = "batch";
  options.dropout = 0.2;
  return ParseArchitecture("C8 C8x2 P c6 GAP c3!", kSmall, 3, options);
}

TrainOptions Plain() {
  TrainOptions options;
  options.epochs = 3;
  options.batch_size = 32;
  options.optimizer = {"sgd", 0.05, 0.9, false, 0.001};
  options.schedule.name = "onecycle";
  return options;
}

// Everything that has a state or draws of its own.
TrainOptions Champion(const char* optimizer, const char* average, const char* mix) {
  TrainOptions options = Plain();
  options.optimizer = {optimizer, 0.02, 0.9, false, 0.01};
  options.schedule = {"cosine", {{"warmup", 0.3}}};
  options.average = {average, {{"every", 2}}};
  options.mix = mix;
  options.label_smoothing = 0.1;
  options.clip_norm = 1;
  options.test_views = "flip-shift";
  return options;
}

template <typename T>
void ExpectSameBits(const std::function<std::unique_ptr<Network<T>>()>& make,
                    const TrainOptions& options = Plain()) {
  const Dataset dataset = SmallDataset(90, 40);
  const auto augmentation =
      ParseAugmentation("flip_in_turns shift(1) cutout(2) erasing tone(0.1, 0.1)", kSmall);
  const TemporaryFolder folder;
  const auto train = [&](Network<T>& network, const char* state, std::int64_t stop_at) {
    std::atomic<bool> stop = false;
    Notebook notebook;
    notebook.stop = &stop;
    notebook.stop_at = stop_at;
    InitializeParameters<T>(Small(), 1, network.parameters());
    InitializeBuffers<T>(Small(), network.buffers());
    return Train<T>(network, dataset, augmentation.get(), options, folder / state, notebook, stop);
  };
  const auto whole = make(), killed = make(), resumed = make();
  EXPECT_EQ(train(*whole, "whole", 0).end, TrainEnd::kFinished);
  EXPECT_EQ(train(*killed, "cut", 5).end, TrainEnd::kInterrupted);
  EXPECT_EQ(train(*resumed, "cut", 0).end, TrainEnd::kFinished);
  EXPECT_THAT(resumed->parameters(), ElementsAreArray(whole->parameters()));
  EXPECT_THAT(resumed->buffers(), ElementsAreArray(whole->buffers()));
  EXPECT_THAT(killed->parameters(), testing::Not(ElementsAreArray(whole->parameters())));

  // And a checkpoint holds all that the network is.
  SaveCheckpoint<T>(folder / "last", *whole, {});
  const auto loaded = make();
  LoadCheckpoint<T>(folder / "last", *loaded);
  EXPECT_THAT(loaded->parameters(), ElementsAreArray(whole->parameters()));
  EXPECT_THAT(loaded->buffers(), ElementsAreArray(whole->buffers()));
  for (std::size_t i = 0; i < whole->counters().size(); ++i) {
    EXPECT_EQ(loaded->counters()[i].value, whole->counters()[i].value);
    EXPECT_GT(whole->counters()[i].value, 0);
  }
}

TEST(ResumeNetwork, ReferenceInFloatAndDouble) {
  ExpectSameBits<float>([] { return MakeReferenceNetwork<float>(Small(), 32); });
  ExpectSameBits<double>([] { return MakeReferenceNetwork<double>(Small(), 32); });
}

TEST(ResumeNetwork, FastOnTwoThreads) {
  ExpectSameBits<float>([] { return MakeFastNetwork(Small(), 32, {BestSimd(), 2}); });
}

TEST(ResumeNetwork, InTheMiddleOfAnAveragedTraining) {
  const auto make = [] { return MakeFastNetwork(Small(), 32, {BestSimd(), 2}); };
  ExpectSameBits<float>(make, Champion("muon", "ema", "mixup"));
  ExpectSameBits<float>(make, Champion("adamw", "lookahead", "cutmix"));
  TrainOptions reestimated = Champion("rmsprop", "ema", "none");
  reestimated.average.words["statistics"] = "reestimated";
  ExpectSameBits<float>(make, reestimated);
  ExpectSameBits<double>([] { return MakeReferenceNetwork<double>(Small(), 32); },
                         Champion("muon", "lookahead", "cutmix"));
}

// Nor do threads change a bit of it.
TEST(ResumeNetwork, ThreadsGiveTheSameBits) {
  const Dataset dataset = SmallDataset(90, 40);
  const auto augmentation = ParseAugmentation("flip_in_turns erasing", kSmall);
  std::vector<std::vector<float>> weights;
  for (const int threads : {1, 2, 3}) {
    const auto network = MakeFastNetwork(Small(), 32, {BestSimd(), threads});
    InitializeParameters<float>(Small(), 1, network->parameters());
    InitializeBuffers<float>(Small(), network->buffers());
    std::atomic<bool> stop = false;
    Notebook notebook;
    Train<float>(*network, dataset, augmentation.get(), Champion("muon", "ema", "mixup"), "",
                 notebook, stop);
    weights.emplace_back(network->parameters().begin(), network->parameters().end());
  }
  EXPECT_EQ(weights[0], weights[1]);
  EXPECT_EQ(weights[0], weights[2]);
}

}  // namespace
}  // namespace normlab
