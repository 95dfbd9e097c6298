// Every activation against PyTorch (make_activation_golden.py): the twin in double to 1e-9, at
// kinks, zeros of both signs, the ends of float32's range; the fast engine within four times what
// PyTorch's own float32 loses.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "tests/operations/activation_maps.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

const Json& Golden() {
  static const Json golden =
      Json::parse(ReadFile(std::string(NORMLAB_TEST_DIR) + "/operations/activation_golden.json"));
  return golden;
}

// "inf", "-inf" and "nan" are strings there.
double NumberOf(const Json& number) {
  return number.is_string() ? std::stod(number.get<std::string>()) : number.get<double>();
}
std::vector<double> NumbersOf(const Json& numbers) {
  std::vector<double> values;
  for (const Json& number : numbers) {
    values.push_back(number.is_null() ? std::nan("") : NumberOf(number));
  }
  return values;
}

Attributes AttributesOf(const Json& one) {
  Attributes attributes;
  for (const auto& [name, value] : one["attributes"].items()) attributes.Set(name, value);
  return attributes;
}

TEST(ActivationGolden, HasEveryActivationAndWhatIsExportedOfIt) {
  std::set<std::string_view> seen;
  for (const Json& one : Golden()["cases"]) {
    const std::string name = one["name"];
    EXPECT_EQ(KindNamed(name).pytorch(AttributesOf(one)), one["expression"]);
    if (one["attributes"].empty()) seen.insert(KindNamed(name).name);
  }
  for (const Activation& activation : Activations()) {
    EXPECT_EQ(seen.count(activation.name), 1u)
        << activation.name << ": a row of make_activation_golden.py";
  }
}

class ActivationGoldenCase : public testing::TestWithParam<std::size_t> {
 protected:
  const Json& one() const { return Golden()["cases"][GetParam()]; }
  const OperationKind& kind() const { return KindNamed(one()["name"].get<std::string>()); }
};

TEST_P(ActivationGoldenCase, TheTwinIsPyTorchs) {
  const std::vector<double> x = NumbersOf(one()["x"]), y = NumbersOf(one()["y"]);
  const std::vector<double> dx = NumbersOf(one()["dx"]);
  PlainActivation<double> plain(kind(), AttributesOf(one()), static_cast<int>(x.size()), {1, 1, 1});
  plain.x.values = x;
  plain.dy.values = NumbersOf(one()["dy"]);
  plain.Run();
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(y[i])) {
      EXPECT_TRUE(std::isnan(plain.y.values[i])) << "of " << x[i];
    } else if (std::isinf(y[i])) {
      EXPECT_EQ(plain.y.values[i], y[i]) << "of " << x[i];
    } else {
      EXPECT_NEAR(plain.y.values[i], y[i], 1e-9 * std::max(1.0, std::abs(y[i]))) << "of " << x[i];
    }
    if (one()["dx"][i].is_null()) continue;
    EXPECT_NEAR(plain.dx.values[i], dx[i], 1e-9) << "gradient of " << x[i];
  }
}

TEST_P(ActivationGoldenCase, TheTwinsParameterGradientIsPyTorchs) {
  if (kind().parameters == nullptr) return;
  ASSERT_TRUE(one().contains("dweight_of_finite"));
  std::vector<double> x, dy;
  for (std::size_t i = 0; i < one()["x"].size(); ++i) {
    const double value = NumberOf(one()["x"][i]);
    if (!std::isfinite(value) || std::abs(value) >= 1e3) continue;
    x.push_back(value);
    dy.push_back(one()["dy"][i]);
  }
  PlainActivation<double> plain(kind(), AttributesOf(one()), static_cast<int>(x.size()), {1, 1, 1});
  plain.x.values = x;
  plain.dy.values = dy;
  plain.Run();
  ASSERT_EQ(plain.gradients.size(), 1u);
  EXPECT_NEAR(plain.gradients[0][0], one()["dweight_of_finite"].get<double>(), 1e-9);
}

TEST_P(ActivationGoldenCase, FloatLosesNoMoreThanFourTimesWhatPyTorchsDoes) {
  const std::vector<double> x = NumbersOf(one()["x"]), dy = NumbersOf(one()["dy"]);
  const std::vector<double> y = NumbersOf(one()["y"]), dx = NumbersOf(one()["dx"]);
  const double y_error = 4 * one()["float32_error"]["y"].get<double>();
  const double dx_error = 4 * one()["float32_error"]["dx"].get<double>();
  const int columns = static_cast<int>(x.size() + kBlock - 1) / kBlock;
  for (const Simd simd : SupportedSimd()) {
    FastActivation fast(kind(), AttributesOf(one()), 1, {1, 1, columns}, {.simd = simd});
    std::copy(x.begin(), x.end(), fast.x.block(0).origin);
    std::copy(dy.begin(), dy.end(), fast.dy.block(0).origin);
    fast.Forward();
    fast.Backward();
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::isfinite(y[i])) {
        EXPECT_NEAR(fast.y.block(0).origin[i], y[i], y_error * std::max(1.0, std::abs(y[i])))
            << SimdName(simd) << ", of " << x[i];
      }
      if (one()["dx"][i].is_null()) continue;
      EXPECT_NEAR(fast.dx.block(0).origin[i], dx[i], dx_error * std::max(1.0, std::abs(dx[i])))
          << SimdName(simd) << ", gradient of " << x[i];
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, ActivationGoldenCase,
                         testing::Range<std::size_t>(0, Golden()["cases"].size()),
                         [](const auto& info) {
                           const Json& one = Golden()["cases"][info.param];
                           return one["name"].template get<std::string>() +
                                  (one["attributes"].empty() ? "" : "_with_attributes");
                         });

}  // namespace
}  // namespace normlab
