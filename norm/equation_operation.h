// An equation as an operation of the plan, for both engines.
#pragma once

#include <memory>

#include "norm/equation/extents.h"
#include "norm/equation/method.h"
#include "norm/equation/twin.h"
#include "operations/kind.h"

namespace normlab {

// Its attributes are groups, ghost (0 or left out: the batch is one), eps and momentum. Parameters:
// those that the equation learns, in their order, by their names; a value with axes [C] has the
// shape {C}, one with [C H W] {C, H, W}, a lone number {}. States: the running values in the order
// of their statements, and the counter num_batches_tracked where there are any.
OperationKind EquationOperation(std::shared_ptr<const equation::Method> method);

// Of a map of so many images. Groups that do not divide its channels are one: an equation that
// names G or K is refused there.
equation::Extents ExtentsOf(const Attributes& attributes, Shape shape, int images);
equation::Constants ConstantsOf(const Attributes& attributes, std::int64_t completed_steps);

// As OperationKind::objection: a variance over one value; means over one value that leave nothing
// of x. Where `images` is not 0, of the smallest ghost batch of so many images.
std::string EquationObjection(const equation::Method& method, const Attributes& attributes,
                              Shape input, int images);
// As OperationKind::doubts: a quotient that is a sign alone, another reduction over one value.
std::vector<std::string> EquationDoubts(const equation::Method& method,
                                        const Attributes& attributes, Shape input, int images);
// As OperationKind::first_non_finite: by the plain twin.
std::string FirstNonFiniteStatement(const equation::Method& method, const BrokenPass& pass);

}  // namespace normlab
