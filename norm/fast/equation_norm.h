// The fast program of an equation: statements compiled to few passes over a block's maps.
#pragma once

#include <memory>

#include "norm/equation/method.h"
#include "operations/fast/operation.h"
#include "operations/fast/placement.h"
#include "operations/kind.h"

namespace normlab {

// What the program of an equation asks of the engine. `rounds` is as many as any of its shapes
// wants.
struct ProgramTraits {
  Rounds rounds;
  bool gives_affine = false;
};
ProgramTraits ProgramTraitsOf(const equation::Equation& equation);

// What it keeps of a block between its passes, and what a worker holds at work.
std::size_t ProgramKeptBytes(const equation::Equation& equation, const Attributes& attributes,
                             Shape shape);
std::size_t ProgramWorkingBytes(const equation::Equation& equation, const Attributes& attributes,
                                Shape shape);

// States and batch_statistics as norm/reference/equation_norm.h has them.
std::unique_ptr<BlockOperation> MakeEquationProgram(std::shared_ptr<const equation::Method> method,
                                                    const Placement& placement);

}  // namespace normlab
