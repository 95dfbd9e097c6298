#include "model/initialize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

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
