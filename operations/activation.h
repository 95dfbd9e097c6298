// The activations that a user may choose: those kinds of operations/kinds/ that declare themselves
// one (OperationKind::activation).
#pragma once

#include <string_view>
#include <vector>

#include "operations/kind.h"

namespace normlab {

struct Activation {
  std::string_view name;  // as in torch.nn.functional: "leaky_relu"
  const OperationKind* kind = nullptr;
};

// By name.
const std::vector<Activation>& Activations();

inline constexpr std::string_view kDefaultActivation = "relu";

}  // namespace normlab
