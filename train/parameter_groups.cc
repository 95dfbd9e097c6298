#include "train/parameter_groups.h"

#include "model/layer_role.h"

namespace normlab {
namespace {

ChoiceFamily MultipliersByRole(const char* key) {
  ChoiceKind kind = {"none", {}, {}};
  for (const std::string_view role : kLayerRoles) {
    kind.numbers.push_back({role, 1, ArgumentDomain::kNotNegative});
  }
  return {key, {kind}};
}

}  // namespace

const ChoiceFamily& LrMultiplierFamily() {
  static const ChoiceFamily family = MultipliersByRole("lr_multiplier");
  return family;
}

const ChoiceFamily& DecayMultiplierFamily() {
  static const ChoiceFamily family = MultipliersByRole("decay_multiplier");
  return family;
}

std::vector<ParameterGroup> ParameterGroups(const std::vector<ParameterInfo>& infos,
                                            const std::vector<std::uint8_t>& decayed,
                                            const Choice& lr_multiplier,
                                            const Choice& decay_multiplier) {
  const std::vector<std::string_view> roles = LayerRoles(infos);
  std::vector<ParameterGroup> groups;
  for (std::size_t i = 0; i < infos.size(); ++i) {
    const ParameterInfo& info = infos[i];
    ParameterGroup group = {info.offset, info.size};
    group.lr_multiplier = NumberOf(LrMultiplierFamily(), lr_multiplier, roles[i]);
    group.decay_multiplier =
        decayed[info.offset] * NumberOf(DecayMultiplierFamily(), decay_multiplier, roles[i]);
    const bool is_matrix =
        info.role == ParameterRole::kFilter && roles[i] != "head" && !IsDepthwise(info);
    if (is_matrix) group.rows = info.shape[0];
    groups.push_back(group);
  }
  return groups;
}

}  // namespace normlab
