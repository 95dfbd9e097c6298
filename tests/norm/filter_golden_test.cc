// weights = standardized and scaled against timm's StdConv2d and ScaledStdConv2d
// (oracle_timm_weights.py): the filter that is applied, and every gradient.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "norm/filters/filter_method.h"
#include "norm/shipped_methods.h"

namespace normlab {
namespace {

using Json = nlohmann::json;
using Values = std::vector<double>;

constexpr double kTolerance = 1e-9;  // relative where values exceed 1
constexpr double kOne = 256;         // of the golden's whole numbers

Values Drawn(const Json& whole) {
  Values values = whole.get<Values>();
  for (double& value : values) value /= kOne;
  return values;
}

void Replace(const std::string& shipped, const std::string& other, std::string& text) {
  const std::size_t at = text.find(shipped);
  ASSERT_NE(at, std::string::npos) << shipped;
  text.replace(at, shipped.size(), other);
}

// The shipped method with another eps, and without the factor of its activation, which is an
// argument in timm, 1 where nothing is said.
std::string TextOf(const std::string& name, double eps) {
  std::string text(std::ranges::find(ShippedFilterFiles(), name, &ShippedFilterFile::name)->text);
  Replace("v + 1e-6", "v + " + std::to_string(eps), text);
  if (name == "scaled") Replace("gain[O] * 1.7139588594436646", "gain[O]", text);
  return text;
}

void ExpectNear(const Values& found, const Values& expected, const std::string& what) {
  ASSERT_EQ(found.size(), expected.size()) << what;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], kTolerance * std::max(1.0, std::abs(expected[i])))
        << what << " " << i;
  }
}

TEST(FilterGolden, FiltersAreTimms) {
  const Json golden =
      Json::parse(ReadFile(std::string(NORMLAB_TEST_DIR) + "/norm/timm_weights_golden.json"));
  ASSERT_GT(golden["cases"].size(), 20u);
  for (const Json& one : golden["cases"]) {
    const std::string what = one["name"];
    const bool scaled = one["module"] == "ScaledStdConv2d";
    const FilterMethod& method =
        FindFilterMethod(TextOf(scaled ? "scaled" : "standardized", one["eps"]));
    const std::vector<int> shape = one["shape"];
    std::vector<Values> from = {Drawn(one["w"])};
    if (scaled) from.push_back(Drawn(one["gain"]));
    std::vector<Values> gradients;
    for (const Values& values : from) gradients.emplace_back(values.size(), 0.0);
    const std::vector<std::span<const double>> inputs(from.begin(), from.end());
    const std::vector<std::span<double>> to(gradients.begin(), gradients.end());
    const auto operation = method.operation.make_double(shape);
    Values filter(from[0].size());
    operation->Forward(inputs, filter);
    ExpectNear(filter, one["filter"], what);
    operation->Backward(inputs, filter, Drawn(one["dy"]), to);
    ExpectNear(gradients[0], one["dw"], what + ", gradient of w");
    if (scaled) ExpectNear(gradients[1], one["dgain"], what + ", gradient of the gain");
  }
}

}  // namespace
}  // namespace normlab
