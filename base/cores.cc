#include "base/cores.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <memory>
#include <optional>

#include "base/control_groups.h"
#include "base/text.h"

namespace normlab {
namespace {

constexpr int kMostCores = 1 << 16;

// The mask must be as large as the kernel's, which is not told.
int AllowedCores() {
  for (int cores = CPU_SETSIZE; cores <= kMostCores; cores *= 2) {
    const auto free = [](cpu_set_t* set) { CPU_FREE(set); };
    const std::unique_ptr<cpu_set_t, decltype(free)> set(CPU_ALLOC(cores), free);
    const std::size_t bytes = CPU_ALLOC_SIZE(cores);
    if (set != nullptr && sched_getaffinity(0, bytes, set.get()) == 0) {
      return std::max(1, CPU_COUNT_S(bytes, set.get()));
    }
    if (errno != EINVAL) break;
  }
  return 1;
}

// "max 100000" and -1 grant everything.
double QuotaOf(const ControlGroup& group, const std::string& root) {
  std::optional<std::uint64_t> quota, period;
  if (group.version == 2) {
    const std::vector<std::string> words = SplitWords(ControlGroupLine(group, "cpu.max", root));
    if (words.size() != 2) return 0;
    quota = ParseLimit(words[0]);
    period = ParseLimit(words[1]);
  } else {
    quota = ParseLimit(ControlGroupLine(group, "cpu.cfs_quota_us", root));
    period = ParseLimit(ControlGroupLine(group, "cpu.cfs_period_us", root));
  }
  if (!quota || !period || *period == 0) return 0;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

}  // namespace

double CpuQuota(const std::string& root) {
  double least = 0;
  for (const ControlGroup& group : ControlGroups("cpu", root)) {
    const double quota = QuotaOf(group, root);
    if (quota > 0 && (least == 0 || quota < least)) least = quota;
  }
  return least;
}

CoreLimits FindCoreLimits() { return {AllowedCores(), CpuQuota()}; }

int UsableCores(const CoreLimits& limits) {
  if (limits.quota <= 0 || limits.quota >= limits.allowed) return std::max(1, limits.allowed);
  return std::max(1, static_cast<int>(std::ceil(limits.quota)));
}

int Cores() {
  static const int cores = UsableCores(FindCoreLimits());
  return cores;
}

}  // namespace normlab
