#include "train/layer_statistics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/norm_names.h"
#include "tests/train/synthetic.h"

namespace normlab {
namespace {

constexpr Shape kShape{3, 11, 13};
constexpr int kImages = 17;
constexpr std::uint32_t kSalt = 5;
// Blocks with and without normalization, one that is applied twice, pools between them.
constexpr char kModel[] = "C6 P C6x2 c8 GAP c10!";

Architecture MakeArchitecture(const std::string& norm, const std::string& order, int groups) {
  ModelOptions options;
  options.norm = norm;
  options.order = ParseOrder(order);
  options.groups = groups;
  options.dropout = 0.25;
  return ParseArchitecture(kModel, kShape, 10, options);
}

template <typename T>
std::vector<LayerStatistics> AfterAPass(const Architecture& architecture, Network<T>& network) {
  synthetic::FillParameters(kSalt, network.parameter_infos(), network.parameters());
  InitializeBuffers(architecture, network.buffers());
  synthetic::StripedImages images(kSalt, kShape, kImages);
  network.Train(images.Take(0), {7, 1});
  return MeasureLayers(architecture, network);
}

void ExpectClose(double fast, double plain, const std::string& what) {
  if (std::isnan(plain)) {
    EXPECT_TRUE(std::isnan(fast)) << what;
  } else {
    EXPECT_NEAR(fast, plain, 2e-5 * std::max(1.0, std::abs(plain))) << what;
  }
}

class EveryNorm : public testing::TestWithParam<std::string> {};

// Of the gradient each engine keeps to its own: how close they are is engines_test's to say.
TEST_P(EveryNorm, FastEngineAndPlainTwinTellTheSame) {
  for (const char* order :
       {"conv-relu-norm-dropout", "conv-norm-relu-dropout", "conv-dropout-relu-norm"}) {
    const Architecture architecture = MakeArchitecture(GetParam(), order, 2);
    const auto fast = MakeFastNetwork(architecture, kImages, {BestSimd(), 2});
    const auto plain = MakeReferenceNetwork<double>(architecture, kImages);
    const auto rows = AfterAPass(architecture, *fast);
    const auto expected = AfterAPass(architecture, *plain);
    ASSERT_EQ(rows.size(), 5u);
    ASSERT_EQ(expected.size(), 5u);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const LayerStatistics &row = rows[i], &twin = expected[i];
      EXPECT_EQ(row.layer, twin.layer);
      EXPECT_EQ(row.application, twin.application);
      const std::string what = GetParam() + " " + order + " " + row.layer;
      ExpectClose(row.mean_before, twin.mean_before, what);
      ExpectClose(row.deviation_before, twin.deviation_before, what);
      ExpectClose(row.mean_after, twin.mean_after, what);
      ExpectClose(row.deviation_after, twin.deviation_after, what);
      ExpectClose(row.weight_norm, twin.weight_norm, what);
      ExpectClose(row.running_mean_distance, twin.running_mean_distance, what);
      ExpectClose(row.running_variance_distance, twin.running_variance_distance, what);
    }
    EXPECT_EQ(rows[1].layer, "C2");
    EXPECT_EQ(rows[2].layer, "C2");
    EXPECT_EQ(rows[2].application, 2);
  }
}
INSTANTIATE_TEST_SUITE_P(Registry, EveryNorm, testing::ValuesIn(NormNames()), [](const auto& norm) {
  std::string name = norm.param;
  std::erase(name, '-');
  return name;
});

// A 1x1 convolution that copies its input: what the normalization reads is the images themselves.
class CopyingBlock : public testing::Test {
 protected:
  std::vector<LayerStatistics> Measure(const std::string& norm, double momentum) {
    ModelOptions options;
    options.norm = norm;
    options.order = ParseOrder("conv-norm-relu-dropout");
    options.norm_momentum = momentum;
    architecture_ = ParseArchitecture("c3 GAP c10!", kShape, 10, options);
    network_ = MakeReferenceNetwork<double>(architecture_, kImages);
    InitializeParameters<double>(architecture_, 1, network_->parameters());
    InitializeBuffers<double>(architecture_, network_->buffers());
    const ParameterInfo& weight = network_->parameter_infos()[0];
    for (std::size_t i = 0; i < weight.size; ++i) network_->parameters()[i] = i % 4 == 0 ? 1 : 0;
    network_->Train(images_.Take(0), {1, 1});
    return MeasureLayers(architecture_, *network_);
  }

