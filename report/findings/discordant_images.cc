#include "report/findings/discordant_images.h"

#include <algorithm>
#include <set>

namespace normlab {
namespace {

int MissedOnlyBy(const ArmRecord& arm, const ArmRecord& other) {
  std::set<int> missed;
  for (const ErrorRow& row : other.errors) missed.insert(row.index);
  return static_cast<int>(std::ranges::count_if(
      arm.errors, [&](const ErrorRow& row) { return !missed.contains(row.index); }));
}

}  // namespace

McNemar TestDiscordantImages(const ArmRecord& first, const ArmRecord& second) {
  return TestDiscordant(MissedOnlyBy(second, first), MissedOnlyBy(first, second));
}

}  // namespace normlab
