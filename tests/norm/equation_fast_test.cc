// The fast program of random equations against their twin, on every instruction set: within four
// times what float32 costs the twin itself.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "base/philox.h"
#include "norm/shipped_methods.h"
#include "tests/norm/equation_counts.h"
#include "tests/norm/equation_fast.h"

namespace normlab::equation {
namespace {

// Every array of a result by its name.
template <class Visit>
void ForEachArray(const Equation& equation, const Result& result, const Visit& visit) {
  visit("y", result.y);
  visit("dx", result.dx);
  for (std::size_t i = 0; i < result.gradients.size(); ++i) {
    visit("gradient of " + equation.learned[i].name, result.gradients[i]);
  }
  for (std::size_t i = 0; i < result.observed.size(); ++i) {
    visit("observed " + std::to_string(i), result.observed[i]);
  }
  for (std::size_t i = 0; i < result.running.size(); ++i) {
    visit("running " + std::to_string(i), result.running[i]);
  }
}

std::vector<Doubles> Arrays(const Equation& equation, const Result& result) {
  std::vector<Doubles> arrays;
  ForEachArray(equation, result,
               [&](const std::string&, const Doubles& array) { arrays.push_back(array); });
  return arrays;
}

double Distance(const Doubles& one, const Doubles& other) {
  double farthest = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const double distance = std::abs(one[i] - other[i]);
    if (!(distance <= farthest)) farthest = distance;
  }
  return farthest;
}

// What is zero but for rounding: a difference of equal values of size 1 or less, each off in its
// last bit, and what is a 64th of that.
constexpr double kNothing = 0x1p-30;

// What float32 costs the twin, array by array. A single pass may be near by chance, in an array of
// one value above all: so the largest distance of the values and of some of their neighbours
// counts, and never less than eight units in the last place of the array's largest value.
class Granted {
 public:
  Granted(const EquationCase& one, const FastSituation& situation)
      : one_(one),
        situation_(situation),
        twin_(TwinResult<double>(one, situation)),
        exact_(Arrays(one.equation, twin_)) {
    for (const Doubles& array : exact_) {
      granted_.push_back(8 * std::ldexp(Largest(array), -24) + kNothing);
    }
    // Gradients that are added to what was there lose its last bits.
    const bool adds = situation.accumulate && situation.mode == Mode::kTrain;
    for (std::size_t i = 0; i < one.learned.size() && adds; ++i) {
      granted_[2 + i] += std::ldexp(BlocksFor(one.extents.images), -24);
    }
    Add(one);
  }

  bool Covers(std::size_t array, double distance) const { return distance <= 4 * granted_[array]; }
  void AskNeighbours() {
    for (std::uint32_t item = 1; item <= 16 && !asked_; ++item) Add(Neighbour(one_, item));
    asked_ = true;
  }
  double of(std::size_t array) const { return 4 * granted_[array]; }
  const std::vector<Doubles>& exact() const { return exact_; }
  std::int64_t passes() const { return twin_.passes; }

 private:
  void Add(const EquationCase& neighbour) {
    const std::vector<Doubles> plain =
        Arrays(one_.equation, TwinResult<float>(neighbour, situation_));
    for (std::size_t i = 0; i < plain.size(); ++i) {
      granted_[i] = std::max(granted_[i], Distance(plain[i], exact_[i]));
    }
  }

