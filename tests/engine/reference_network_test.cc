#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/operations/reference_gradient.h"

namespace normlab {
namespace {

using reference::ExpectNumericGradient;

constexpr Shape kInput{2, 13, 12};
constexpr int kClasses = 5;
constexpr DropoutAddress kDropout{3, 2};

// Every token of the notation: padding and none, 1x1, groups, repeat, bare, the three pools.
constexpr const char* kEveryToken = "C4 C6v/3 c6x2 P c6! C6 A2 GAP c5!";

class RandomImages : public ImageSource {
 public:
  explicit RandomImages(int count) : count_(count) {
    for (int n = 0; n < count; ++n) {
      labels_.push_back(static_cast<std::uint8_t>(n % kClasses));
      ids_.push_back(static_cast<std::uint32_t>(100 + n));
    }
  }

  Batch batch() const { return {count_, this, labels_.data(), ids_.data()}; }

  void Fill(int first, int count, float* images) const override {
    for (int n = first; n < first + count; ++n) {
      RandomStream stream(8, Purpose::kSamples, 0, static_cast<std::uint32_t>(n));
      for (std::size_t e = 0; e < kInput.size(); ++e) {
        *images++ = static_cast<float>(stream.Uniform(-1, 1));
      }
    }
  }

 private:
  int count_;
  std::vector<std::uint8_t> labels_;
  std::vector<std::uint32_t> ids_;
};

Architecture Parse(const std::string& norm, const std::string& order, double dropout = 0.1,
                   const char* line = kEveryToken) {
  ModelOptions options;
  options.norm = norm;
  options.dropout = dropout;
  options.order = ParseOrder(order);
  return ParseArchitecture(line, kInput, kClasses, options);
}

template <typename T>
std::unique_ptr<Network<T>> Make(const Architecture& architecture, int max_batch) {
  auto network = MakeReferenceNetwork<T>(architecture, max_batch);
  InitializeParameters<T>(architecture, 4, network->parameters());
  return network;
}

struct NetworkCase {
  const char* norm;
  const char* order;
};

class WholeNetwork : public testing::TestWithParam<NetworkCase> {};

TEST_P(WholeNetwork, GradientOfTheMeanLoss) {
  for (const int count : {2, 17}) {
    const auto network = Make<double>(Parse(GetParam().norm, GetParam().order), count);
    const RandomImages images(count);
    const auto loss = [&] { return network->Train(images.batch(), kDropout).loss_sum / count; };
    loss();
    const std::vector<double> all(network->gradients().begin(), network->gradients().end());
    for (const ParameterInfo& info : network->parameter_infos()) {
      const std::span<const double> gradient(&all[info.offset], info.size);
      EXPECT_TRUE(std::any_of(gradient.begin(), gradient.end(), [](double g) { return g != 0; }))
          << info.name;
      ExpectNumericGradient(info.name, network->parameters().subspan(info.offset, info.size),
                            gradient, loss, 1e-7, 1e-6, 12);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(NormsAndOrders, WholeNetwork,
                         testing::Values(NetworkCase{"none", "conv-relu-norm-dropout"},
                                         NetworkCase{"batch", "conv-relu-norm-dropout"},
                                         NetworkCase{"layer", "conv-relu-dropout-norm"},
                                         NetworkCase{"group", "conv-norm-relu-dropout"},
                                         NetworkCase{"batch", "conv-dropout-norm-relu"}),
                         [](const auto& info) {
                           return info.param.norm + std::to_string(info.index);
                         });

// One module in PyTorch: a unit that is applied twice counts and averages twice a step.
TEST(ReferenceNetwork, ARepeatedBlockUpdatesItsStatisticsAtEveryApplication) {
  const auto network = Make<double>(Parse("batch", "conv-relu-norm-dropout"), 4);
  const RandomImages images(4);
  network->Train(images.batch(), kDropout);
  for (const CounterInfo& counter : network->counters()) {
    EXPECT_EQ(counter.value, counter.name == "c3.norm.num_batches_tracked" ? 2 : 1) << counter.name;
  }
  ASSERT_EQ(network->counters().size(), 4u);
}

TEST(ReferenceNetwork, EvaluationChangesNothingAndDoesNotSeeTheOtherImages) {
  const auto network = Make<double>(Parse("batch", "conv-relu-dropout-norm", 0.3), 17);
  const RandomImages one(1), all(17);
  network->Train(all.batch(), kDropout);
  const std::vector<double> buffers(network->buffers().begin(), network->buffers().end());
  std::vector<float> alone(kClasses), together(17 * kClasses);
  const double loss = network->Evaluate(one.batch(), alone).loss_sum;
  network->Evaluate(all.batch(), together);
  EXPECT_TRUE(std::equal(alone.begin(), alone.end(), together.begin()));
  EXPECT_TRUE(std::equal(buffers.begin(), buffers.end(), network->buffers().begin()));
  EXPECT_EQ(network->counters()[0].value, 1);
  EXPECT_NEAR(loss, -alone[0], 1e-6);  // label 0, rounded to float
  double sum = 0;
  for (const float value : alone) sum += std::exp(value);
  EXPECT_NEAR(sum, 1, 1e-6);
}

TEST(ReferenceNetwork, DropoutFollowsSeedAndEpoch) {
  const auto network = Make<double>(Parse("layer", "conv-relu-norm-dropout", 0.3), 4);
  const RandomImages images(4);
  const double first = network->Train(images.batch(), {1, 1}).loss_sum;
  EXPECT_EQ(network->Train(images.batch(), {1, 1}).loss_sum, first);
  EXPECT_NE(network->Train(images.batch(), {1, 2}).loss_sum, first);
  EXPECT_NE(network->Train(images.batch(), {1 + (1ull << 32), 1}).loss_sum, first);
}

TEST(ReferenceNetwork, FloatAgreesWithDouble) {
  const Architecture architecture = Parse("group", "conv-relu-norm-dropout");
  const auto single = Make<float>(architecture, 16);
  const auto twice = Make<double>(architecture, 16);
  const RandomImages images(16);
  const double loss = twice->Train(images.batch(), kDropout).loss_sum;
  EXPECT_NEAR(single->Train(images.batch(), kDropout).loss_sum, loss, 1e-5 * loss);
  for (std::size_t e = 0; e < twice->gradients().size(); ++e) {
    EXPECT_NEAR(single->gradients()[e], twice->gradients()[e], 1e-5) << e;
  }
}

TEST(ReferenceNetwork, NamesTheFirstLayerThatIsNotFinite) {
  const auto network = Make<float>(Parse("batch", "conv-relu-norm-dropout"), 3);
  const RandomImages images(3);
  network->Train(images.batch(), kDropout);
  EXPECT_EQ(network->FirstNonFiniteLayer(), "");
  for (const char* layer : {"c6", "C5", "C2"}) {
    for (const ParameterInfo& info : network->parameter_infos()) {
      if (info.name != std::string(layer) + ".conv.weight") continue;
      network->parameters()[info.offset] = std::numeric_limits<float>::quiet_NaN();
    }
    EXPECT_FALSE(std::isfinite(network->Train(images.batch(), kDropout).loss_sum));
    EXPECT_EQ(network->FirstNonFiniteLayer(), layer);
  }
}

}  // namespace
}  // namespace normlab
