// normlab bench: what this machine can do, and what a training step does with it.
#pragma once

#include "measure/bench_report.h"

namespace normlab {

// Measures in rounds: each holds every quantity once, so that what disturbs the machine for a while
// disturbs all of them alike. Throws UsageError before anything is measured: a network that is
// impossible or that memory cannot hold, an unknown name, a value out of range.
BenchReport RunBench(const BenchOptions& options);

}  // namespace normlab
