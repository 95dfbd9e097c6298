// The functions of a program on plain numbers, for constants and for what belongs to the batch.
#pragma once

#include "norm/program/graph.h"

namespace normlab::program {

// Of one to three arguments. Requires a function: kStop, or kReciprocal to kOnlyAbove.
double Evaluate(Op op, const double* arguments);

}  // namespace normlab::program
