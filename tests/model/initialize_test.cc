#include "model/initialize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "model/plan_builder.h"

namespace normlab {
namespace {

Architecture Cifar(const std::string& norm, const std::string& line = "cifar-37k") {
  ModelOptions options;
  options.norm = norm;
  return ParseArchitecture(line, {3, 32, 32}, 10, options);
}

template <typename T = float>
std::vector<T> Initial(const Architecture& architecture, std::uint64_t seed = 1) {
  std::vector<T> parameters(StoredParameters(architecture), T(-7));
  InitializeParameters<T>(architecture, seed, parameters);
  return parameters;
}

// Kolmogorov's distance of the weights to U(-b, b), b = 1 / sqrt(fan_in).
TEST(Initialize, ConvolutionsAreUniformWithinPyTorchsBound) {
  const Architecture model = Cifar("batch");
  const std::vector<float> values = Initial(model);
  for (const ParameterInfo& info : model.plan->parameters) {
    if (info.role != ParameterRole::kFilter) continue;
    const double bound = 1 / std::sqrt(info.shape[1] * info.shape[2] * info.shape[3]);
    std::vector<float> sorted(values.begin() + info.offset,
                              values.begin() + info.offset + info.size);
    std::sort(sorted.begin(), sorted.end());
    const double n = static_cast<double>(info.size);
    double distance = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      ASSERT_LE(std::abs(sorted[i]), static_cast<float>(bound)) << info.name;
      const double expected = (sorted[i] + bound) / (2 * bound);
      distance = std::max({distance, std::abs(expected - i / n), std::abs(expected - (i + 1) / n)});
    }
    EXPECT_LT(distance, 1.95 / std::sqrt(n)) << info.name;  // 99.9 % point
  }
}

TEST(Initialize, NormalizationsStartAsTheIdentity) {
  const Architecture model = Cifar("batch");
  const std::vector<float> values = Initial(model);
  for (const ParameterInfo& info : model.plan->parameters) {
    if (info.role == ParameterRole::kFilter) continue;
    for (std::size_t i = 0; i < info.size; ++i) {
      EXPECT_EQ(values[info.offset + i], info.role == ParameterRole::kGain ? 1 : 0);
    }
  }
  std::vector<double> buffers(2 * 184, -7);  // 184 normalized channels, the shared unit once
  InitializeBuffers<double>(model, buffers);
  for (const BufferInfo& info : model.plan->buffers) {
    const bool is_variance = info.name.ends_with("running_var");
    for (std::size_t i = 0; i < info.size; ++i) EXPECT_EQ(buffers[info.offset + i], is_variance);
  }
  EXPECT_EQ(std::count(buffers.begin(), buffers.end(), -7), 0);
}

std::vector<float> Convolutions(const Architecture& model, const std::vector<float>& values) {
  std::vector<float> convolutions;
  for (const ParameterInfo& info : model.plan->parameters) {
    if (info.role != ParameterRole::kFilter) continue;
    convolutions.insert(convolutions.end(), values.begin() + info.offset,
                        values.begin() + info.offset + info.size);
  }
  return convolutions;
}

TEST(Initialize, ModelsThatDifferInNormalizationShareTheirConvolutions) {
  const std::vector<float> batch = Convolutions(Cifar("batch"), Initial(Cifar("batch")));
  for (const char* norm : {"none", "layer", "group"}) {
    EXPECT_EQ(Convolutions(Cifar(norm), Initial(Cifar(norm))), batch) << norm;
  }
  EXPECT_NE(Initial(Cifar("batch"), 2), Initial(Cifar("batch"), 1));
}

// Two convolutions, 2 to 6 channels and 6 to 4, of fan in 2 * 25 and 3 * 9.
Plan Convolutional(bool first_bias, bool second_bias) {
  PlanBuilder builder({2, 6, 6});
  const int x =
      builder.Add(KindNamed("convolution"), {builder.images()},
                  {{"channels", 6}, {"kernel", 5}, {"padding", 2}, {"bias", double(first_bias)}},
                  {.layer = "C1", .part = "conv"});
  return std::move(builder).Finish(builder.Add(KindNamed("convolution"), {x},
                                               {{"channels", 4},
                                                {"kernel", 3},
                                                {"padding", 0},
                                                {"groups", 2},
                                                {"bias", double(second_bias)}},
                                               {.layer = "C2", .part = "conv"}));
}

std::vector<float> Initialized(const Plan& plan, const std::string& name) {
  std::vector<float> values(plan.parameter_count());
  InitializeParameters<float>(plan, 1, values);
  for (const ParameterInfo& info : plan.parameters) {
    if (info.name != name) continue;
    return {values.begin() + info.offset, values.begin() + info.offset + info.size};
  }
  return {};
}

TEST(Initialize, BiasesDoNotMoveTheFilters) {
  const Plan none = Convolutional(false, false);
  for (const bool second : {false, true}) {
    const Plan some = Convolutional(true, second);
    for (const char* filter : {"C1.conv.weight", "C2.conv.weight"}) {
      ASSERT_FALSE(Initialized(none, filter).empty());
      EXPECT_EQ(Initialized(some, filter), Initialized(none, filter)) << filter;
    }
    EXPECT_EQ(Initialized(some, "C2.conv.bias").size(), second ? 4u : 0u);
  }
  EXPECT_EQ(Initialized(Convolutional(false, true), "C2.conv.bias"),
            Initialized(Convolutional(true, true), "C2.conv.bias"));
}

TEST(Initialize, ABiasIsDrawnWithinTheBoundOfItsFilter) {
  const Plan plan = Convolutional(true, true);
  for (const auto& [layer, fan_in] : {std::pair("C1", 2 * 25), std::pair("C2", 3 * 9)}) {
    const std::string part = std::string(layer) + ".conv.";
    const std::vector<float> bias = Initialized(plan, part + "bias");
    const std::vector<float> filter = Initialized(plan, part + "weight");
    const float bound = 1 / std::sqrt(static_cast<float>(fan_in));
    float largest = 0;
    for (std::size_t i = 0; i < bias.size(); ++i) {
      largest = std::max(largest, std::abs(bias[i]));
      EXPECT_NE(bias[i], filter[i]) << "drawn from the filter's stream";
    }
    EXPECT_LE(largest, bound) << layer;
    EXPECT_GT(largest, bound / 4) << layer;  // missed once in 256
  }
  const float first = Initialized(plan, "C1.conv.bias")[0] * std::sqrt(2 * 25.0f);
  const float second = Initialized(plan, "C2.conv.bias")[0] * std::sqrt(3 * 9.0f);
  EXPECT_GT(std::abs(first - second), 1e-3) << "layers draw the same";
}

TEST(Initialize, BothPrecisionsStartFromTheSameFloat32Values) {
  const std::vector<float> single = Initial<float>(Cifar("layer"));
  const std::vector<double> twice = Initial<double>(Cifar("layer"));
  EXPECT_TRUE(std::equal(single.begin(), single.end(), twice.begin(), twice.end()));
}

TEST(Initialize, LaterLayersDoNotChangeEarlierOnes) {
  const Architecture model = Cifar("none", "C12 GAP c10!"),
                     deeper = Cifar("none", "C12 C12 GAP c10!");
  const std::vector<float> a = Initial(model), b = Initial(deeper);
  EXPECT_TRUE(std::equal(a.begin(), a.begin() + 324, b.begin()));
  EXPECT_FALSE(std::equal(b.begin(), b.begin() + 324, b.begin() + 324)) << "layers draw the same";
}

}  // namespace
}  // namespace normlab