  const EquationCase& one_;
  const FastSituation situation_;
  const Result twin_;
  const std::vector<Doubles> exact_;
  bool asked_ = false;
  std::vector<double> granted_;
};

struct Counts {
  int compared = 0, neighbours = 0;  // arrays, and those for which neighbours of x were asked
};

// The program's results in one situation, held to the twin's in the same mode.
void CheckFast(const EquationCase& one, const FastSituation& situation, Granted& granted,
               Counts* counts) {
  SCOPED_TRACE(one.Told() + situation.Told());
  const Result fast = FastResult(one, situation);
  ASSERT_EQ(Arrays(one.equation, fast).size(), granted.exact().size());
  std::size_t i = 0;
  ForEachArray(one.equation, fast, [&](const std::string& what, const Doubles& array) {
    ASSERT_EQ(array.size(), granted.exact()[i].size()) << what;
    const double distance = Distance(array, granted.exact()[i]);
    const bool asks = !granted.Covers(i, distance);
    if (asks) granted.AskNeighbours();
    EXPECT_TRUE(granted.Covers(i, distance))
        << what << ": " << distance << " from the twin, granted " << granted.of(i)
        << ", largest value " << Largest(granted.exact()[i]);
    if (counts != nullptr) ++counts->compared;
    if (counts != nullptr) counts->neighbours += asks;
    ++i;
  });
  EXPECT_EQ(fast.passes, granted.passes());
  EXPECT_EQ(fast.dead_gradient, 0) << "a lane without an image has a gradient";
  EXPECT_TRUE(fast.border_is_zero);
  EXPECT_TRUE(fast.restored) << "Restore gave other bits";
}

// Bit by bit: the same for any order of blocks, any worker, any plan for larger batches.
void CheckSameBits(const EquationCase& one, FastSituation situation) {
  SCOPED_TRACE(one.Told() + situation.Told());
  const std::vector<Doubles> before = Arrays(one.equation, FastResult(one, situation));
  situation.reversed = true;
  situation.more_blocks = 3;
  const std::vector<Doubles> after = Arrays(one.equation, FastResult(one, situation));
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    ASSERT_EQ(before[i].size(), after[i].size());
    for (std::size_t e = 0; e < before[i].size(); ++e) {
      ASSERT_EQ(std::bit_cast<std::uint64_t>(before[i][e]),
                std::bit_cast<std::uint64_t>(after[i][e]))
          << "array " << i << ", value " << e;
    }
  }
}

void CheckEverywhere(const EquationCase& one, Counts* counts) {
  const bool can_be_affine = ProgramTraitsOf(one.equation).gives_affine;
  for (const Mode mode : {Mode::kTrain, Mode::kEvaluate, Mode::kEvaluateOnBatch}) {
    FastSituation situation{.mode = mode};
    situation.gated = one.seed % 3 == 0;
    situation.gate_slope = one.seed % 2 == 0 ? 0 : 0.25f;
    situation.accumulate = one.seed % 4 == 0;
    Granted granted(one, situation);
    for (const Simd simd : SupportedSimd()) {
      for (const bool affine : {false, true}) {
        if (affine && !can_be_affine) continue;
        situation.simd = simd;
        situation.affine = affine;
        CheckFast(one, situation, granted, counts);
      }
    }
  }
  for (const Simd simd : SupportedSimd()) CheckSameBits(one, {.simd = simd});
}

TEST(EquationFast, FollowsTheTwinOfRandomEquations) {
  Counts counts;
  ForEachSeed(500, [&](std::uint64_t seed) { CheckEverywhere(MakeRandomCase(seed), &counts); });
  std::cout << counts.compared << " arrays, " << counts.neighbours
            << " beyond four times the distance of one float twin\n";
  EXPECT_GT(counts.compared, 0);
}

// The shipped sort of equation, at sizes that leave lanes empty and ghost batches across blocks.
constexpr const char* kPlainEquations[] = {
    "m = avg[N H W](x); v = var[N H W](x)\ny = gain[C] * (x - m) / sqrt(v + eps) + bias[C]",
    "m = avg[M H W](x); v = var[M H W](x)\ny = gain[C] * (x - m) / sqrt(v + eps) + bias[C]",
    "m = avg[C H W](x); v = var[C H W](x); y = gain[C H W] * (x - m) / sqrt(v + eps) + bias[C H W]",
    "m = avg[K H W](x); v = var[K H W](x); y = gain[C] * (x - m) / sqrt(v + eps) + bias[C]",
    "m = avg[C](x); v = var[C](x); y = gain[C] * (x - m) / sqrt(v + eps) + bias[C]",
    "n = avg[H W](x^2); y = max(gain[C] * x / sqrt(n + eps) + bias[C], tau[C])",
    "y = gain[C] * tanh(galpha[] * x) + bias[C]",
};

