// On which parameters weight decay and the other penalties act.
#include "train/penalties.h"

#include <gtest/gtest.h>

#include "model/architecture.h"

namespace normlab {
namespace {

// The names of the parameters with a penalty.
std::vector<std::string> Penalized(const std::string& norm, bool convolutions_only) {
  ModelOptions options;
  options.norm = norm;
  const Architecture architecture = ParseArchitecture("C4 GAP c3!", {1, 5, 5}, 3, options);
  const std::vector<ParameterInfo>& infos = architecture.plan->parameters;
  const std::vector<std::uint8_t> penalized = PenalizedParameters(infos, convolutions_only);
  std::vector<std::string> names;
  for (const ParameterInfo& info : infos) {
    for (std::size_t i = 1; i < info.size; ++i) {
      EXPECT_EQ(penalized[info.offset], penalized[info.offset + i]) << info.name;
    }
    if (penalized[info.offset] != 0) names.push_back(info.name);
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(Penalties, ActOnAllParametersOrOnTheConvolutions) {
  EXPECT_EQ(Penalized("batch", false),
            (Names{"C1.conv.weight", "C1.norm.weight", "C1.norm.bias", "c2.conv.weight"}));
  EXPECT_EQ(Penalized("batch", true), (Names{"C1.conv.weight", "c2.conv.weight"}));
}

TEST(Penalties, LeaveWhatAMethodsFileKeepsFromDecay) {
  const std::string gate =
      "equation = 'y = weight[C] * rho[C] * x'\n"
      "[learned.rho]\ndecay = false\n";
  EXPECT_EQ(Penalized(gate, false), (Names{"C1.conv.weight", "C1.norm.weight", "c2.conv.weight"}));
}

}  // namespace
}  // namespace normlab
