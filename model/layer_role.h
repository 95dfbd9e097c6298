// What a learned tensor is to its network, in the words that keys use.
#pragma once

#include <string_view>
#include <vector>

#include "model/plan.h"

namespace normlab {

// The names of all roles.
inline constexpr std::string_view kLayerRoles[] = {"first", "filter", "head",
                                                   "gain",  "shift",  "other"};

// As operations declare it: "filter", "gain", "shift", "other".
const char* RoleName(ParameterRole role);

// Of each tensor, in their order: "first" and "head", filter and bias, are the first and the last
// layer with a filter, of one layer a head; "filter", "gain", "shift" and "other" are as the
// operations declare their tensors.
std::vector<std::string_view> LayerRoles(const std::vector<ParameterInfo>& infos);

// Whether each channel has a filter of its own.
bool IsDepthwise(const ParameterInfo& info);

}  // namespace normlab
