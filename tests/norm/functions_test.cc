// The vector functions of equations against the C library's in double, on every instruction set.
//
// Every run takes each 2003rd float, special values and the neighbours of every threshold. All
// floats take minutes a function:
//
//   NORMLAB_FLOAT_STRIDE=1 build/tests/norm_test --gtest_filter='*VectorFunction*'
//
// The largest errors are printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "base/philox.h"
#include "tests/engine/from_environment.h"
#include "tests/norm/vector_functions.h"

namespace normlab {
namespace {

constexpr std::uint64_t kStride = 2003;
constexpr std::size_t kChunk = 4096;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

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

// Of a normal result the place that its last of 24 digits has, else 2^-149.
double LastPlace(double exact) {
  constexpr std::int64_t kLeast = std::int64_t{1023 - 126} << 52;  // of 2^-126
  const std::int64_t exponent = std::bit_cast<std::int64_t>(exact) & (std::int64_t{0x7FF} << 52);
  return std::bit_cast<double>(std::max(exponent, kLeast) - (std::int64_t{23} << 52));
}

// Infinite where one of the two is NaN, infinite or a zero with its sign, and the other is not.
// Infinity is what 2^128 and more is rounded to.
double ErrorOf(float computed, double exact) {
  constexpr double kFailed = std::numeric_limits<double>::infinity();
  if (std::isnan(exact) || std::isnan(computed)) {
    return std::isnan(exact) == std::isnan(computed) ? 0 : kFailed;
  }
  const bool same_sign = std::signbit(computed) == std::signbit(exact);
  if (exact == 0) return computed == 0 && same_sign ? 0 : kFailed;
  if (std::isinf(computed) && std::abs(exact) >= 0x1p128) return same_sign ? 0 : kFailed;
  const double value = std::isinf(computed) ? std::copysign(0x1p128, computed) : computed;
  return std::abs(value - exact) / LastPlace(exact);
}

constexpr double kPowerError = 0.5001;

struct Free {
  void operator()(float* values) const { std::free(values); }
};
std::unique_ptr<float[], Free> Aligned(std::size_t count) {
  return std::unique_ptr<float[], Free>(
      static_cast<float*>(std::aligned_alloc(64, count * sizeof(float))));
}

float FromBits(std::uint32_t bits) { return std::bit_cast<float>(bits); }

struct LargestError {
  double error = 0;
  float at = 0;
  void Take(double other, float x) {
    if (other > error) *this = {other, x};
  }
};

// Sixteen-lane arrays for one chunk of arguments.
struct Chunk {
  alignas(64) float x[kChunk], y[kChunk];
  double exact[kChunk];
};

// What `apply(simd, x, y, count)` computes, against `exact(x)`, for all arguments that `next` gives
// until it gives no more.
template <class Next, class Exact, class Apply>
std::vector<LargestError> LargestErrors(Next next, Exact exact, Apply apply) {
  const std::vector<Simd> sets = SupportedSimd();
  std::vector<LargestError> errors(sets.size());
  Chunk chunk;
  for (bool more = true; more;) {
    std::size_t count = 0;
    while (count < kChunk && (more = next(&chunk.x[count]))) ++count;
    const std::size_t padded = (count + 15) / 16 * 16;
    std::fill(chunk.x + count, chunk.x + padded, 1.0f);
    for (std::size_t i = 0; i < padded; ++i) chunk.exact[i] = exact(chunk.x[i]);
    for (std::size_t s = 0; s < sets.size(); ++s) {
      apply(sets[s], chunk.x, chunk.y, padded);
      for (std::size_t i = 0; i < padded; ++i) {
        errors[s].Take(ErrorOf(chunk.y[i], chunk.exact[i]), chunk.x[i]);
      }
    }
  }
  return errors;
}

class EveryFloat {
 public:
  explicit EveryFloat(std::uint64_t stride) : stride_(stride) {}
  bool operator()(float* x) {
    if (bits_ > 0xFFFFFFFF) return false;
    *x = FromBits(static_cast<std::uint32_t>(bits_));
    bits_ += stride_;
    return true;
  }

 private:
  std::uint64_t stride_, bits_ = 0;
};

class From {
 public:
  explicit From(std::vector<float> values) : values_(std::move(values)) {}
  bool operator()(float* x) {
    if (next_ == values_.size()) return false;
    *x = values_[next_++];
    return true;
  }

 private:
  std::vector<float> values_;
  std::size_t next_ = 0;
};

const std::vector<float>& SpecialValues() {
  static const std::vector<float> values = {
      0,       FromBits(1), FromBits(0x7FFFFF), 0x1p-126f, 0x1p-23f, 0.5f,  1,    1.5f,       2, 3,
      0x1p23f, 0x1p24f,     0x1.fffffep127f,    kInfinity, kNan,     1e10f, 0.1f, 16777215.0f};
  return values;
}

// Both signs of the values at which the functions change what they do, with 40 neighbours each: the
// ends of their ranges, and where a reduced exponent or a mantissa begins anew.
std::vector<float> Thresholds() {
  std::vector<double> at = {0x1p-126, 0x1p-24, 0x1p-12, 88.722839, 87.336544, 103.972084,
                            89,       104,     10,      4,         3.832506,  9.010913,
                            0x1p-149, 1,       16.635,  17.33,     0x1p127};
  for (int k = 0; k <= 152; ++k) at.push_back((k + 0.5) * std::numbers::ln2);
  for (int k = 0; k <= 32; ++k) at.push_back((k + 0.5) * std::numbers::ln2 / 2);
  // Erf reduces -log(1 - erf(x)), got here by halving.
  for (int k = 0; k <= 26; ++k) {
    double low = 0, high = 4.5;
    for (int step = 0; step < 60; ++step) {
      const double middle = (low + high) / 2;
      (-std::log(std::erfc(middle)) < (k + 0.5) * std::numbers::ln2 ? low : high) = middle;
    }
    at.push_back(low);
  }
  for (int k = -149; k <= 127; ++k) {
    at.push_back(std::ldexp(std::numbers::sqrt2 / 2, k));
    at.push_back(std::ldexp(1, k));
  }
  std::vector<float> values;
  for (const double threshold : at) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(threshold));
    for (std::uint32_t neighbour = std::max(bits, 20u) - 20; neighbour <= bits + 20; ++neighbour) {
      values.push_back(FromBits(neighbour));
      values.push_back(-FromBits(neighbour));
    }
  }
  for (const float value : SpecialValues()) {
    values.push_back(value);
    values.push_back(-value);
  }
  // NaN with every bit of what it may carry.
  for (int bit = 0; bit < 23; ++bit) values.push_back(FromBits(0x7F800000u | 1u << bit));
  return values;
}

void ExpectAtMost(const std::string& name, double bound, const std::vector<LargestError>& errors) {
  const bool print = FromEnvironment("NORMLAB_FLOAT_STRIDE", 0) > 0;
  const std::vector<Simd> sets = SupportedSimd();
  for (std::size_t s = 0; s < sets.size(); ++s) {
    const std::string set(SimdName(sets[s]));
    EXPECT_LE(errors[s].error, bound) << name << ", " << set << ", of " << errors[s].at;
    if (!print) continue;
    std::printf("%-10s %-6s %.4f units in the last place, of %.9g\n", name.c_str(), set.c_str(),
                errors[s].error, static_cast<double>(errors[s].at));
  }
}

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
