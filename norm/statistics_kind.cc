#include "norm/statistics_kind.h"

namespace normlab {

std::optional<StatisticsKind> FindStatisticsKind(std::string_view name) {
  for (const StatisticsKindNames& names : kStatisticsKinds) {
    if (name == names.name) return names.kind;
  }
  return std::nullopt;
}

std::vector<StatisticsKind> StatisticsKinds(bool has_repeated_block) {
  std::vector<StatisticsKind> kinds;
  for (const StatisticsKindNames& names : kStatisticsKinds) {
    if (has_repeated_block || names.of_every_network) kinds.push_back(names.kind);
  }
  return kinds;
}

}  // namespace normlab
