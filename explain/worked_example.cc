#include "explain/worked_example.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "explain/reference_run.h"
#include "norm/reference/moments.h"

namespace normlab {
namespace {

void WorkStatistics(WorkedExample& example) {
  const ExampleInput& input = example.input;
  const NormMethod& method = *input.method;
  const auto pooling = reference::PoolValues(method, input.images, input.shape, input.groups);
  reference::Tensor<double> x(input.images, input.shape), normalized(input.images, input.shape);
  x.values = input.x;
  reference::Moments moments = reference::PooledMoments(x, pooling, method.centered);
  example.statistic_of = pooling.set_of;
  example.mean_of_x = moments.mean;
  example.var_of_x = moments.variance;
  if (method.centered && moments.count > 1) {
    for (const double variance : moments.variance) {
      example.unbiased_var_of_x.push_back(variance * moments.count / (moments.count - 1));
    }
  }
  if (input.uses_running()) {
    moments.mean = input.running_mean;
    moments.variance = input.running_var;
  }
  example.mean = moments.mean;
  example.var = moments.variance;
  for (const double variance : moments.variance) {
    example.deviation.push_back(std::sqrt(variance + input.eps));
  }
  const std::vector<double> ones(static_cast<std::size_t>(input.shape.channels), 1.0);
  reference::Normalize(x, pooling, moments, input.eps,
                       reference::Affine<double>{AffineKind::kPerChannel, ones.data(), nullptr},
                       normalized);
  example.normalized = normalized.values;
}

std::vector<double> InputSteps(const WorkedExample& example) {
  const std::vector<double>& x = example.input.x;
  if (!example.input.method->has_statistics) return std::vector<double>(x.size(), 1.0);
  std::vector<double> largest(example.statistics()), steps;
  for (std::size_t e = 0; e < x.size(); ++e) {
    double& most = largest[static_cast<std::size_t>(example.statistic_of[e])];
    most = std::max(most, std::abs(x[e]));
  }
  for (const int statistic : example.statistic_of) {
    const auto s = static_cast<std::size_t>(statistic);
    steps.push_back(InputStep(example.deviation[s], largest[s]));
  }
  return steps;
}

bool AllFinite(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

void CheckFinite(const WorkedExample& example) {
  for (std::size_t s = 0; s < example.statistics(); ++s) {
    if (example.deviation[s] > 0) continue;
    throw UsageError(fmt::format(
        "{}: statistic {} ({}) has variance 0 and eps is 0, so there is nothing to divide by; "
        "expected eps > 0",
        example.input.method->name, StatisticLetter(s), StatisticCells(example, s)));
  }
  for (const auto* values :
       {&example.mean, &example.var, &example.unbiased_var_of_x, &example.normalized, &example.y,
        &example.running_mean, &example.running_var, &example.dx, &example.dgamma, &example.dbeta,
        &example.numeric.dx, &example.numeric.dgamma, &example.numeric.dbeta}) {
    if (AllFinite(*values)) continue;
    throw UsageError(
        fmt::format("{}: these values are too large to compute with in double; "
                    "expected results that are finite",
                    example.input.method->name));
  }
}

std::string Range(const char* one, const char* many, int first, int count, int all) {
  if (count == all && all > 1) return fmt::format("all {}", many);
  if (count == 1) return fmt::format("{} {}", one, first);
  return fmt::format("{} {} to {}", many, first, first + count - 1);
}

}  // namespace

WorkedExample Work(const ExampleInput& input) {
  CheckStatistics(input);
  WorkedExample example;
  example.input = input;
  const NormMethod& method = *input.method;
  example.statistic_shape = StatisticShapeOf(method, input.images, input.shape, input.groups);
  example.values_per_statistic =
      ValuesPerStatistic(method, input.images, input.shape, input.groups);
  if (method.has_statistics) {
    WorkStatistics(example);
  } else {
    example.normalized = input.x;
  }
  ReferenceRun run(input);
  example.y = run.Forward();
  example.running_mean = run.running_mean;
  example.running_var = run.running_var;
  example.dx = run.Backward(input.dy);
  example.dgamma = run.dgamma;
  example.dbeta = run.dbeta;
  example.numeric = DifferenceGradient(input, InputSteps(example));
  CheckFinite(example);
  return example;
}

double NumericDifference(const WorkedExample& example) {
  return std::max({GradientDifference(example.dx, example.numeric.dx),
                   GradientDifference(example.dgamma, example.numeric.dgamma),
                   GradientDifference(example.dbeta, example.numeric.dbeta)});
}

std::string StatisticLetter(std::size_t statistic) {
  std::string letters;
  for (std::size_t left = statistic + 1; left > 0; left = (left - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (left - 1) % 26));
  }
  return letters;
}

std::string StatisticCells(const WorkedExample& example, std::size_t statistic) {
  const StatisticShape& shape = example.statistic_shape;
  const ExampleInput& input = example.input;
  int index = static_cast<int>(statistic);
  const int column = index % shape.width;
  index /= shape.width;
  const int row = index % shape.height;
  index /= shape.height;
  const int channels = input.shape.channels / shape.channels;
  const int channel = index % shape.channels * channels, image = index / shape.channels;
  std::string text = Range("image", "images", image, input.images / shape.images, input.images) +
                     ", " + Range("channel", "channels", channel, channels, input.shape.channels) +
                     ", ";
  if (input.method->pools_pixels) {
    return text + (input.shape.pixels() == 1 ? "its pixel" : "all pixels");
  }
  return text + fmt::format("pixel ({}, {})", row, column);
}

std::vector<double> StatisticValues(const WorkedExample& example, std::size_t statistic) {
  std::vector<double> values;
  for (std::size_t e = 0; e < example.statistic_of.size(); ++e) {
    if (static_cast<std::size_t>(example.statistic_of[e]) == statistic) {
      values.push_back(example.input.x[e]);
    }
  }
  return values;
}

std::size_t AffineIndex(const ExampleInput& input, std::size_t e) {
  const std::size_t element = e % input.shape.size();
  return input.method->affine == AffineKind::kPerElement ? element : element / input.shape.pixels();
}

}  // namespace normlab
