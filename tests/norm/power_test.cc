// Powers on lanes against the C library's in double, on every instruction set.
//
// Every run takes each 10015th float, special values and the neighbours of every threshold. All
// floats take minutes an exponent:
//
//   NORMLAB_FLOAT_STRIDE=1 build/tests/norm_test --gtest_filter='VectorFunction.Power*'
//
// The largest errors are printed.
#include <gtest/gtest.h>

#include "base/philox.h"
#include "tests/norm/power_functions.h"
#include "tests/operations/float_errors.h"

namespace normlab {
namespace {

using namespace floats;

constexpr double kPowerError = 0.5001;

// One exponent for all arguments.
TEST(VectorFunction, PowerOfOneExponentStaysWithinItsError) {
  const std::uint64_t stride = FromEnvironment("NORMLAB_FLOAT_STRIDE", 5 * kStride);
  for (const float exponent : {-3.0f, -2.0f, -1.0f, -0.5f, 0.0f, 0.5f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f,
                               1.0f / 3, 2.5f, kInfinity, kNan}) {
    const auto exact = [&](double x) { return std::pow(x, static_cast<double>(exponent)); };
    const auto apply = [&](Simd simd, const float* x, float* y, std::size_t count) {
      ApplyPowerOf(simd, x, exponent, y, count);
    };
    const std::string name = "^ " + std::to_string(exponent);
    ExpectAtMost(name, 2, LargestErrors(EveryFloat(stride), exact, apply));
    ExpectAtMost(name, 2, LargestErrors(From(Thresholds()), exact, apply));
  }
}

void ExpectPower(const std::string& name, const std::vector<float>& bases,
                 const std::vector<float>& exponents) {
  const std::size_t count = bases.size() / 16 * 16;
  const auto base = Aligned(count), exponent = Aligned(count), y = Aligned(count);
  std::copy_n(bases.begin(), count, base.get());
  std::copy_n(exponents.begin(), count, exponent.get());
  std::vector<LargestError> errors;
  for (const Simd simd : SupportedSimd()) {
    ApplyPower(simd, base.get(), exponent.get(), y.get(), count);
    LargestError largest;
    for (std::size_t i = 0; i < count; ++i) {
      const double exact =
          std::pow(static_cast<double>(bases[i]), static_cast<double>(exponents[i]));
      largest.Take(ErrorOf(y.get()[i], exact), bases[i]);
      ASSERT_LE(largest.error, kPowerError) << bases[i] << " ^ " << exponents[i] << " is " << exact
                                            << ", not " << y.get()[i] << ", " << SimdName(simd);
    }
    errors.push_back(largest);
  }
  ExpectAtMost(name, kPowerError, errors);
}

TEST(VectorFunction, PowerOfSpecialValuesIsThatOfTheStandardLibrary) {
  std::vector<float> bases, exponents, values = SpecialValues();
  for (const float whole : {4.0f, 5.0f, 64.0f, 0x1.000002p23f, 0x1.fffffep23f, 0x1.000002p24f}) {
    values.push_back(whole);
    values.push_back(std::nextafter(whole, 0.0f));
  }
  for (const float base : values) {
    for (const float exponent : values) {
      for (const float sign : {1.0f, -1.0f}) {
        bases.insert(bases.end(), {sign * base, sign * base});
        exponents.insert(exponents.end(), {exponent, -exponent});
      }
    }
  }
  bases.resize(bases.size() + 16, 1.0f);
  exponents.resize(bases.size(), 1.0f);
  ExpectPower("special ^", bases, exponents);
}

TEST(VectorFunction, PowerOfRandomValuesIsRoundedOnce) {
  const auto pairs = static_cast<std::size_t>(FromEnvironment("NORMLAB_RANDOM_POWERS", 200000));
  RandomStream random(FromEnvironment("NORMLAB_RANDOM_SEED", 1), Purpose::kSamples, 0, 0);
  std::vector<float> bases, exponents;
  while (bases.size() < pairs) {
    bases.push_back(FromBits(random.NextBits()));  // anything, of which few have a finite power
    exponents.push_back(FromBits(random.NextBits()));
    bases.push_back(std::abs(FromBits(random.NextBits())));  // results of every size
    exponents.push_back(static_cast<float>(4 * random.Uniform() - 2));
    bases.push_back(static_cast<float>(4 * random.Uniform() - 2));
    exponents.push_back(static_cast<float>(static_cast<int>(random.Below(200)) - 100));
    bases.push_back(static_cast<float>(1 + 0x1p-10 * (random.Uniform() - 0.5)));
    exponents.push_back(static_cast<float>(4e5 * (random.Uniform() - 0.5)));
  }
  ExpectPower("random ^", bases, exponents);
}

}  // namespace
}  // namespace normlab
