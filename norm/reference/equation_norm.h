// The plain twin of an equation as an operation of the reference engine.
#pragma once

#include <memory>

#include "norm/equation/method.h"
#include "operations/reference/placement.h"

namespace normlab::reference {

// The placement's states: as EquationOperation declares them. Its batch_statistics takes what each
// application observed (equation::Twin::Observed), in the order of the states.
template <typename T>
std::unique_ptr<Operation<T>> MakeEquationNorm(std::shared_ptr<const equation::Method> method,
                                               const Placement<T>& placement);

}  // namespace normlab::reference
