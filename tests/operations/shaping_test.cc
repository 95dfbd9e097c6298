// Pools, sums, concatenations and padded shortcuts on lanes against their plain loops, for every
// instruction set and ugly batches, as a fusion may have them: inputs normalized as they are read,
// the output's positive part stored, gradients that nobody wants.
#include "operations/fast/joining.h"
#include "tests/operations/run_kind.h"

namespace normlab {
namespace {

using reference::Tensor;

struct Sort {
  std::string kind;
  Attributes attributes;
  std::vector<Shape> x;
};

const std::vector<Sort>& Sorts() {
  static const std::vector<Sort> sorts = {
      {"max pool", {}, {{3, 7, 6}}},
      {"max pool", {{"size", 3}}, {{2, 7, 10}}},
      {"max pool", {{"size", 3}, {"stride", 2}, {"padding", 1}}, {{3, 7, 6}}},
      {"max pool", {{"size", 5}, {"stride", 1}, {"padding", 2}}, {{2, 3, 4}}},
      {"max pool", {{"size", 1}, {"stride", 2}}, {{2, 5, 4}}},
      {"max pool", {{"size", 2}, {"stride", 3}, {"padding", 1}}, {{1, 7, 9}}},
      {"average pool", {{"size", 0}}, {{3, 4, 5}}},
      {"average pool", {{"size", 2}}, {{3, 7, 6}}},
      {"average pool", {{"size", 3}, {"stride", 2}, {"padding", 1}}, {{3, 7, 6}}},
      {"average pool", {{"size", 4}, {"stride", 1}, {"padding", 2}}, {{2, 5, 4}}},
      {"average pool", {{"size", 2}, {"stride", 3}}, {{2, 7, 9}}},
      {"sum", {}, {{3, 5, 4}, {3, 5, 4}}},
      {"sum", {}, {{2, 3, 7}, {2, 3, 7}, {2, 3, 7}}},
      {"sum", {}, {{5, 1, 2}, {5, 1, 2}, {5, 1, 2}, {5, 1, 2}, {5, 1, 2}}},
      {"concatenation", {}, {{3, 5, 4}, {1, 5, 4}}},
      {"concatenation", {}, {{1, 2, 3}, {4, 2, 3}, {2, 2, 3}}},
      {"padded shortcut", {{"stride", 2}, {"channels", 8}}, {{4, 6, 7}}},
      {"padded shortcut", {{"stride", 3}, {"channels", 5}}, {{2, 7, 5}}},
      {"padded shortcut", {{"channels", 3}}, {{3, 4, 5}}},
  };
  return sorts;
}

// Eighths, so few that maxima are often equal, and float32 holds every sum of them.
Tensor<double> Eighths(int images, Shape shape, std::uint32_t item, double shift) {
  Tensor<double> tensor = reference::UniformTensor(images, shape, item, -8, 9);
  for (double& value : tensor.values) value = std::floor(value) / 8 + shift;
  return tensor;
}

KindCase CaseOf(const Sort& sort, int images, double shift = 0) {
  KindCase one = {sort.kind, sort.attributes, {}};
  std::uint32_t item = 0;
  for (const Shape& shape : sort.x) one.x.push_back(Eighths(images, shape, ++item, shift));
  one.dy = Eighths(images, one.output(), 100, 0);
  return one;
}

// Calls visit(sort, images, shift, simd), and says where.
template <class Visit>
void ForEachCase(const Visit& visit) {
  for (const Sort& sort : Sorts()) {
    for (const int images : reference::kUglyBatches) {
      for (const double shift : {0.0, 10.0}) {
        for (const Simd simd : SupportedSimd()) {
          std::string text = sort.kind;
          for (const auto& [name, value] : sort.attributes) {
            text += ", " + name + " " + std::to_string(static_cast<int>(value));
          }
          SCOPED_TRACE(text + ", " + std::to_string(images) + " images, shift " +
                       std::to_string(shift) + ", " + std::string(SimdName(simd)));
          visit(sort, CaseOf(sort, images, shift), simd);
        }
      }
    }
  }
}

// Exact but for averages, whose share is rounded.
double Granted(const Sort& sort) { return sort.kind == "average pool" ? 0x1p-22 : 0; }

void ExpectSame(const KindResult& fast, const KindResult& plain, double granted) {
  EXPECT_LE(Distance(fast.y.values, plain.y.values), granted);
  ASSERT_EQ(fast.dx.size(), plain.dx.size());
  for (std::size_t k = 0; k < plain.dx.size(); ++k) {
    EXPECT_LE(Distance(fast.dx[k].values, plain.dx[k].values), granted) << "input " << k;
  }
}

TEST(Shaping, IsThatOfThePlainLoops) {
  ForEachCase([](const Sort& sort, const KindCase& one, Simd simd) {
    ExpectSame(RunFast(one, {.simd = simd}), RunPlain<double>(one), Granted(sort));
  });
}

// One input after the other, and all at once.
void ExpectNormalizesWhatItReads(const Sort& sort, const KindCase& one, Simd simd, bool rectified) {
  const auto reads = KindNamed(sort.kind).reads_affine;
  if (reads == nullptr) return;
  ASSERT_TRUE(reads(simd, sort.attributes, sort.x[0], one.output()));
  for (std::size_t which = 0; which <= one.x.size(); ++which) {
    FastChoice choice = {.simd = simd, .rectified = rectified};
    KindCase normalized = one;
    for (std::size_t k = 0; k < one.x.size(); ++k) {
      choice.normalized.push_back(which == k || which == one.x.size());
      if (!choice.normalized[k]) continue;
      normalized.x[k] = Normalized(one.x[k]);
      for (double& value : normalized.x[k].values) value = rectified ? std::max(value, 0.0) : value;
    }
    ExpectSame(RunFast(one, choice), RunPlain<double>(normalized), 0);
  }
}

TEST(Shaping, MayNormalizeWhatItReads) {
  ForEachCase([](const Sort& sort, const KindCase& one, Simd simd) {
    ExpectNormalizesWhatItReads(sort, one, simd, false);
  });
}

TEST(Shaping, MayRectifyWhatItNormalizes) {
  int sorts = 0;
  ForEachCase([&](const Sort& sort, const KindCase& one, Simd simd) {
    if (!KindNamed(sort.kind).traits.reads_rectified) return;
    ++sorts;
    ExpectNormalizesWhatItReads(sort, one, simd, true);
  });
  EXPECT_GT(sorts, 0);
}

TEST(Shaping, MayStoreThePositivePart) {
  ForEachCase([](const Sort& sort, const KindCase& one, Simd simd) {
    if (!KindNamed(sort.kind).traits.stores_rectified) return;
    KindResult plain = RunPlain<double>(one);
    for (double& value : plain.y.values) value = std::max(value, 0.0);
    ExpectSame(RunFast(one, {.simd = simd, .store = {true, 0.0f}}), plain, 0);
  });
}

TEST(Shaping, DoesNotHideNanInThePositivePart) {
  for (const Sort& sort : Sorts()) {
    if (!KindNamed(sort.kind).traits.stores_rectified) continue;
    KindCase one = CaseOf(sort, 3);
    one.x.back().values.assign(one.x.back().values.size(), std::nan(""));
    const KindResult plain = RunPlain<double>(one);
    for (const Simd simd : SupportedSimd()) {
      SCOPED_TRACE(sort.kind + ", " + std::string(SimdName(simd)));
      const KindResult fast = RunFast(one, {.simd = simd, .store = {true, 0.0f}});
      for (std::size_t e = 0; e < plain.y.values.size(); ++e) {
        ASSERT_EQ(std::isnan(fast.y.values[e]), std::isnan(plain.y.values[e]));
      }
    }
  }
}

TEST(Shaping, LeavesGradientsThatNobodyWants) {
  for (const Sort& sort : Sorts()) {
    if (sort.x.size() < 2) continue;
    const KindCase one = CaseOf(sort, 17);
    KindResult plain = RunPlain<double>(one);
    plain.dx[1] = {};
    FastChoice choice;
    choice.wanted.assign(one.x.size(), true);
    choice.wanted[1] = false;
    ExpectSame(RunFast(one, choice), plain, 0);
  }
}

// Where the engine lets an input's gradient lie in that of the sum, nothing is written there.
TEST(Shaping, ASumPassesItsGradientOnWhereItLies) {
  const Shape shape{2, 3, 4};
  const BlockTensor a(shape, 1, 0), b(shape, 1, 1), y(shape, 1, 0), dy(shape, 1, 1),
      db(shape, 1, 0);
  const Tensor<double> gradient = Eighths(16, shape, 7, 0);
  for (const Simd simd : SupportedSimd()) {
    Pack(gradient, dy, 0);
    MakeSum(simd, {{{&a, nullptr, &dy}, {&b, nullptr, &db}}, {&y, nullptr, &dy}})->Backward({}, 0);
    EXPECT_EQ(Unpacked(dy, 16).values, gradient.values);
    EXPECT_EQ(Unpacked(db, 16).values, gradient.values);
  }
}

// sum(r * y) by differences, at points without ties.
TEST(Shaping, ThePlainLoopsHaveTheGradientOfWhatTheyCompute) {
  for (const Sort& sort : Sorts()) {
    for (const int images : reference::kUglyBatches) {
      KindCase one = {sort.kind, sort.attributes, {}};
      for (std::size_t k = 0; k < sort.x.size(); ++k) {
        one.x.push_back(reference::UniformTensor(images, sort.x[k], static_cast<std::uint32_t>(k)));
      }
      one.dy = reference::UniformTensor(images, one.output(), 999);
      const KindResult plain = RunPlain<double>(one);
      const Tensor<double> r = one.dy;
      one.dy = {};
      for (std::size_t k = 0; k < one.x.size(); ++k) {
        const auto loss = [&] {
          const KindResult moved = RunPlain<double>(one);
          double sum = 0;
          for (std::size_t e = 0; e < r.values.size(); ++e) sum += r.values[e] * moved.y.values[e];
          return sum;
        };
        reference::ExpectNumericGradient(sort.kind + ", input " + std::to_string(k),
                                         one.x[k].values, plain.dx[k].values, loss, 1e-5, 1e-7, 12);
      }
    }
  }
}

}  // namespace
}  // namespace normlab
