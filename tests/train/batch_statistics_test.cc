// Evaluation with the statistics of the batch: PyTorch's BatchNorm2d in train() with momentum 0.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/norm_names.h"
#include "tests/train/golden.h"
#include "tests/train/synthetic.h"

namespace normlab {
namespace {

constexpr std::uint32_t kSalt = 1;
constexpr int kClasses = 10;

struct GoldenCase {
  std::string model, golden;
  int images;
  Shape shape;
};
const GoldenCase kCases[] = {
    {"mnist-8k", "batch_statistics_mnist_8k", 17, {1, 28, 28}},
    {"cifar-37k", "batch_statistics_cifar_37k", 33, {3, 16, 16}},
};

Architecture MakeArchitecture(const GoldenCase& test, const std::string& norm, double dropout) {
  const ModelPreset* preset = FindModelPreset(test.model);
  ModelOptions options;
  options.norm = norm;
  options.groups = preset->groups;
  options.order = ParseOrder(preset->order);
  options.dropout = dropout;
  return ParseArchitecture(test.model, test.shape, kClasses, options);
}

template <typename T>
void Fill(Network<T>& network) {
  synthetic::FillParameters(kSalt, network.parameter_infos(), network.parameters());
  // Nothing like any batch's statistics.
  for (std::size_t i = 0; i < network.buffers().size(); ++i) {
    network.buffers()[i] = static_cast<T>(3 + std::sin(static_cast<double>(i)));
  }
}

template <typename T>
std::vector<float> OnBatchStatistics(const GoldenCase& test, Network<T>& network) {
  Fill(network);
  const std::vector<T> buffers(network.buffers().begin(), network.buffers().end());
  synthetic::StripedImages images(kSalt, test.shape, test.images);
  std::vector<float> rows(static_cast<std::size_t>(test.images) * kClasses);
  const BatchResult result = network.EvaluateOnBatchStatistics(images.Take(0), rows);
  EXPECT_TRUE(std::isfinite(result.loss_sum));
  EXPECT_THAT(network.buffers(), testing::ElementsAreArray(buffers)) << "a running value moved";
  for (const CounterInfo& counter : network.counters()) EXPECT_EQ(counter.value, 0);
  return rows;
}

double LargestDifference(const std::vector<float>& rows, const std::vector<double>& golden) {
  EXPECT_EQ(rows.size(), golden.size());
  double largest = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    largest = std::max(largest, std::abs(rows[i] - golden[i]));
  }
  return largest;
}

// Dropout is on in the architecture and must do nothing.
TEST(BatchStatistics, GiveThePredictionsOfPyTorchInEveryEngine) {
  for (const GoldenCase& test : kCases) {
    SCOPED_TRACE(test.model);
    const std::vector<double> golden = ReadGolden(test.golden);
    const Architecture architecture = MakeArchitecture(test, "batch", 0.5);
    const auto reference64 = MakeReferenceNetwork<double>(architecture, test.images);
    // Both sides are rounded to float32: half a unit in the last place of values below 8, twice.
    EXPECT_LE(LargestDifference(OnBatchStatistics(test, *reference64), golden), 0x1p-21);
    const auto reference = MakeReferenceNetwork<float>(architecture, test.images);
    EXPECT_LE(LargestDifference(OnBatchStatistics(test, *reference), golden), 2e-5);
    for (const Simd simd : SupportedSimd()) {
      const auto fast = MakeFastNetwork(architecture, test.images, {simd, 2});
      EXPECT_LE(LargestDifference(OnBatchStatistics(test, *fast), golden), 2e-5) << SimdName(simd);
    }
  }
}

TEST(BatchStatistics, AreWhatTrainingSees) {
  const GoldenCase& test = kCases[0];
  const auto network = MakeFastNetwork(MakeArchitecture(test, "batch", 0), test.images, {});
  Fill(*network);
  synthetic::StripedImages images(kSalt, test.shape, test.images);
  const Batch batch = images.Take(0);
  const double evaluated = network->EvaluateOnBatchStatistics(batch, {}).loss_sum;
  EXPECT_NE(evaluated, network->Evaluate(batch, {}).loss_sum);
  EXPECT_EQ(evaluated, network->Train(batch, {}).loss_sum);
}

TEST(BatchStatistics, AreTheSameBitsForAnyNumberOfThreads) {
  const GoldenCase& test = kCases[1];
  const Architecture architecture = MakeArchitecture(test, "batch", 0);
  const auto one = MakeFastNetwork(architecture, test.images, {BestSimd(), 1});
  const std::vector<float> rows = OnBatchStatistics(test, *one);
  for (const int threads : {2, 3, 5}) {
    const auto network = MakeFastNetwork(architecture, test.images, {BestSimd(), threads});
    EXPECT_EQ(OnBatchStatistics(test, *network), rows) << threads;
  }
}

TEST(BatchStatistics, ChangeNothingWhereNoStatisticCrossesImages) {
  for (const std::string& norm : NormNames()) {
    if (FindNormMethod(norm).running_statistics) continue;
    SCOPED_TRACE(norm);
    const GoldenCase& test = kCases[1];
    const auto network = MakeFastNetwork(MakeArchitecture(test, norm, 0.5), test.images, {});
    const std::vector<float> on_batch = OnBatchStatistics(test, *network);
    synthetic::StripedImages images(kSalt, test.shape, test.images);
    std::vector<float> rows(on_batch.size());
    network->Evaluate(images.Take(0), rows);
    EXPECT_EQ(rows, on_batch);
  }
}

}  // namespace
}  // namespace normlab
