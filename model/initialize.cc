#include "model/initialize.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/philox.h"

namespace normlab {
namespace {

// The number of values that one output of the convolution is made of.
int FanIn(const ParameterInfo& weight) {
  return weight.shape[1] * weight.shape[2] * weight.shape[3];
}

// Through float, so that engines of either precision start from the same values.
template <typename T>
void Draw(RandomStream stream, double bound, std::span<T> values) {
  for (T& value : values) value = static_cast<T>(static_cast<float>(stream.Uniform(-bound, bound)));
}

}  // namespace

template <typename T>
void InitializeParameters(const Plan& plan, std::uint64_t seed, std::span<T> parameters) {
  assert(parameters.size() == plan.parameter_count());
  std::uint32_t filter = 0;  // from 1; 0: before the first
  std::uint32_t beside = 0;  // how many were drawn beside it
  for (const ParameterInfo& info : plan.parameters) {
    const std::span<T> values = parameters.subspan(info.offset, info.size);
    if (info.initial.kind == InitialKind::kConstant) {
      std::ranges::fill(values, static_cast<T>(info.initial.constant));
      continue;
    }
    if (info.initial.kind == InitialKind::kOfFilter) continue;
    if (info.initial.kind == InitialKind::kUniform) {
      Draw(RandomStream(seed, Purpose::kInitialization, ++beside, filter), info.initial.constant,
           values);
      continue;
    }
    beside = 0;
    Draw(RandomStream(seed, Purpose::kInitialization, 0, ++filter),
         1 / std::sqrt(static_cast<double>(FanIn(info))), values);
  }
  InitializeFromFilters(plan, parameters);
}

template <typename T>
void InitializeFromFilters(const Plan& plan, std::span<T> parameters) {
  for (const ParameterInfo& info : plan.parameters) {
    if (info.initial.kind != InitialKind::kOfFilter) continue;
    const ParameterInfo& filter = plan.parameters[At(info.filter)];
    const std::span<T> of = parameters.subspan(filter.offset, filter.size);
    const std::vector<double> begin =
        info.initial.of_filter(std::vector<double>(of.begin(), of.end()), filter.shape);
    std::ranges::transform(begin, parameters.begin() + static_cast<std::ptrdiff_t>(info.offset),
                           [](double v) { return static_cast<T>(v); });
  }
}

template <typename T>
void InitializeBuffers(const Plan& plan, std::span<T> buffers) {
  for (const BufferInfo& info : plan.buffers) {
    std::ranges::fill(buffers.subspan(info.offset, info.size), static_cast<T>(info.initial));
  }
}

template <typename T>
void InitializeParameters(const Architecture& architecture, std::uint64_t seed,
                          std::span<T> parameters) {
  InitializeParameters(*architecture.plan, seed, parameters);
}

template <typename T>
void InitializeBuffers(const Architecture& architecture, std::span<T> buffers) {
  InitializeBuffers(*architecture.plan, buffers);
}

template void InitializeParameters(const Plan&, std::uint64_t, std::span<float>);
template void InitializeParameters(const Plan&, std::uint64_t, std::span<double>);
template void InitializeFromFilters(const Plan&, std::span<float>);
template void InitializeFromFilters(const Plan&, std::span<double>);
template void InitializeBuffers(const Plan&, std::span<float>);
template void InitializeBuffers(const Plan&, std::span<double>);
template void InitializeParameters(const Architecture&, std::uint64_t, std::span<float>);
template void InitializeParameters(const Architecture&, std::uint64_t, std::span<double>);
template void InitializeBuffers(const Architecture&, std::span<float>);
template void InitializeBuffers(const Architecture&, std::span<double>);

}  // namespace normlab
