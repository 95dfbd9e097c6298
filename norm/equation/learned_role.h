// What a learned value is for, by the names that the field has for it.
#pragma once

#include <string_view>

#include "operations/slots.h"

namespace normlab::equation {

ParameterRole RoleNamed(std::string_view name);

}  // namespace normlab::equation
