#include "explain/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace normlab {
namespace {

// The number of the statistic by first appearance: partitions are equal where these are.
std::vector<int> Canonical(const std::vector<int>& statistic_of) {
  std::vector<int> number, canonical;
  int next = 0;
  for (const int statistic : statistic_of) {
    const auto s = static_cast<std::size_t>(statistic);
    if (s >= number.size()) number.resize(s + 1, -1);
    if (number[s] < 0) number[s] = next++;
    canonical.push_back(number[s]);
  }
  return canonical;
}

std::string Named(const WorkedExample& example) {
  const bool grouped = example.input.method->pools_channels == PooledChannels::kGroup;
  return grouped ? fmt::format("{} with G = {}", example.input.method->name, example.input.groups)
                 : std::string(example.input.method->name);
}

std::string SameReason(const WorkedExample& a, const WorkedExample& b) {
  if (a.input.method == b.input.method) return "Both are the same method.";
  const std::string names = fmt::format("{} and {}", Named(a), Named(b));
  const bool same_sets = Canonical(a.statistic_of) == Canonical(b.statistic_of);
  if (!same_sets || a.input.method->centered != b.input.method->centered ||
      a.input.uses_running() != b.input.uses_running()) {
    return fmt::format(
        "{} take different statistics, but on these numbers they come out alike in every value.",
        names);
  }
  std::string reason = fmt::format(
      "On x of {} every statistic of {} holds exactly the values of one statistic of {} ({} each), "
      "and "
      "gamma, beta and eps are the same.",
      ExtentsText(InputExtents(a.input)), Named(a), Named(b), a.values_per_statistic);
  if (a.input.method->affine != b.input.method->affine) {
    reason += fmt::format(
        " They differ in what they learn: {} weights against {}. The weights of a channel are set "
        "alike here; once training has moved them apart, the methods part too.",
        a.input.gamma.size(), b.input.gamma.size());
  }
  return reason;
}

}  // namespace

NormComparison CompareNorms(WorkedExample a, WorkedExample b) {
  NormComparison comparison{std::move(a), std::move(b), {}, {}};
  const std::vector<double>&one = comparison.a.y, &other = comparison.b.y;
  for (std::size_t e = 0; e < one.size(); ++e) {
    const double scale = std::max({1.0, std::abs(one[e]), std::abs(other[e])});
    if (std::abs(one[e] - other[e]) > kSameOutput * scale) comparison.differing.push_back(e);
  }
  if (comparison.differing.empty()) comparison.reason = SameReason(comparison.a, comparison.b);
  return comparison;
}

}  // namespace normlab
