#pragma once
#include <string>
#include <string_view>
#include <vector>
#include "operations/kind.h"
namespace normlab {
inline std::vector<std::string> ActivationNames() { return {"none", "relu"}; }
inline const OperationKind& ActivationNamed(std::string_view name) { return KindNamed(name); }
}  // namespace normlab
