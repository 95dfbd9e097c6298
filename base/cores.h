// How many cores this process may keep busy: the one place that asks.
#pragma once

#include <string>

namespace normlab {

struct CoreLimits {
  int allowed = 1;   // cores that the process may run on (sched_getaffinity), >= 1
  double quota = 0;  // cores' worth of time that its control groups grant it; 0: all
};

// The smallest quota of all groups: cpu.max, or cpu.cfs_quota_us over cpu.cfs_period_us. The files
// of the system are looked for below `root`, "" but in tests.
double CpuQuota(const std::string& root = "");

CoreLimits FindCoreLimits();

// The allowed cores, but no more than the quota, rounded up, keeps busy; >= 1.
int UsableCores(const CoreLimits& limits);

// Of this process, asked once.
int Cores();

}  // namespace normlab
