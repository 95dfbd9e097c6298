// From what a user wrote to the plan.
#pragma once

#include "model/architecture.h"
#include "model/plan.h"

namespace normlab {

Plan Lower(const Architecture& architecture);

}  // namespace normlab
