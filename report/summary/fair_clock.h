// Which times of a run can be compared: those of epochs in one split of the cores.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

// The epochs of a training whose times count, by split: those after the first, which warms up (the
// first where there is no other); not those of which the split is not recorded or changed.
std::map<EpochSplit, std::vector<const EpochRecord*>> TimedEpochs(const ArmRecord& arm);

// True where a split is recorded of every epoch that counts, and is the same in all trainings that
// have an epoch.
bool SharesOneClock(const std::vector<const ArmRecord*>& arms);

// Why the seconds of the run's trainings are not to be compared, and what is; empty where they may
// be, and where there are less than two trainings with an epoch.
std::string ClockCaution(const RunRecord& run);

// The caution's words on any trainings.
extern const char kUnfairClock[];

}  // namespace normlab
