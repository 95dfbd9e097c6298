// Every normalization against newer oracles than Debian's, in float64: PyTorch's layers of today
// with nn.RMSNorm, timm's, ONNX Runtime's operators. The vectors: oracle_norms.py, made by
// scripts/oracles.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "explained_golden.h"
#include "norm/norm.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

const Json& Oracles() {
  static const Json golden = ReadGolden("oracle_norms.json");
  return golden;
}

TEST(Oracles, AgreeWithTheWorkedExample) {
  std::map<std::string, Json> cases;
  const Json inputs = ReadGolden("norm_golden.json");
  for (const Json& one : inputs["cases"]) cases[one["name"]] = one;
  for (const Json& answer : Oracles()["cases"]) {
    SCOPED_TRACE(answer["case"].get<std::string>() + ", " + answer["oracle"].get<std::string>());
    ASSERT_TRUE(cases.contains(answer["case"]));
    Json inputs_of_case = cases[answer["case"]];
    if (answer.contains("eps")) inputs_of_case["inputs"]["eps"] = answer["eps"];
    const Json explained = Explained(inputs_of_case);
    for (const auto& [key, expected] : answer["expected"].items()) {
      SCOPED_TRACE(key);
      ASSERT_EQ(Extents(Of(explained, key)), Extents(expected));
      EXPECT_LE(LargestDifference(Flat(Of(explained, key)), Flat(expected)), kTolerance);
    }
  }
}

// A method that none of the newer oracles has is named here, with the reason.
TEST(Oracles, AreAskedForEveryNormalization) {
  std::set<std::string> asked = {"none"};  // it computes nothing
  for (const Json& answer : Oracles()["cases"]) {
    const std::string name = answer["case"];
    asked.insert(name.substr(0, name.find(',')));
  }
  for (const NormMethod& method : MomentsMethods()) {
    EXPECT_TRUE(asked.contains(std::string(method.name))) << method.name;
  }
}

// Other pins want other goldens: scripts/oracles makes them.
TEST(Oracles, AreThePinnedVersions) {
  const std::string pinned = ReadFile(std::string(NORMLAB_TEST_DIR) + "/oracles/requirements.txt");
  for (const auto& [package, version] : Oracles()["versions"].items()) {
    const std::string line = package + "==" + version.get<std::string>() + " ";
    EXPECT_NE(("\n" + pinned).find("\n" + line), std::string::npos) << line;
  }
  EXPECT_GE(Oracles()["versions"].size(), 3u);
}

}  // namespace
}  // namespace normlab
