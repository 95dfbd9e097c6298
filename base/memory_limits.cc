#include "base/memory_limits.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/control_groups.h"
#include "base/error.h"

namespace normlab {
namespace {

// Version 1 writes "no limit" as the largest multiple of a page that its counter holds.
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 60;

std::uint64_t PageBytes() { return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)); }

// What this process holds, in bytes (proc(5)).
struct Held {
  std::uint64_t mapped = 0, resident = 0, data = 0;
};

Held HeldNow(const std::string& root) {
  std::ifstream file(root + "/proc/self/statm");
  std::uint64_t size = 0, resident = 0, shared = 0, text = 0, library = 0, data = 0;
  if (!(file >> size >> resident >> shared >> text >> library >> data)) return {};
  const std::uint64_t page = PageBytes();
  return {size * page, resident * page, data * page};
}

// Of a thread, as glibc takes it from ulimit -s.
double StackBytes() {
  constexpr double kWithoutLimit = 2 << 20;
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kWithoutLimit;
  return static_cast<double>(limit.rlim_cur);
}

void AddLimit(int resource, const char* source, std::uint64_t held,
              std::vector<MemoryLimit>& limits) {
  rlimit limit{};
  if (getrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) return;
  if (limit.rlim_cur == RLIM_INFINITY) return;
  limits.push_back({source, MemoryLimit::Kind::kMapped, limit.rlim_cur, held});
}

}  // namespace

std::vector<MemoryLimit> ControlGroupMemoryLimits(const std::string& root) {
  const std::uint64_t held = HeldNow(root).resident;
  std::vector<MemoryLimit> limits;
  for (const ControlGroup& group : ControlGroups("memory", root)) {
    const std::vector<std::string> files =
        group.version == 2 ? std::vector<std::string>{"memory.max", "memory.high"}
                           : std::vector<std::string>{"memory.limit_in_bytes"};
    for (const std::string& file : files) {
      const auto bytes = ParseLimit(ControlGroupLine(group, file, root));
      if (!bytes || *bytes >= kNoLimit) continue;
      limits.push_back({group.folder + "/" + file, MemoryLimit::Kind::kResident, *bytes, held});
    }
  }
  return limits;
}

std::vector<MemoryLimit> MemoryLimits(const std::string& root) {
  const Held held = HeldNow(root);
  const std::uint64_t machine = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * PageBytes();
  std::vector<MemoryLimit> limits = {
      {"the machine", MemoryLimit::Kind::kResident, machine, held.resident}};
  for (MemoryLimit& limit : ControlGroupMemoryLimits(root)) limits.push_back(std::move(limit));
  AddLimit(RLIMIT_AS, "ulimit -v", held.mapped, limits);
  AddLimit(RLIMIT_DATA, "ulimit -d", held.data, limits);
  return limits;
}

MemoryLimit TightestMemoryLimit() {
  const std::vector<MemoryLimit> limits = MemoryLimits();
  return *std::ranges::min_element(limits, {}, &MemoryLimit::room);
}

double MemoryNeed::CountedBy(const MemoryLimit& limit) const {
  return bytes + (limit.kind == MemoryLimit::Kind::kMapped ? threads * StackBytes() : 0);
}

std::optional<MemoryLimit> LimitExceeded(const MemoryNeed& need,
                                         const std::vector<MemoryLimit>& limits) {
  std::optional<MemoryLimit> tightest;
  for (const MemoryLimit& limit : limits) {
    if (need.CountedBy(limit) <= static_cast<double>(limit.room())) continue;
    if (!tightest || limit.room() < tightest->room()) tightest = limit;
  }
  return tightest;
}

void CheckMemoryNeed(const MemoryNeed& need, const std::string& what, const std::string& remedy) {
  const std::optional<MemoryLimit> limit = LimitExceeded(need);
  if (!limit) return;
  throw RunError(fmt::format(
      "{} needs about {} of memory, beside the {} that are held already; {} allows {}: {}; normlab "
      "doctor tells how much there is",
      what, MemoryText(need.CountedBy(*limit)), MemoryText(static_cast<double>(limit->held)),
      limit->source, MemoryText(static_cast<double>(limit->bytes)), remedy));
}

std::string MemoryText(double bytes) {
  return bytes < 0x1p30 ? fmt::format("{:.0f} MiB", bytes / 0x1p20)
                        : fmt::format("{:.1f} GiB", bytes / 0x1p30);
}

}  // namespace normlab
