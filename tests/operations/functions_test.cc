// The functions on lanes against the C library's in double, on every instruction set.
//
// Every run takes each 2003rd float, special values and the neighbours of every threshold. All
// floats take minutes a function:
//
//   NORMLAB_FLOAT_STRIDE=1 build/tests/operations_test --gtest_filter='*VectorFunction*'
//
// The largest errors are printed.
#include <gtest/gtest.h>

#include "tests/operations/float_errors.h"
#include "tests/operations/vector_functions.h"

namespace normlab {
namespace {

using namespace floats;

struct FunctionCase {
  const char* name;
  VectorFunction function;
  double (*exact)(double);
  double largest_error;  // in units of the last place, as the header states
};

const FunctionCase kFunctions[] = {
    {"Exp", VectorFunction::kExp, [](double x) { return std::exp(x); }, 1.04},
    {"Log", VectorFunction::kLog, [](double x) { return std::log(x); }, 1.14},
    {"Tanh", VectorFunction::kTanh, [](double x) { return std::tanh(x); }, 2.5},
    {"Sigmoid", VectorFunction::kSigmoid,
     [](double x) {
       const double e = std::exp(-std::abs(x));
       return (x < 0 ? e : 1) / (1 + e);
     },
     2.41},
    {"Softplus", VectorFunction::kSoftplus,
     [](double x) { return (x > 0 ? x : 0) + std::log1p(std::exp(-std::abs(x))); }, 2.28},
    {"Erf", VectorFunction::kErf, [](double x) { return std::erf(x); }, 2.66},
    {"SquareRoot", VectorFunction::kSquareRoot, [](double x) { return std::sqrt(x); }, 0.500001},
    {"Reciprocal", VectorFunction::kReciprocal, [](double x) { return 1 / x; }, 0.500001},
};

class EachVectorFunction : public testing::TestWithParam<FunctionCase> {};
INSTANTIATE_TEST_SUITE_P(Table, EachVectorFunction, testing::ValuesIn(kFunctions),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(EachVectorFunction, StayWithinTheirErrorOverAllFloats) {
  const FunctionCase& c = GetParam();
  const auto apply = [&](Simd simd, const float* x, float* y, std::size_t count) {
    ApplyFunction(simd, c.function, x, y, count);
  };
  const std::uint64_t stride = FromEnvironment("NORMLAB_FLOAT_STRIDE", kStride);
  ExpectAtMost(c.name, c.largest_error, LargestErrors(EveryFloat(stride), c.exact, apply));
  ExpectAtMost(c.name, c.largest_error, LargestErrors(From(Thresholds()), c.exact, apply));
}

std::uint32_t BitsOrNan(float value) {
  return std::bit_cast<std::uint32_t>(std::isnan(value) ? kNan : value);
}

TEST(VectorFunction, TanhSigmoidAndErfEndAtOne) {
  alignas(64) float x[16], y[16];
  std::fill_n(x, 16, 20.0f);
  x[1] = 0x1.fffffep127f;
  for (const Simd simd : SupportedSimd()) {
    for (const auto function :
         {VectorFunction::kTanh, VectorFunction::kSigmoid, VectorFunction::kErf}) {
      ApplyFunction(simd, function, x, y, 16);
      EXPECT_EQ(y[0], 1) << SimdName(simd);
      EXPECT_EQ(y[1], 1) << SimdName(simd);
    }
  }
}

// Sets that have a fused multiply-add, and sets that have none.
TEST_P(EachVectorFunction, GiveTheSameBitsOnSetsThatRoundAlike) {
  const std::vector<float> thresholds = Thresholds();
  const std::size_t count = thresholds.size() / 16 * 16;
  const auto one = Aligned(count), other = Aligned(count), x = Aligned(count);
  std::copy_n(thresholds.begin(), count, x.get());
  const std::vector<Simd> sets = SupportedSimd();
  for (const auto& [a, b] : {std::pair(Simd::kAvx512, Simd::kAvx2), {Simd::kSse4, Simd::kScalar}}) {
    if (std::ranges::count(sets, a) == 0 || std::ranges::count(sets, b) == 0) continue;
    ApplyFunction(a, GetParam().function, x.get(), one.get(), count);
    ApplyFunction(b, GetParam().function, x.get(), other.get(), count);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(BitsOrNan(one.get()[i]), BitsOrNan(other.get()[i]))
          << SimdName(a) << ", " << SimdName(b) << ", " << x.get()[i];
    }
  }
}

}  // namespace
}  // namespace normlab
