// Pools, sums, concatenations and padded shortcuts as PyTorch computes them, in both engines.
#include <limits>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "tests/operations/run_kind.h"

namespace normlab {
namespace {

using Json = nlohmann::json;
using reference::Tensor;

const Json& Golden() {
  static const Json golden =
      Json::parse(ReadFile(std::string(NORMLAB_TEST_DIR) + "/operations/shaping_golden.json"));
  return golden;
}

std::vector<double> Values(const Json& numbers, double one) {
  std::vector<double> values;
  for (const Json& number : numbers) {
    values.push_back(number.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                      : number.get<double>() / one);
  }
  return values;
}

Tensor<double> TensorOf(const Json& numbers, const std::vector<int>& extents) {
  Tensor<double> tensor(extents[0], {extents[1], extents[2], extents[3]});
  tensor.values = Values(numbers, Golden()["one"]);
  return tensor;
}

KindCase CaseOf(const Json& golden) {
  KindCase one = {golden["kind"], {}, {}};
  for (const auto& [name, value] : golden["attributes"].items()) one.attributes.Set(name, value);
  for (std::size_t k = 0; k < golden["x"].size(); ++k) {
    one.x.push_back(TensorOf(golden["x"][k], golden["shapes"][k]));
  }
  one.dy = TensorOf(golden["dy"], golden["output"]);
  return one;
}

std::vector<double> AllGradients(const KindResult& result) {
  std::vector<double> all;
  for (const Tensor<double>& each : result.dx) {
    all.insert(all.end(), each.values.begin(), each.values.end());
  }
  return all;
}

std::vector<double> AllGradients(const Json& golden) {
  std::vector<double> all;
  for (const Json& each : golden["dx"]) {
    const std::vector<double> values = Values(each, 1);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

std::string Title(const Json& golden) {
  return golden["kind"].get<std::string>() + ", " + golden["text"].get<std::string>() + " of " +
         golden["shapes"].dump();
}

TEST(ShapingGolden, TheTwinIsPyTorch) {
  for (const Json& golden : Golden()["cases"]) {
    SCOPED_TRACE(Title(golden));
    const KindCase one = CaseOf(golden);
    const std::vector<int> output = golden["output"];
    EXPECT_EQ(one.output(), (Shape{output[1], output[2], output[3]}));
    const KindResult twin = RunPlain<double>(one);
    EXPECT_LE(Distance(twin.y.values, Values(golden["y"], 1)), 1e-12);
    EXPECT_LE(Distance(AllGradients(twin), AllGradients(golden)), 1e-12);
  }
}

// Sums of few sixteenths are exact in float32; an average's are rounded once or twice.
TEST(ShapingGolden, TheFastEngineIsPyTorch) {
  for (const Json& golden : Golden()["cases"]) {
    const KindCase one = CaseOf(golden);
    const double granted = one.kind == "average pool" ? 0x1p-23 : 0;
    // Where windows of 2x2 lie side by side, nobody takes the gradient of a NaN.
    const bool loses_nan = one.kind == "max pool" && golden["attributes"].empty();
    for (const Simd simd : SupportedSimd()) {
      SCOPED_TRACE(Title(golden) + ", " + std::string(SimdName(simd)));
      const KindResult fast = RunFast(one, {.simd = simd});
      EXPECT_LE(Distance(fast.y.values, Values(golden["y"], 1)), granted);
      if (loses_nan && golden["x"].dump().find("null") != std::string::npos) continue;
      EXPECT_LE(Distance(AllGradients(fast), AllGradients(golden)), granted);
    }
  }
}

TEST(ShapingGolden, TheExportSaysWhatPyTorchWasAsked) {
  for (const Json& golden : Golden()["cases"]) {
    const KindCase one = CaseOf(golden);
    EXPECT_EQ(KindNamed(one.kind).pytorch(one.attributes), golden["text"].get<std::string>());
  }
}

// What the comparison rests on.
TEST(ShapingGolden, HasTiesAndNan) {
  int nan = 0, ties = 0;
  for (const Json& golden : Golden()["cases"]) {
    if (golden["kind"] != "max pool") continue;
    nan += golden["y"].dump().find("null") != std::string::npos;
    const KindCase one = CaseOf(golden);
    const std::vector<double>& plane = one.x[0].values;
    for (std::size_t e = 1; e < plane.size(); ++e) ties += plane[e] == plane[e - 1];
  }
  EXPECT_GT(nan, 10);
  EXPECT_GT(ties, 100);
}

}  // namespace
}  // namespace normlab
