// Methods by their equations alone, and those that users write.
#pragma once

#include <memory>
#include <string_view>

#include "norm/norm.h"

namespace normlab {

// What a method's file says, in its row. The row's words live as long as `equation`.
void AddEquation(std::shared_ptr<const equation::Method> equation, NormMethod& row);

// To the row of a hand-written room, which is told what its equation is told. Requires its
// equation.
void AddProgramByEquation(NormMethod& row);

// A row that knows no more than its equation does.
NormMethod MethodByEquation(std::shared_ptr<const equation::Method> equation);

// Of a user's text; see FindNormMethod.
const NormMethod& OwnMethod(std::string_view text);

}  // namespace normlab
