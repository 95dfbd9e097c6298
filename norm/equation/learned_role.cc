#include "norm/equation/learned_role.h"

#include <algorithm>
#include <array>

namespace normlab::equation {

ParameterRole RoleNamed(std::string_view name) {
  constexpr std::array kGains = {"weight", "gamma", "gain", "scale"};
  constexpr std::array kShifts = {"bias", "beta", "shift"};
  if (std::ranges::find(kGains, name) != kGains.end()) return ParameterRole::kGain;
  return std::ranges::find(kShifts, name) != kShifts.end() ? ParameterRole::kShift
                                                           : ParameterRole::kOther;
}

}  // namespace normlab::equation
