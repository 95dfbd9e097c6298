// Whether the trainings of a seed began alike: the properties that are compared, and the sentences
// on them.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

// What is proved: one sentence for all hashes that are equal between all arms of every seed, with
// the arms and seeds; empty where nothing is, or no seed has two arms.
std::string SharedConditions(const RunRecord& run);

// What a reader must know before taking a difference for the method's: arms of one seed that differ
// in initial weights, data order, first images, parameter count, batch size or steps, each with the
// settings that explain it; seeds that share weights or order; arms without recorded conditions;
// arms that diverged or did not finish. Plain text, one a line.
std::vector<std::string> ConditionWarnings(const RunRecord& run);

}  // namespace normlab
