// Trainings of equations: ramps over the optimizer's steps, bounds, and running values of any kind
// estimated anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/equation_methods.h"
#include "tests/train/small_data.h"
#include "tests/train/temporary_folder.h"
#include "train/bounds.h"
#include "train/safetensors.h"
#include "train/site_statistics.h"

namespace normlab {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::ElementsAreArray;

constexpr int kMostImages = 16;

Architecture Under(const NormMethod& method, const std::string& line = "C4 C4x2 GAP c3!",
                   bool per_application = false, int ghost = 0) {
  ModelOptions options;
  options.norm = method;
  options.norm_momentum = 0.25;
  options.statistics_per_application = per_application;
  options.ghost = ghost;
  return ParseArchitecture(line, kSmall, 3, options);
}

std::unique_ptr<Network<double>> Initialized(const Architecture& architecture) {
  auto network = MakeReferenceNetwork<double>(architecture, kMostImages);
  InitializeParameters<double>(architecture, 1, network->parameters());
  InitializeBuffers<double>(architecture, network->buffers());
  return network;
}

std::unique_ptr<Network<float>> InitializedFast(const Architecture& architecture, int threads) {
  auto network = MakeFastNetwork(architecture, kMostImages, {BestSimd(), threads});
  InitializeParameters<float>(architecture, 1, network->parameters());
  InitializeBuffers<float>(architecture, network->buffers());
  return network;
}

// 103 images in batches of 16: seven steps an epoch.
TrainOptions ThreeEpochs() {
  TrainOptions options;
  options.epochs = 3;
  options.batch_size = kMostImages;
  options.optimizer = {"sgd", 0.05, 0.9, false, 0};
  return options;
}

template <class T>
TrainResult TrainNetwork(Network<T>& network, const std::string& state, std::int64_t stop_at = 0,
                         const TrainOptions& options = ThreeEpochs()) {
  const Dataset dataset = SmallDataset();
  std::atomic<bool> stop = false;
  Notebook notebook;
  notebook.stop = &stop;
  notebook.stop_at = stop_at;
  return Train<T>(network, dataset, nullptr, options, state, notebook, stop);
}

const char* const kRamped =
    "mean = avg[N H W](x); variance = var[N H W](x); s = sqrt(variance + eps)\n"
    "r = clip(s / sqrt(variance.running + eps), 1 / ramp(1, 3, 2, 17), ramp(1, 3, 2, 17))\n"
    "y = weight[C] * (x - mean) / s * stop(r) + bias[C] + 0 * mean.running";

TEST(EquationTraining, GoesOnWithItsRampAfterACut) {
  const TemporaryFolder folder;
  const auto whole = Initialized(Under(RowOf("ramped", kRamped)));
  const TrainResult expected = TrainNetwork(*whole, folder / "whole");
  ASSERT_EQ(expected.end, TrainEnd::kFinished);
  for (const int cut : {3, 8, 16, 20}) {
    const std::string state = folder / ("cut" + std::to_string(cut));
    const auto killed = Initialized(Under(RowOf("ramped", kRamped)));
    EXPECT_EQ(TrainNetwork(*killed, state, cut).end, TrainEnd::kInterrupted);
    const auto resumed = Initialized(Under(RowOf("ramped", kRamped)));
    ExpectSameRecords(TrainNetwork(*resumed, state).epochs, expected.epochs);
    EXPECT_THAT(resumed->parameters(), ElementsAreArray(whole->parameters()));
    EXPECT_THAT(resumed->buffers(), ElementsAreArray(whole->buffers()));
  }
}

// Cut by a kill, gone on with by another number of threads: the ramp, the running values of each
// application and the last ghost batch are those of the training in one piece, bit by bit.
TEST(EquationTraining, HasTheSameBitsInTheFastEngineAfterACut) {
  const TemporaryFolder folder;
  const NormMethod* const methods[] = {
      &RowOf("ramped", kRamped),
      &RowOf("chained",
             "m = avg[N H W](x); power = avg[N H W]((x - m)^2); z = (x - m) / sqrt(power + eps)\n"
             "k = avg[N H W](tanh(z)^2); y = weight[C] * z / (1 + k) + bias[C]"),
      &RowOf("ghosts",
             "mean = avg[M H W](x); variance = var[M H W](x)\n"
             "y = weight[C] * (x - mean) / sqrt(variance + eps) + bias[C]")};
  for (const NormMethod* method : methods) {
    for (const bool per_application : {false, true}) {
      const Architecture architecture = Under(*method, "C4 C4x2 GAP c3!", per_application, 5);
      const std::string name(method->name), state = folder / (name + (per_application ? "1" : "0"));
      SCOPED_TRACE(name);
      const auto whole = InitializedFast(architecture, 1);
      const TrainResult expected = TrainNetwork(*whole, state + "-whole");
      ASSERT_EQ(expected.end, TrainEnd::kFinished);
      for (const int cut : {5, 17}) {
        const std::string cut_state = state + "-cut" + std::to_string(cut);
        const auto killed = InitializedFast(architecture, 3);
        EXPECT_EQ(TrainNetwork(*killed, cut_state, cut).end, TrainEnd::kInterrupted);
        const auto resumed = InitializedFast(architecture, 2);
        ExpectSameRecords(TrainNetwork(*resumed, cut_state).epochs, expected.epochs);
        EXPECT_THAT(resumed->parameters(), ElementsAreArray(whole->parameters()));
        EXPECT_THAT(resumed->buffers(), ElementsAreArray(whole->buffers()));
      }
    }
  }
}

// Its factor is 0 before step 7, so that every image has the same scores after the first epoch but
// with other steps than the trainer's; at 1 from step 7 on.
TEST(EquationTraining, GivesItsPassesTheStepsCompleted) {
  const NormMethod& late = RowOf("late", "y = x * ramp(0, 1, 7, 7) + 0 * weight[C]");
  const auto network = Initialized(Under(late, "C4 GAP c3!"));
  TrainOptions options = ThreeEpochs();
  options.max_steps = 6;
  const TrainResult before = TrainNetwork(*network, "", 0, options);
  EXPECT_NEAR(before.epochs[0].test_loss, std::log(3.0), 1e-12);
  EXPECT_NEAR(before.last.clean_train_loss, std::log(3.0), 1e-12);
  EXPECT_NEAR(before.epochs[0].train_loss, std::log(3.0), 1e-12);
  const auto longer = Initialized(Under(late, "C4 GAP c3!"));
  options.max_steps = 7;  // the step of 7 completed ones comes in evaluation alone
  const TrainResult after = TrainNetwork(*longer, "", 0, options);
  EXPECT_NEAR(after.epochs[0].train_loss, std::log(3.0), 1e-12);
  EXPECT_GT(std::abs(after.epochs[0].test_loss - std::log(3.0)), 1e-6);
}

TEST(EquationTraining, KeepsLearnedValuesWithinTheirBounds) {
  auto method = MethodOfText("bounded", "y = weight[C] * x + bias[C] + free[C]");
  method->learned[0] = {.initial = 1, .lowest = 0.999, .highest = 1.001};
  method->learned[1] = {.initial = 0, .highest = 0};
  const auto network = Initialized(Under(RowOf(method), "C4 GAP c3!"));
  ASSERT_EQ(TrainNetwork(*network, "").end, TrainEnd::kFinished);
  const auto values = [&](const std::string& name) {
    for (const ParameterInfo& info : network->parameter_infos()) {
      if (info.name == "C1.norm." + name)
        return std::vector<double>(
            network->parameters().begin() + static_cast<std::ptrdiff_t>(info.offset),
            network->parameters().begin() + static_cast<std::ptrdiff_t>(info.offset + info.size));
    }
    return std::vector<double>();
  };
  EXPECT_THAT(values("weight"), Each(testing::AllOf(testing::Ge(0.999), testing::Le(1.001))));
  EXPECT_THAT(values("weight"), testing::Contains(testing::AnyOf(0.999, 1.001)));
  EXPECT_THAT(values("bias"), Each(testing::Le(0)));
  EXPECT_THAT(values("free"), testing::Contains(testing::Gt(0.001)));
}

// Lone numbers have the shape [] and running values those of their axes, as PyTorch's have.
TEST(EquationTraining, SavesAndLoadsLearnedAndRunningValuesOfAnyAxes) {
  const TemporaryFolder folder;
  const std::string path = folder / "model.safetensors";
  const NormMethod& method =
      RowOf("axes",
            "lone = avg[N C H W](x); pixels = max[N](x); g = var[N K H W](x)\n"
            "y = x * weight[] + bias[H W] + k[K] + lone + 0 * pixels + 0 * g");
  const Architecture architecture = Under(method, "C4 GAP c3!");
  const auto network = Initialized(architecture);
  ASSERT_EQ(TrainNetwork(*network, "").end, TrainEnd::kFinished);
  SaveCheckpoint(path, *network, {});
  const auto shape = [&](const std::string& name) {
    const TensorFile file = ReadTensors(path);
    const auto tensor = std::ranges::find(file.tensors, "C1.norm." + name, &NamedTensor::name);
    return tensor == file.tensors.end() ? std::vector<std::int64_t>{-1} : tensor->shape;
  };
  EXPECT_THAT(shape("weight"), testing::IsEmpty());
  EXPECT_THAT(shape("bias"), ElementsAre(4, 4));
  EXPECT_THAT(shape("k"), ElementsAre(2));
  EXPECT_THAT(shape("running_lone"), testing::IsEmpty());
  EXPECT_THAT(shape("running_pixels"), ElementsAre(4, 4, 4));
  EXPECT_THAT(shape("running_g"), ElementsAre(2));
  EXPECT_THAT(shape("num_batches_tracked"), testing::IsEmpty());
  const auto loaded = Initialized(architecture);
  LoadCheckpoint(path, *loaded);
  EXPECT_THAT(loaded->parameters(), ElementsAreArray(network->parameters()));
  EXPECT_THAT(loaded->buffers(), ElementsAreArray(network->buffers()));
}

TEST(EquationTraining, SavesRunningValuesWhereNothingIsLearned) {
  const TemporaryFolder folder;
  const Architecture architecture =
      Under(RowOf("bare", "m = avg[N H W](x); v = var[N H W](x); y = (x - m) / sqrt(v + eps)"),
            "C4 C4x2 GAP c3!", true);
  const auto network = Initialized(architecture);
  ASSERT_EQ(TrainNetwork(*network, "").end, TrainEnd::kFinished);
  SaveCheckpoint(folder / "model.safetensors", *network, {});
  const auto loaded = Initialized(architecture);
  LoadCheckpoint(folder / "model.safetensors", *loaded);
  EXPECT_THAT(loaded->buffers(), ElementsAreArray(network->buffers()));
  EXPECT_EQ(TrainNetwork(*Initialized(architecture), folder / "cut", 9).end,
            TrainEnd::kInterrupted);
  const auto resumed = Initialized(architecture);
  TrainNetwork(*resumed, folder / "cut");
  EXPECT_THAT(resumed->buffers(), ElementsAreArray(network->buffers()));
}

TEST(Bounds, MoveWhatIsOutsideAndLeaveWhatIsNotANumber) {
  std::vector<double> values = {-5, 5, 0.5, std::nan(""), -5, 5};
  std::vector<ParameterInfo> infos(2);
  infos[0].size = 4;
  infos[0].bounds = {-1, 2};
  infos[1].offset = 4;
  infos[1].size = 2;
  ApplyBounds<double>(infos, values);
  EXPECT_THAT(values, ElementsAre(-1, 2, 0.5, testing::IsNan(), -5, 5));
}

template <class T>
void ExpectDivergesAtItsStatement(Network<T>& network) {
  const TrainResult result = TrainNetwork(network, "");
  EXPECT_EQ(result.end, TrainEnd::kDiverged);
  EXPECT_EQ(result.divergence.step, 1);
  EXPECT_EQ(result.divergence.layer, "C1, statement l of its normalization");
}

TEST(EquationTraining, NamesTheStatementAtWhichItDiverged) {
  auto method = MethodOfText("breaks", "l = log(t[]); y = weight[C] * x + l");
  method->learned[0] = {.initial = -1};
  const Architecture architecture = Under(RowOf(method), "C4 GAP c3!");
  ExpectDivergesAtItsStatement(*Initialized(architecture));
  ExpectDivergesAtItsStatement(*InitializedFast(architecture, 2));
}

std::vector<std::uint32_t> FirstImages(std::uint32_t count) {
  std::vector<std::uint32_t> images(count);
  std::iota(images.begin(), images.end(), 0u);
  return images;
}

// Of a first layer over 40 images in batches of 16, 16 and 8: moments are those of all values, the
// others the mean of what each batch showed by its images.
TEST(EquationTraining, EstimatesEveryRunningValueAnew) {
  const NormMethod& method =
      RowOf("many",
            "top = max[N H W](x); mean = avg[N H W](x); variance = var[N H W](x); s = "
            "avg[N C](x)\ny = weight[C] * (x - mean) / sqrt(variance + eps) + 0 * (top + s)");
  const Dataset dataset = SmallDataset();
  const PixelTable table(dataset.statistics);
  ImageBatch source(dataset.train, dataset.shape, table, nullptr, 1);
  const auto images = FirstImages(40);
  const auto network = Initialized(Under(method, "C4 GAP c3!"));
  const auto estimated = EstimateStatistics(*network, source, images);
  const StatisticsSite& site = network->statistics_sites().front();
  ASSERT_EQ(site.values.size(), 4u);
  ASSERT_EQ(estimated.size(), 4u + 4 + 4 + 16);

  std::vector<double> top(4), s(16);
  for (const std::uint32_t first : {0u, 16u, 32u}) {
    const int count = first == 32 ? 8 : 16;
    network->EvaluateOnBatchStatistics(source.Take(&images[first], count, 0), {});
    const auto batch = network->batch_statistics();
    for (std::size_t i = 0; i < 4; ++i) top[i] += batch[i] * count / 40;
    for (std::size_t i = 0; i < 16; ++i) s[i] += batch[12 + i] * count / 40;
  }
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(estimated[i], top[i], 1e-12);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_NEAR(estimated[12 + i], s[i], 1e-12);

  auto whole = MakeReferenceNetwork<double>(Under(method, "C4 GAP c3!"), 40);
  std::ranges::copy(network->parameters(), whole->parameters().begin());
  whole->EvaluateOnBatchStatistics(source.Take(images.data(), 40, 0), {});
  for (std::size_t i = 4; i < 12; ++i) {
    EXPECT_NEAR(estimated[i], whole->batch_statistics()[i], 1e-12) << i;
  }

  UseStatistics<double>(estimated, *network);
  for (const RunningValue& value : site.values) {
    for (std::size_t i = 0; i < value.size; ++i) {
      EXPECT_EQ(network->buffers()[value.buffer + i], estimated[value.batch + i]);
    }
  }
  EXPECT_EQ(InitialStatistics<double>(network->statistics_sites())[8], 1);
  EXPECT_EQ(InitialStatistics<double>(network->statistics_sites())[4], 0);
}

// A unit applied twice, with a value that is in no pair: the mean of what both showed.
TEST(EquationTraining, PoolsTheApplicationsOfAUnit) {
  StatisticsSite one{"C1", 1, 0, {{.size = 1, .buffer = 0, .batch = 0, .initial = 0}}, {}};
  StatisticsSite two = one;
  two.application = 2;
  two.values[0].batch = 1;
  EXPECT_THAT(PooledOverApplications({one, two}, {2, 7}, 10), ElementsAre(4.5, 4.5));
}

// Where each application keeps its own, a shared set is what UpdateRunning makes of the batches.
TEST(EquationTraining, KeepsRunningValuesForEachApplicationOrForAll) {
  const NormMethod& method = RowOf("top", "top = max[N H W](x); y = weight[C] * x / (1 + top)");
  const auto shared = Initialized(Under(method)),
             own = Initialized(Under(method, "C4 C4x2 GAP c3!", true));
  const Dataset dataset = SmallDataset();
  const PixelTable table(dataset.statistics);
  ImageBatch source(dataset.train, dataset.shape, table, nullptr, 1);
  const auto images = FirstImages(40);
  auto followed = InitialStatistics<double>(own->statistics_sites()), apart = followed;
  for (const std::uint32_t first : {0u, 16u}) {
    const Batch batch = source.Take(&images[first], 16, 0);
    shared->Train(batch, {});
    own->Train(batch, {});
    EXPECT_THAT(shared->batch_statistics(), ElementsAreArray(own->batch_statistics()));
    UpdateRunning(own->statistics_sites(), own->batch_statistics(), 0.25, true, followed);
    UpdateRunning(own->statistics_sites(), own->batch_statistics(), 0.25, false, apart);
  }
  ASSERT_EQ(shared->buffers().size(), 8u);
  ASSERT_EQ(own->buffers().size(), 12u);
  for (std::size_t site = 0; site < 3; ++site) {
    const RunningValue& a = shared->statistics_sites()[site].values[0];
    const RunningValue& b = own->statistics_sites()[site].values[0];
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_DOUBLE_EQ(shared->buffers()[a.buffer + i], followed[b.batch + i]);
      EXPECT_DOUBLE_EQ(own->buffers()[b.buffer + i], apart[b.batch + i]);
    }
  }
}

// 16 images in ghost batches of 5: 5, 5, 5 and a lone one, which has pixels enough.
TEST(EquationTraining, TrainsWithGhostBatches) {
  const NormMethod& method = RowOf("ghosts",
                                   "mean = avg[M H W](x); variance = var[M H W](x)\n"
                                   "y = weight[C] * (x - mean) / sqrt(variance + eps) + bias[C]");
  const auto network = Initialized(Under(method, "C4 C4x2 GAP c3!", false, 5));
  const TrainResult result = TrainNetwork(*network, "");
  EXPECT_EQ(result.end, TrainEnd::kFinished);
  EXPECT_LT(result.epochs.back().train_loss, result.epochs.front().train_loss);
  EXPECT_EQ(network->counters()[0].value, 21);
  EXPECT_EQ(network->counters()[1].value, 42);  // of the unit that is applied twice
}

}  // namespace
}  // namespace normlab
