// What a trained batch normalization can normalize test images with.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace normlab {

// Of a unit that is applied several times either one set for all its applications or a set for
// each.
enum class StatisticsKind {
  kShared,          // running ones, as PyTorch's module keeps them
  kPerApplication,  // running ones
  kReestimatedShared,
  kReestimatedPerApplication,  // both from training images, by the finished weights
  kBatch                       // of each test batch
};

struct StatisticsKindNames {
  StatisticsKind kind;
  const char* name;       // in statistics.csv
  const char* words;      // in a report
  bool of_every_network;  // else only where a unit is repeated: without, it is another one again
};
// In the order of the enumeration.
inline constexpr StatisticsKindNames kStatisticsKinds[] = {
    {StatisticsKind::kShared, "shared", "running shared", true},
    {StatisticsKind::kPerApplication, "per_application", "running per application", false},
    {StatisticsKind::kReestimatedShared, "reestimated_shared", "re-estimated shared", true},
    {StatisticsKind::kReestimatedPerApplication, "reestimated_per_application",
     "re-estimated per application", false},
    {StatisticsKind::kBatch, "batch", "each test batch's own", true},
};

constexpr const StatisticsKindNames& NamesOf(StatisticsKind kind) {
  return kStatisticsKinds[static_cast<int>(kind)];
}

// Nothing where no kind is called so.
std::optional<StatisticsKind> FindStatisticsKind(std::string_view name);

// Those that differ, in a network with or without a unit that is applied several times.
std::vector<StatisticsKind> StatisticsKinds(bool has_repeated_block);

}  // namespace normlab
