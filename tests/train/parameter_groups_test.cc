#include "train/parameter_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/architecture.h"
#include "model/layer_role.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::Pair;

Architecture Model(const char* line, const char* norm = "batch") {
  ModelOptions options;
  options.norm = norm;
  return ParseArchitecture(line, {3, 8, 8}, 5, options);
}

std::vector<std::pair<std::string, std::string>> RolesOf(const Architecture& architecture) {
  std::vector<std::pair<std::string, std::string>> roles;
  const std::vector<ParameterInfo>& infos = architecture.plan->parameters;
  const auto found = LayerRoles(infos);
  for (std::size_t i = 0; i < infos.size(); ++i) {
    roles.emplace_back(infos[i].name, std::string(found[i]));
  }
  return roles;
}

TEST(LayerRoles, FirstAndHeadAreFiltersWithTheirBiases) {
  EXPECT_THAT(RolesOf(Model("C4b c6 GAP c5b!")),
              ElementsAre(Pair("C1.conv.weight", "first"), Pair("C1.conv.bias", "first"),
                          Pair("C1.norm.weight", "gain"), Pair("C1.norm.bias", "shift"),
                          Pair("c2.conv.weight", "filter"), Pair("c2.norm.weight", "gain"),
                          Pair("c2.norm.bias", "shift"), Pair("c3.conv.weight", "head"),
                          Pair("c3.conv.bias", "head")));
}

TEST(LayerRoles, OfOneLayerItIsTheHead) {
  EXPECT_THAT(RolesOf(Model("GAP c5!")), ElementsAre(Pair("c1.conv.weight", "head")));
}

TEST(ParameterGroups, MultipliersAndMatricesFollowTheRoles) {
  const Architecture architecture = Model("C4 D c6 GAP c5!");
  const std::vector<ParameterInfo>& infos = architecture.plan->parameters;
  const std::vector<std::uint8_t> decayed(architecture.plan->parameter_count(), 1);
  const Choice rates = {"none", {{"head", 2}, {"shift", 64}, {"first", 0}}};
  const Choice decays = {"none", {{"gain", 0}}};
  const auto groups = ParameterGroups(infos, decayed, rates, decays);
  ASSERT_EQ(groups.size(), infos.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string& name = infos[i].name;
    const bool head = name == "c4.conv.weight";
    EXPECT_EQ(groups[i].offset, infos[i].offset);
    EXPECT_EQ(groups[i].lr_multiplier, head                          ? 2
                                       : name.ends_with("norm.bias") ? 64
                                       : name == "C1.conv.weight"    ? 0
                                                                     : 1)
        << name;
    EXPECT_EQ(groups[i].decay_multiplier, name.ends_with("norm.weight") ? 0 : 1) << name;
    const bool matrix = name == "C1.conv.weight" || name == "c3.conv.weight";
    EXPECT_EQ(groups[i].rows, matrix ? infos[i].shape[0] : 0) << name;
  }
}

}  // namespace
}  // namespace normlab
