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

template <typename T>
void ExpectSameBits(const std::function<std::unique_ptr<Network<T>>()>& make) {
  const Dataset dataset = SmallDataset(90, 40);
  const auto augmentation = ParseAugmentation("flip(0.5) shift(1)", kSmall);
  const TemporaryFolder folder;
  TrainOptions options;
  options.epochs = 3;
  options.batch_size = 32;
  options.optimizer = {"sgd", 0.05, 0.9, false, 0.001};
  options.schedule.name = "onecycle";
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

}  // namespace
}  // namespace normlab