  // The pixels of one channel of all images, or of all channels (-1).
  std::vector<double> Pixels(int only) {
    std::vector<double> values;
    std::vector<float> images(kImages * kShape.size());
    images_.Fill(0, kImages, images.data());
    for (std::size_t e = 0; e < images.size(); ++e) {
      const int channel = static_cast<int>(e / kShape.pixels()) % kShape.channels;
      if (only < 0 || channel == only) values.push_back(images[e]);
    }
    return values;
  }

  static double Mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
  static double SumOfSquares(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += std::pow(value - Mean(values), 2);
    return sum;
  }

  synthetic::StripedImages images_{kSalt, kShape, kImages};
  Architecture architecture_;
  std::unique_ptr<Network<double>> network_;
};

TEST_F(CopyingBlock, MeansAndDeviationsAreOfAllValuesOfTheBatch) {
  const LayerStatistics row = Measure("batch", 0.1).front();
  const std::vector<double> all = Pixels(-1);
  EXPECT_NEAR(row.mean_before, Mean(all), 1e-12);
  EXPECT_NEAR(row.deviation_before, std::sqrt(SumOfSquares(all) / static_cast<double>(all.size())),
              1e-12);
  EXPECT_NEAR(row.mean_after, 0, 1e-12);
  EXPECT_NEAR(row.deviation_after, 1, 1e-4) << "but for eps";
  EXPECT_NEAR(row.weight_norm, std::sqrt(3.0), 1e-12);
}

TEST_F(CopyingBlock, WithoutANormalizationBeforeAndAfterAreTheSame) {
  const LayerStatistics row = Measure("none", 0.1).front();
  // The unit ends with a ReLU.
  std::vector<double> positive = Pixels(-1);
  for (double& value : positive) value = std::max(value, 0.0);
  EXPECT_NEAR(row.mean_before, Mean(positive), 1e-12);
  EXPECT_EQ(row.mean_after, row.mean_before);
  EXPECT_EQ(row.deviation_after, row.deviation_before);
  EXPECT_TRUE(std::isnan(row.running_mean_distance));
}

TEST_F(CopyingBlock, DistancesFromTheRunningStatisticsAreThoseOfTheHeader) {
  const LayerStatistics row = Measure("batch", 0).front();  // they stay 0 and 1
  double means = 0, variances = 0;
  for (int c = 0; c < 3; ++c) {
    const std::vector<double> pixels = Pixels(c);
    const double unbiased = SumOfSquares(pixels) / static_cast<double>(pixels.size() - 1);
    means += std::pow(Mean(pixels), 2) / (1 + 1e-5);
    variances += std::pow(std::log((unbiased + 1e-5) / (1 + 1e-5)), 2);
  }
  EXPECT_NEAR(row.running_mean_distance, std::sqrt(means / 3), 1e-9);
  EXPECT_NEAR(row.running_variance_distance, std::sqrt(variances / 3), 1e-9);
  const LayerStatistics caught_up = Measure("batch", 1).front();
  EXPECT_NEAR(caught_up.running_mean_distance, 0, 1e-9);
  EXPECT_NEAR(caught_up.running_variance_distance, 0, 1e-9);
}

TEST_F(CopyingBlock, GradientIsTheOneThatTheNetworkHolds) {
  const LayerStatistics row = Measure("layer", 0.1).front();
  double squares = 0;
  for (std::size_t i = 0; i < 9; ++i) squares += std::pow(network_->gradients()[i], 2);
  EXPECT_GT(squares, 0);
  EXPECT_NEAR(row.gradient_norm, std::sqrt(squares), 1e-12);
  EXPECT_TRUE(std::isnan(row.running_variance_distance));
}

}  // namespace
}  // namespace normlab
