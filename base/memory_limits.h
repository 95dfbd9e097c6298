// How much memory this process may hold: the one place that asks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace normlab {

// Hard limits alone: what other programs hold at this moment is none, since it may be given back.
struct MemoryLimit {
  enum class Kind {
    kResident,  // of the pages in use; beyond it the kernel kills without a word
    kMapped,    // of addresses, used or not (ulimit -v, ulimit -d); beyond it allocations fail
  };
  std::string source;  // "/sys/fs/cgroup/job/memory.max", "ulimit -v", "the machine"
  Kind kind = Kind::kResident;
  std::uint64_t bytes = 0;
  std::uint64_t held = 0;  // by this process now, as this limit counts

  std::uint64_t room() const { return bytes > held ? bytes - held : 0; }
};

// The machine's memory, every control group's memory.max, memory.high or memory.limit_in_bytes that
// says less, RLIMIT_AS and RLIMIT_DATA. The files of the system are looked for below `root`, "" but
// in tests.
std::vector<MemoryLimit> MemoryLimits(const std::string& root = "");

// Those of the control groups.
std::vector<MemoryLimit> ControlGroupMemoryLimits(const std::string& root);

// The one with the least room.
MemoryLimit TightestMemoryLimit();

// What something will hold in addition to what the program holds now.
struct MemoryNeed {
  double bytes = 0;
  int threads = 0;  // to be started; their stacks count where addresses do

  double CountedBy(const MemoryLimit& limit) const;
};

// Of the limits that have no room for it, the one with the least; empty where it fits.
std::optional<MemoryLimit> LimitExceeded(const MemoryNeed& need,
                                         const std::vector<MemoryLimit>& limits = MemoryLimits());

// Throws RunError where it does not fit: a line with `what` needs it, how much that is, how much is
// allowed and by which limit, and `remedy`, what would do.
void CheckMemoryNeed(const MemoryNeed& need, const std::string& what, const std::string& remedy);

// "1.5 GiB", "300 MiB"
std::string MemoryText(double bytes);

}  // namespace normlab
