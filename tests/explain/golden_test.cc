// Every normalization against PyTorch's float64, through the door that `--values` uses. The vectors
// and what made them: make_norm_golden.py.
#include <gtest/gtest.h>

#include <set>

#include "explained_golden.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

const Json& Golden() {
  static const Json golden = ReadGolden("norm_golden.json");
  return golden;
}

TEST(NormGolden, EveryArrayIsPyTorchs) {
  std::size_t compared = 0;
  for (const Json& golden_case : Golden()["cases"]) {
    SCOPED_TRACE(golden_case["name"].get<std::string>());
    const Json explained = Explained(golden_case);
    for (const auto& [key, expected] : golden_case["expected"].items()) {
      SCOPED_TRACE(key);
      ASSERT_EQ(Of(explained, key).is_null(), expected.is_null());
      if (expected.is_null()) continue;
      // A statistic has the axes that it keeps, in PyTorch the pooled ones with an extent of 1 too.
      if (key != "mean" && key != "var") {
        ASSERT_EQ(Extents(Of(explained, key)), Extents(expected));
      }
      const std::vector<double> a = Flat(Of(explained, key)), b = Flat(expected);
      ASSERT_EQ(a.size(), b.size());
      EXPECT_LE(LargestDifference(a, b), kTolerance);
      compared += a.size();
    }
  }
  EXPECT_GT(compared, 5000u);
}

TEST(NormGolden, EveryRowOfTheRegistryHasVectorsOfBothModesAndUglyTensors) {
  std::set<std::string> names;
  for (const Json& golden_case : Golden()["cases"]) names.insert(golden_case["name"]);
  for (const NormMethod& method : MomentsMethods()) {
    const std::string norm(method.name);
    for (const char* variant : {"plain, plain, train", "plain, plain, eval",
                                "one-image, plain, train", "plain, shifted-10, train",
                                "plain, shifted-1e4, train", "plain, constant-channel, train"}) {
      EXPECT_TRUE(names.contains(norm + ", " + variant)) << norm << ", " << variant;
    }
  }
}

// Backward against the complex step, on the same vectors.
TEST(NormGolden, TheComplexStepAgreesWithBackward) {
  for (const Json& golden_case : Golden()["cases"]) {
    const std::string name = golden_case["name"];
    const Json explained = Explained(golden_case);
    EXPECT_LE(explained["largest_difference"].get<double>(), 1e-9) << name;
    EXPECT_EQ(explained["kinks"], 0) << name;
  }
}

}  // namespace
}  // namespace normlab
