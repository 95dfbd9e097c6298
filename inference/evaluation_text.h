// An evaluation for people and for programs (docs/inference.md).
#pragma once

#include <string>

#include "inference/evaluation.h"

namespace normlab {

std::string EvaluationTable(const Checkpoint& checkpoint, const EvaluationOptions& options,
                            const EvaluationReport& report);

// One JSON document with a field `schema`.
std::string EvaluationJson(const Checkpoint& checkpoint, const EvaluationOptions& options,
                           const EvaluationReport& report);

}  // namespace normlab
