// Both engines against PyTorch's conv2d in float64 (make_convolution_golden.py).
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "tests/operations/convolution_case.h"

namespace normlab {
namespace {

using Json = nlohmann::json;
using Values = std::vector<double>;

Values Read(const Json& whole, const Json& unit) {
  Values values = whole.get<Values>();
  for (double& value : values) value /= unit.get<double>();
  return values;
}

Shape ReadShape(const Json& extents) { return {extents[0], extents[1], extents[2]}; }

ConvolutionCase ReadCase(const Json& golden, const Json& one) {
  ConvolutionCase c;
  c.options = {.channels = one["channels"],
               .kernel = one["kernel"],
               .padding = one["padding"],
               .stride = one["stride"],
               .groups = one["groups"],
               .bias = one["bias"] == 1};
  c.x = reference::Tensor<double>(one["images"], ReadShape(one["input"]));
  c.dy = reference::Tensor<double>(one["images"], ReadShape(one["output"]));
  c.x.values = Read(one["x"], golden["one"]);
  c.dy.values = Read(one["dy"], golden["one"]);
  c.weight = Read(one["weight"], golden["one"]);
  c.bias = Read(one["biases"], golden["one"]);
  return c;
}

ConvolutionResult ReadExpected(const Json& golden, const Json& one) {
  return {Read(one["y"], golden["product"]), Read(one["dx"], golden["product"]),
          Read(one["dweight"], golden["product"]), Read(one["dbias"], golden["product"])};
}

void ExpectNear(const Values& found, const Values& expected, double tolerance, const char* what) {
  ASSERT_EQ(found.size(), expected.size()) << what;
  for (std::size_t e = 0; e < found.size(); ++e) {
    ASSERT_NEAR(found[e], expected[e], tolerance) << what << " " << e;
  }
}

void ExpectNear(const ConvolutionResult& found, const ConvolutionResult& expected,
                double tolerance) {
  ExpectNear(found.y, expected.y, tolerance, "y");
  ExpectNear(found.dx, expected.dx, tolerance, "dx");
  ExpectNear(found.weight_gradient, expected.weight_gradient, tolerance, "weight's gradient");
  ExpectNear(found.bias_gradient, expected.bias_gradient, tolerance, "bias's gradient");
}

// Sums of at most 147 products of numbers with 6 binary places below 11 have 24 digits: float32's
// direct sum is exact, Winograd's rounds.
TEST(ConvolutionGolden, BothEnginesAreConv2d) {
  const Json golden =
      Json::parse(ReadFile(std::string(NORMLAB_TEST_DIR) + "/operations/convolution_golden.json"));
  ASSERT_GT(golden["cases"].size(), 15u);
  for (const Json& one : golden["cases"]) {
    const ConvolutionCase c = ReadCase(golden, one);
    SCOPED_TRACE(testing::Message()
                 << "kernel " << c.options.kernel << " stride " << c.options.stride << " groups "
                 << c.options.groups << " of " << one["input"]);
    ASSERT_EQ(c.output(), c.dy.shape);
    const ConvolutionResult expected = ReadExpected(golden, one);
    ExpectNear(RunTwin<double>(c), expected, 1e-9);
    for (const Simd simd : SupportedSimd()) {
      SCOPED_TRACE(SimdName(simd));
      ExpectNear(RunFast(c, simd, Store()).result, expected, 1e-4);
    }
  }
}

}  // namespace
}  // namespace normlab
