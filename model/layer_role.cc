#include "model/layer_role.h"

#include <algorithm>

namespace normlab {
const char* RoleName(ParameterRole role) {
  switch (role) {
    case ParameterRole::kFilter:
      return "filter";
    case ParameterRole::kGain:
      return "gain";
    case ParameterRole::kShift:
      return "shift";
    case ParameterRole::kOther:
      break;
  }
  return "other";
}

namespace {

bool IsFilter(const ParameterInfo& info) { return info.role == ParameterRole::kFilter; }

}  // namespace

std::vector<std::string_view> LayerRoles(const std::vector<ParameterInfo>& infos) {
  const auto first = std::find_if(infos.begin(), infos.end(), IsFilter);
  const auto last = std::find_if(infos.rbegin(), infos.rend(), IsFilter);
  std::vector<std::string_view> roles;
  for (const ParameterInfo& info : infos) {
    std::string_view role = RoleName(info.role);
    // A filter's layer may have a normalization, whose tensors keep their own roles.
    const auto beside = [&](const ParameterInfo& filter) {
      return info.name.substr(0, info.name.rfind('.')) ==
             filter.name.substr(0, filter.name.rfind('.'));
    };
    if (first != infos.end() && beside(*first)) role = "first";
    if (last != infos.rend() && beside(*last)) role = "head";
    roles.push_back(role);
  }
  return roles;
}

bool IsDepthwise(const ParameterInfo& info) {
  return info.role == ParameterRole::kFilter && info.groups > 1 && info.shape[1] == 1;
}

}  // namespace normlab
