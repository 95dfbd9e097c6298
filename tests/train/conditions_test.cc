#include "train/conditions.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/file.h"
#include "engine/make_network.h"
#include "model/initialize.h"
#include "small_data.h"

namespace normlab {
namespace {

struct Given {
  std::string norm = "batch";
  std::string augment = "none";
  std::uint64_t initial_seed = 1;
  TrainOptions options;
};

template <typename T>
TrainingConditions Conditions(const Given& given) {
  const Dataset dataset = SmallDataset();
  ModelOptions model;
  model.norm = given.norm;
  const Architecture architecture = ParseArchitecture("C4 GAP c3!", kSmall, 3, model);
  const auto network = MakeReferenceNetwork<T>(architecture, 16);
  InitializeParameters<T>(architecture, given.initial_seed, network->parameters());
  const auto augmentation = ParseAugmentation(given.augment, kSmall);
  return MeasureConditions(*network, dataset, augmentation.get(), given.options);
}

// By the sentences of the header, from the data alone.
TEST(TrainingConditions, HashTheOrderAndThePixelsThatTheNetworkIsGiven) {
  Given given;
  given.options.shuffle = false;
  given.options.epochs = 2;
  given.options.batch_size = 16;
  const Dataset dataset = SmallDataset();
  std::string order, pixels;
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (std::uint32_t image = 0; image < 103; ++image) {
      order.append(reinterpret_cast<const char*>(&image), sizeof image);
    }
  }
  for (const std::uint8_t value : dataset.train.pixels) {
    const float pixel = (static_cast<float>(value) / 255.0f - 0.4f) / 0.2f;
    pixels.append(reinterpret_cast<const char*>(&pixel), sizeof pixel);
  }
  const TrainingConditions conditions = Conditions<float>(given);
  EXPECT_EQ(conditions.data_order, Sha256(order));
  EXPECT_EQ(conditions.first_images, Sha256(pixels));
  EXPECT_EQ(conditions.batch_size, 16);
  EXPECT_EQ(conditions.steps, 14);  // 103 images are seven batches
  EXPECT_EQ(conditions.parameters, 4u * 9 + 8 + 12);
}

TEST(TrainingConditions, AreTheSameWhateverNormalizes) {
  Given given;
  const TrainingConditions batch = Conditions<float>(given);
  for (const char* norm : {"none", "layer-elementwise", "rms"}) {
    given.norm = norm;
    const TrainingConditions other = Conditions<float>(given);
    EXPECT_EQ(other.initial_weights, batch.initial_weights) << norm;
    EXPECT_EQ(other.data_order, batch.data_order) << norm;
    EXPECT_EQ(other.first_images, batch.first_images) << norm;
    EXPECT_NE(other.parameters, batch.parameters) << norm;
  }
  EXPECT_EQ(Conditions<double>(given).initial_weights, batch.initial_weights)
      << "weights are drawn as float32";
}

TEST(TrainingConditions, EachHashSeesWhatItIsOf) {
  const TrainingConditions first = Conditions<float>({});
  Given weights;
  weights.initial_seed = 2;
  EXPECT_NE(Conditions<float>(weights).initial_weights, first.initial_weights);
  EXPECT_EQ(Conditions<float>(weights).data_order, first.data_order);
  Given seed;
  seed.options.seed = 2;
  EXPECT_NE(Conditions<float>(seed).data_order, first.data_order);
  EXPECT_NE(Conditions<float>(seed).first_images, first.first_images);
  Given augmented;
  augmented.augment = "flip(0.5)";
  EXPECT_EQ(Conditions<float>(augmented).data_order, first.data_order);
  EXPECT_NE(Conditions<float>(augmented).first_images, first.first_images);
  Given held_out;
  held_out.options.validation = 1;
  EXPECT_NE(Conditions<float>(held_out).data_order, first.data_order);
}

TEST(TotalSteps, CountTheLastSmallerBatchAndEndAtTheLimit) {
  TrainOptions options;
  options.epochs = 3;
  options.batch_size = 16;
  EXPECT_EQ(TotalSteps(options, 103), 21);
  options.validation = 7;  // 96 images: six whole batches
  EXPECT_EQ(TotalSteps(options, 103), 18);
  EXPECT_EQ(TotalEpochs(options, 103), 3);
  options.max_steps = 10;
  EXPECT_EQ(TotalSteps(options, 103), 10);
  EXPECT_EQ(TotalEpochs(options, 103), 2);
  options.max_steps = 12;
  EXPECT_EQ(TotalEpochs(options, 103), 2) << "not a third one without steps";
  options.max_steps = 1000;
  EXPECT_EQ(TotalSteps(options, 103), 18);
}

}  // namespace
}  // namespace normlab