TEST(EquationFast, FollowsTheTwinForUglySizes) {
  std::uint64_t seed = 0;
  for (const char* text : kPlainEquations) {
    for (const int images : {1, 15, 16, 17, 33, 50}) {
      for (const int ghost : {0, 5, 16, 24}) {
        const Extents extents = {images, ghost, 6, 3, 5, 3};
        const EquationCase one = MakeCase(text, extents, ++seed);
        if (VarianceOfOneValue(one.equation, extents)) continue;
        CheckEverywhere(one, nullptr);
      }
    }
  }
}

// A unit that is applied several times adds each application's part to the last one's: once,
// whatever part of the program a gradient comes from.
TEST(EquationFast, AddsToTheGradientsThatAreThere) {
  for (const char* text :
       {"s = norm[N H W](x); m = avg[K](x); y = w[K] * (x - m) * s",
        "s = avg[N H W](x * w[K]); m = avg[K H](x); y = w[K] * (x - m) + s * b[C]",
        "y = w[] * x * b[H] + g[G W]", "m = avg[M](x * w[H]); y = w[H] * (x - m) + g[] * m",
        "v = var[N C](x); y = w[C H W] * x / sqrt(v + eps) + b[W] * w[C H W]"}) {
    for (const int images : {5, 33}) {
      const EquationCase one = MakeCase(text, {images, 7, 6, 2, 5, 3}, 1);
      FastSituation situation;
      situation.accumulate = true;
      Granted granted(one, situation);
      for (const Simd simd : SupportedSimd()) {
        situation.simd = simd;
        CheckFast(one, situation, granted, nullptr);
      }
    }
  }
}

// Where one image is the batch, a statistic of one value is that value, and batch-instance takes
// the same twice: the gradients are differences of equal values, of which rounding alone is left.
bool IsDifferenceOfEquals(const Method& method, const Extents& extents) {
  return method.equation.PoolsImages() &&
         (extents.rows * extents.columns == 1 || method.name == "batch-instance");
}

// The files of norms/, whose sizes no vector, no block and no row of tiles divides.
TEST(EquationFast, FollowsTheTwinOfTheShippedMethods) {
  std::uint64_t seed = 100;
  int compared = 0;
  for (const auto& method : ShippedMethods()) {
    for (const int images : {1, 15, 33}) {
      for (const Extents& map : {Extents{.channels = 6, .groups = 3, .rows = 5, .columns = 3},
                                 Extents{.channels = 7, .groups = 7, .rows = 1, .columns = 13},
                                 Extents{.channels = 10, .groups = 1, .rows = 9, .columns = 1},
                                 Extents{.channels = 9, .groups = 3, .rows = 1, .columns = 1}}) {
        Extents extents = map;
        extents.images = images;
        const EquationCase one = MakeCase(method->equation.text, extents, ++seed);
        if (VarianceOfOneValue(one.equation, extents)) continue;
        if (images == 1 && IsDifferenceOfEquals(*method, extents)) continue;
        SCOPED_TRACE(method->name);
        CheckEverywhere(one, nullptr);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 24 * 3 * 2);
}

// At the kinks themselves: x is a small whole number, and what is done with it is exact.
TEST(EquationFast, FollowsTheTwinAtItsKinks) {
  for (const char* text :
       {"y = relu(x)", "y = abs(x) * 0.5", "y = max(x, 1) - min(x, 0)", "y = max(x, -x)",
        "y = clip(x, -1, 1)", "y = clip(x, b[C], 1)", "m = max[H W](x); y = x + m",
        "m = min[C W](x); y = x - m", "m = max[N H](x); y = x + 2 * m",
        "m = min[M C](x); y = x + 2 * m", "m = norm[W](relu(x)); y = x + m",
        "m = norm[M W](relu(x)); y = 0.5 * x + m"}) {
    EquationCase one = MakeCase(text, {33, 7, 6, 2, 3, 4}, 1);
    RandomStream random(1, Purpose::kSamples, 5, 0);
    for (double& value : one.x) value = static_cast<double>(random.Below(4)) - 2;
    for (Doubles& learned : one.learned) learned.assign(learned.size(), -1);
    CheckEverywhere(one, nullptr);
  }
}

}  // namespace
}  // namespace normlab::equation
