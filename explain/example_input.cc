#include "explain/example_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "base/philox.h"

namespace normlab {
namespace {

using equation::Equation;
using equation::Node;

// Halves and squares, so that quotients and roots can be taken by hand.
constexpr double kGains[] = {0, 1, -0.5, 0.5, 1.5};  // beside an initial 1
constexpr double kShifts[] = {0, 1, -1, 0.5, -0.5, 2, -2};
constexpr double kMeans[] = {1, 0, 2, -1};
constexpr double kVariances[] = {4, 9, 1, 2.25, 16};

template <std::size_t size>
double Cycled(const double (&numbers)[size], std::size_t i) {
  return numbers[i % size];
}

std::string Divisors(int channels) {
  std::string text;
  for (int groups = 1; groups <= channels; ++groups) {
    if (channels % groups == 0) text += (text.empty() ? "" : ", ") + std::to_string(groups);
  }
  return text;
}

}  // namespace

Axes ExampleInput::state_axes(std::size_t i) const {
  return equation().nodes[equation().statements[i].node].axes.Without(Axes::Images());
}

std::string ExtentsText(const std::vector<int>& extents) {
  return fmt::format("{}", fmt::join(extents, "x"));
}

std::string InputExtentsText(const ExampleInput& input) {
  return ExtentsText(ValueExtents(input.extents, Axes::All()));
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

Doubles DrawOutputGradient(std::size_t size, std::uint64_t seed) {
  RandomStream stream(seed, Purpose::kExample, 0, 1);
  Doubles dy(size);
  for (double& value : dy) value = (static_cast<int>(stream.Below(5)) - 2) / 2.0;
  return dy;
}

Doubles DrawnLearned(const ExampleInput& input, std::size_t i, bool per_channel) {
  const equation::LearnedRow& row = input.method->equation->learned[i];
  const Axes axes = input.equation().learned[i].axes;
  Doubles values(input.extents.size(axes));
  const std::size_t repeat =
      per_channel ? input.extents.size(axes.Without(Axes::Channels())) : std::size_t{1};
  for (std::size_t p = 0; p < values.size(); ++p) {
    const double more = row.initial == 0 ? Cycled(kShifts, p / repeat) : Cycled(kGains, p / repeat);
    values[p] = std::clamp(row.initial + more, row.lowest, row.highest);
  }
  return values;
}

Doubles DrawnRunning(const ExampleInput& input, std::size_t i) {
  const auto& kept = input.equation().statements[i].running;
  if (!kept) return {};
  Doubles values(input.extents.size(input.state_axes(i)), kept->start);
  if (input.training) return values;
  for (std::size_t p = 0; p < values.size(); ++p) {
    values[p] = kept->start == 0 ? Cycled(kMeans, p) : Cycled(kVariances, p);
  }
  return values;
}

void DrawExample(ExampleInput& input, std::uint64_t seed) {
  RandomStream stream(seed, Purpose::kExample, 0, 0);
  input.x.resize(input.extents.size(Axes::All()));
  for (double& value : input.x) value = static_cast<int>(stream.Below(10)) - 4;
  input.dy = DrawOutputGradient(input.x.size(), seed);
  input.learned.clear();
  input.running.clear();
  input = WithMethod(input, *input.method);
}

ExampleInput WithMethod(const ExampleInput& input, const NormMethod& method, bool per_channel) {
  ExampleInput other = input;
  other.method = &method;
  other.learned.clear();
  other.running.clear();
  const Equation &from = input.equation(), &to = other.equation();
  for (std::size_t i = 0; i < to.learned.size(); ++i) {
    other.learned.push_back(DrawnLearned(other, i, per_channel));
    for (std::size_t k = 0; k < input.learned.size(); ++k) {
      const equation::Learned &a = from.learned[k], &b = to.learned[i];
      if (a.name == b.name && a.axes == b.axes) other.learned.back() = input.learned[k];
    }
  }
  for (std::size_t i = 0; i < to.statements.size(); ++i) {
    other.running.push_back(DrawnRunning(other, i));
    for (std::size_t k = 0; k < input.running.size(); ++k) {
      const bool same = !input.running[k].empty() && input.state(k) == other.state(i) &&
                        input.state_axes(k) == other.state_axes(i);
      if (same) other.running.back() = input.running[k];
    }
  }
  return other;
}

}  // namespace normlab
