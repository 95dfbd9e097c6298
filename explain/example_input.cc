#include "explain/example_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/philox.h"

namespace normlab {
namespace {

// 1, 2, 0.5, 1.5, 2.5, 1, ...
double SimpleGamma(std::size_t p) {
  constexpr double kGammas[] = {1, 2, 0.5, 1.5, 2.5};
  return kGammas[p % std::size(kGammas)];
}

// 0, 1, -1, 0.5, ...
double SimpleBeta(std::size_t p) {
  constexpr double kBetas[] = {0, 1, -1, 0.5, -0.5, 2, -2};
  return kBetas[p % std::size(kBetas)];
}

double SimpleMean(std::size_t c) {
  constexpr double kMeans[] = {1, 0, 2, -1};
  return kMeans[c % std::size(kMeans)];
}

// Squares, so that deviations can be taken by hand.
double SimpleVariance(std::size_t c) {
  constexpr double kVariances[] = {4, 9, 1, 2.25, 16};
  return kVariances[c % std::size(kVariances)];
}

std::string Divisors(int channels) {
  std::string text;
  for (int groups = 1; groups <= channels; ++groups) {
    if (channels % groups == 0) text += (text.empty() ? "" : ", ") + std::to_string(groups);
  }
  return text;
}

}  // namespace

std::string ExtentsText(const std::vector<int>& extents) {
  return fmt::format("{}", fmt::join(extents, "x"));
}

std::vector<int> InputExtents(const ExampleInput& input) {
  return {input.images, input.shape.channels, input.shape.height, input.shape.width};
}

std::size_t AffineSize(const NormMethod& method, Shape shape) {
  if (method.affine == AffineKind::kNone) return 0;
  std::size_t size = 1;
  for (const int extent : AffineExtents(method, shape)) size *= static_cast<std::size_t>(extent);
  return size;
}

int DefaultGroups(int channels) {
  for (int groups = 2; groups <= channels; ++groups) {
    if (channels % groups == 0) return groups;
  }
  return 1;
}

void CheckGroups(int groups, int channels) {
  if (groups >= 1 && channels % groups == 0) return;
  throw UsageError(fmt::format("group: {} groups do not divide {} channels; expected one of {}",
                               groups, channels, Divisors(channels)));
}

void CheckStatistics(const ExampleInput& input) {
  const NormMethod& method = *input.method;
  if (method.pools_channels == PooledChannels::kGroup) {
    CheckGroups(input.groups, input.shape.channels);
  }
  if (!method.has_statistics || !method.centered || input.uses_running()) return;
  if (ValuesPerStatistic(method, input.images, input.shape, input.groups) > 1) return;
  throw UsageError(
      fmt::format("{}: on {} each mean would be over one value ({}), and leave nothing of it but "
                  "beta; expected "
                  "more than one value per statistic",
                  method.name, ExtentsText(InputExtents(input)), method.pools_over));
}

std::vector<double> DrawOutputGradient(std::size_t size, std::uint64_t seed) {
  RandomStream stream(seed, Purpose::kExample, 0, 1);
  std::vector<double> dy(size);
  for (double& value : dy) value = (static_cast<int>(stream.Below(5)) - 2) / 2.0;
  return dy;
}

void DrawExample(ExampleInput& input, std::uint64_t seed) {
  const std::size_t size = input.shape.size() * static_cast<std::size_t>(input.images);
  RandomStream stream(seed, Purpose::kExample, 0, 0);
  input.x.resize(size);
  for (double& value : input.x) value = static_cast<int>(stream.Below(10)) - 4;
  input.dy = DrawOutputGradient(size, seed);
  for (std::size_t p = 0; p < AffineSize(*input.method, input.shape); ++p) {
    input.gamma.push_back(SimpleGamma(p));
    if (input.method->has_bias) input.beta.push_back(SimpleBeta(p));
  }
  if (!input.method->running_statistics) return;
  for (std::size_t c = 0; c < static_cast<std::size_t>(input.shape.channels); ++c) {
    input.running_mean.push_back(input.training ? 0 : SimpleMean(c));
    input.running_var.push_back(input.training ? 1 : SimpleVariance(c));
  }
}

void RepeatChannelAffine(ExampleInput& input) {
  if (input.method->affine != AffineKind::kPerElement) return;
  const std::size_t pixels = input.shape.pixels();
  for (std::size_t e = 0; e < input.gamma.size(); ++e) {
    input.gamma[e] = SimpleGamma(e / pixels);
    if (!input.beta.empty()) input.beta[e] = SimpleBeta(e / pixels);
  }
}

}  // namespace normlab
