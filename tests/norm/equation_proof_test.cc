// The twin of random equations: its gradient against a complex step and central differences, and
// what must not change when axes are permuted, images exchanged, statements renamed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <numeric>

#include "base/philox.h"
#include "norm/equation/token.h"
#include "tests/norm/equation_case.h"
#include "tests/norm/equation_counts.h"

namespace normlab::equation {
namespace {

using Complex = std::complex<double>;

Doubles Directions(std::size_t size, std::uint64_t seed, std::uint32_t item) {
  RandomStream random(seed, Purpose::kSamples, 2, item);
  Doubles values(size);
  for (double& value : values) value = random.Uniform(-1, 1);
  return values;
}

Twin<double> Passed(const EquationCase& one, bool training) {
  Twin<double> twin(one.equation, one.extents, one.constants);
  twin.Forward(one.x, one.learned, one.running, training);
  twin.Backward(one.y_gradient);
  return twin;
}

struct Slope {
  double sum = 0, farthest = 0;  // the sum of the terms, and that of their absolute values

  Slope(const Doubles& gradient, const Doubles& direction) {
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      sum += gradient[i] * direction[i];
      farthest += std::abs(gradient[i] * direction[i]);
    }
  }
};

// The slope of sum(y_gradient y) along a direction of x (`learned` is their number) or of one
// learned value.
double ComplexSlope(const EquationCase& one, bool training, std::size_t learned,
                    const Doubles& direction) {
  constexpr double kStep = 1e-30;
  std::vector<Complex> x = ToScalars<Complex>(one.x);
  std::vector<std::vector<Complex>> values = AllToScalars<Complex>(one.learned);
  std::vector<Complex>& moved = learned == values.size() ? x : values[learned];
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] += Complex(0, kStep * direction[i]);
  Twin<Complex> twin(one.equation, one.extents, one.constants);
  twin.Forward(x, values, AllToScalars<Complex>(one.running), training);
  double slope = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    slope += one.y_gradient[i] * twin.y()[i].imag() / kStep;
  }
  return slope;
}

double CentralSlope(EquationCase one, bool training, std::size_t learned,
                    const Doubles& direction) {
  constexpr double kStep = 1e-6;
  const auto loss = [&](double step) {
    EquationCase moved = one;
    Doubles& values = learned == one.learned.size() ? moved.x : moved.learned[learned];
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += step * direction[i];
    Twin<double> twin(moved.equation, moved.extents, moved.constants);
    twin.Forward(moved.x, moved.learned, moved.running, training);
    return std::inner_product(twin.y().begin(), twin.y().end(), moved.y_gradient.begin(), 0.0);
  };
  return (loss(kStep) - loss(-kStep)) / (2 * kStep);
}

void ExpectComplexSlopes(const EquationCase& one, bool training) {
  const Twin<double> twin = Passed(one, training);
  for (std::size_t learned = 0; learned <= one.learned.size(); ++learned) {
    const Doubles& gradient =
        learned == one.learned.size() ? twin.x_gradient() : twin.learned_gradient(learned);
    const Doubles direction =
        Directions(gradient.size(), one.seed, static_cast<std::uint32_t>(learned));
    const Slope ours(gradient, direction);
    const double theirs = ComplexSlope(one, training, learned, direction);
    EXPECT_NEAR(ours.sum, theirs, 1e-9 * (ours.farthest + 1e-2))
        << (training ? "training, " : "evaluation, ")
        << (learned == one.learned.size() ? "x" : one.equation.learned[learned].name);
  }
}

TEST(EquationProof, TheGradientIsThatOfAComplexStep) {
  std::size_t chains = 0, running = 0, all = 0;
  ForEachSeed(500, [&](std::uint64_t seed) {
    const EquationCase one = MakeRandomCase(seed);
    SCOPED_TRACE(one.Told());
    ++all;
    chains += ChainsImageReductions(one.equation);
    running += ReadsRunningValues(one.equation);
    for (const bool training : {true, false}) ExpectComplexSlopes(one, training);
  });
  std::cout << chains << " chain reductions over images, " << running << " read running values\n";
  if (all < 100) return;
  EXPECT_GE(chains * 5, all);
  EXPECT_GE(running * 10, all);
}

bool Stops(const Equation& equation) {
  for (const Node& node : equation.nodes) {
    if (node.kind == Node::Kind::kFunction && node.function == Function::kStop) return true;
  }
  return false;
}

// Less exact, and without a function of our own for complex numbers.
TEST(EquationProof, TheGradientIsThatOfDifferences) {
  int compared = 0;
  ForEachSeed(100, [&](std::uint64_t seed) {
    const EquationCase one = MakeRandomCase(seed);
    if (Stops(one.equation)) return;  // which differences pass
    SCOPED_TRACE(one.Told());
    ++compared;
    const Twin<double> twin = Passed(one, true);
    for (std::size_t learned = 0; learned <= one.learned.size(); ++learned) {
      const Doubles& gradient =
          learned == one.learned.size() ? twin.x_gradient() : twin.learned_gradient(learned);
      const Doubles direction =
          Directions(gradient.size(), one.seed, static_cast<std::uint32_t>(learned));
      const Slope ours(gradient, direction);
      // Constant channels divide by sqrt(eps): the second order is large beside the step.
      EXPECT_NEAR(ours.sum, CentralSlope(one, true, learned, direction),
                  1e-4 * (ours.farthest + 1e-2));
    }
  });
  EXPECT_GT(compared, 0);
}

// Where each place of the map comes from.
struct Permutation {
  std::vector<int> images, groups, members, rows, columns;

  explicit Permutation(const Extents& extents)
      : images(Identity(extents.images)),
        groups(Identity(extents.groups)),
        members(Identity(extents.group_channels())),
        rows(Identity(extents.rows)),
        columns(Identity(extents.columns)) {}

  static std::vector<int> Identity(int size) {
    std::vector<int> places(static_cast<std::size_t>(size));
    std::iota(places.begin(), places.end(), 0);
    return places;
  }

  Doubles Moved(const Extents& extents, Axes axes, const Doubles& values) const {
    const auto at = [](const std::vector<int>& places, int place) {
      return places[static_cast<std::size_t>(place)];
    };
    Doubles moved(values.size());
    ForEachPlace(extents, axes, [&](std::size_t i, Place place) {
      place.image = at(images, place.image);
      place.group = at(groups, place.group);
      place.group_channel = at(members, place.group_channel);
      place.row = at(rows, place.row);
      place.column = at(columns, place.column);
      moved[i] = values[IndexAt(extents, axes, place)];
    });
    return moved;
  }
};

void Shuffle(std::vector<int>& places, std::size_t first, std::size_t end, RandomStream& random) {
  for (std::size_t i = end; i-- > first + 1;) {
    std::swap(places[i], places[first + random.Below(static_cast<std::uint32_t>(i - first + 1))]);
  }
}

// Ghost batches tell images apart where M is pooled without B.
bool PoolsGhostBatches(const Equation& equation) {
  for (const Node& node : equation.nodes) {
    if (node.pooled.HasAny(Axes::Images()) && !node.pooled.Has(Axes::Images())) return true;
  }
  return false;
}

void ShuffleImages(const EquationCase& one, Permutation& permutation, RandomStream& random) {
  const auto images = static_cast<std::size_t>(one.extents.images);
  const auto ghost = static_cast<std::size_t>(one.extents.ghost);
  const std::size_t step = ghost > 0 && PoolsGhostBatches(one.equation) ? ghost : images;
  for (std::size_t first = 0; first < images; first += step) {
    Shuffle(permutation.images, first, std::min(first + step, images), random);
  }
}

void ExpectClose(const std::string& what, const Doubles& found, const Doubles& expected) {
  ASSERT_EQ(found.size(), expected.size()) << what;
  const double most = 1e-7 * (Largest(expected) + 1e-3);
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected[i], most) << what << " " << i;
  }
}

// What an application makes of a map whose axes are permuted, with learned and running values that
// go with it (those that lack the axis stay), is what it made of the map, permuted.
void ExpectMovesAlong(const EquationCase& one, const Permutation& permutation, bool training) {
  const Equation& equation = one.equation;
  const auto moved = [&](Axes axes, const Doubles& values) {
    return permutation.Moved(one.extents, axes, values);
  };
  const auto kept_axes = [&](std::size_t statement) {
    return equation.nodes[equation.statements[statement].node].axes.Without(Axes::Images());
  };
  EquationCase other = one;
  other.x = moved(Axes::All(), one.x);
  other.y_gradient = moved(Axes::All(), one.y_gradient);
  for (std::size_t i = 0; i < one.learned.size(); ++i) {
    other.learned[i] = moved(equation.learned[i].axes, one.learned[i]);
  }
  for (std::size_t i = 0; i < one.running.size(); ++i) {
    if (!one.running[i].empty()) other.running[i] = moved(kept_axes(i), one.running[i]);
  }
  const Twin<double> before = Passed(one, training), after = Passed(other, training);
  ExpectClose("y", after.y(), moved(Axes::All(), before.y()));
  ExpectClose("dx", after.x_gradient(), moved(Axes::All(), before.x_gradient()));
  for (std::size_t i = 0; i < one.learned.size(); ++i) {
    ExpectClose(equation.learned[i].name, after.learned_gradient(i),
                moved(equation.learned[i].axes, before.learned_gradient(i)));
  }
  for (std::size_t i = 0; training && i < one.running.size(); ++i) {
    if (one.running[i].empty()) continue;
    ExpectClose(equation.statements[i].name, after.Observed(i),
                moved(kept_axes(i), before.Observed(i)));
  }
}

template <class Change>
void ExpectPermutes(std::uint64_t count, const Change& change) {
  ForEachSeed(count, [&](std::uint64_t seed) {
    const EquationCase one = MakeRandomCase(seed);
    SCOPED_TRACE(one.Told());
    RandomStream random(seed, Purpose::kSamples, 3, 0);
    Permutation permutation(one.extents);
    change(one, permutation, random);
    for (const bool training : {true, false}) ExpectMovesAlong(one, permutation, training);
  });
}

TEST(EquationProof, ImagesMayStandInAnyOrderWithinTheirGhostBatch) {
  ExpectPermutes(200, ShuffleImages);
}

TEST(EquationProof, RowsColumnsAndChannelsAreToldApartByLearnedAndRunningValuesAlone) {
  ExpectPermutes(200, [](const EquationCase&, Permutation& permutation, RandomStream& random) {
    for (auto* axis :
         {&permutation.groups, &permutation.members, &permutation.rows, &permutation.columns}) {
      Shuffle(*axis, 0, axis->size(), random);
    }
  });
}

// Not a bit of it: the others are not numbers.
TEST(EquationProof, AnImageStandsAloneWhereNoReductionCrossesImages) {
  int compared = 0;
  ForEachSeed(200, [&](std::uint64_t seed) {
    const EquationCase one = MakeRandomCase(seed);
    if (one.equation.PoolsImages()) return;
    SCOPED_TRACE(one.Told());
    ++compared;
    const auto image = static_cast<std::size_t>(one.extents.images / 2);
    const std::size_t size = one.x.size() / static_cast<std::size_t>(one.extents.images);
    EquationCase alone = one;
    for (std::size_t i = 0; i < alone.x.size(); ++i) {
      if (i / size != image) alone.x[i] = std::numeric_limits<double>::quiet_NaN();
    }
    const Twin<double> all = Passed(one, true), some = Passed(alone, true);
    for (std::size_t i = image * size; i < (image + 1) * size; ++i) {
      ASSERT_EQ(some.y()[i], all.y()[i]);
      ASSERT_EQ(some.x_gradient()[i], all.x_gradient()[i]);
    }
  });
  EXPECT_GT(compared, 0);
}

// Every name of a statement with another beginning, on one line, with a comment.
std::string Renamed(const Equation& equation) {
  std::string text;
  std::size_t copied = 0;
  for (const Token& token : Tokenize(equation.text)) {
    const bool named = token.kind == Token::Kind::kName && token.text != "y" &&
                       std::ranges::find(equation.statements, token.text, &Statement::name) !=
                           equation.statements.end();
    text += equation.text.substr(copied, token.offset - copied) + (named ? "other_" : "");
    copied = token.offset;
  }
  text += equation.text.substr(copied);
  for (std::size_t at; (at = text.find('\n')) != std::string::npos;) text.replace(at, 1, " ; ");
  return text + "  # the same";
}

TEST(EquationProof, NamesAndLinesMeanNothing) {
  ForEachSeed(200, [&](std::uint64_t seed) {
    const EquationCase one = MakeRandomCase(seed);
    EquationCase other = one;
    other.text = Renamed(one.equation);
    other.equation = ParseEquation(other.text);
    SCOPED_TRACE(one.Told());
    ASSERT_EQ(one.equation.statements.size() > 1, other.text.find("other_") != std::string::npos);
    for (const bool training : {true, false}) {
      const Twin<double> ours = Passed(one, training), theirs = Passed(other, training);
      ASSERT_EQ(ours.y(), theirs.y());
      ASSERT_EQ(ours.x_gradient(), theirs.x_gradient());
      for (std::size_t i = 0; i < one.learned.size(); ++i) {
        ASSERT_EQ(ours.learned_gradient(i), theirs.learned_gradient(i));
      }
    }
  });
}

TEST(EquationProof, PointsNearAKinkAreFound) {
  const Extents extents = {.images = 2, .channels = 1, .rows = 1, .columns = 2};
  const auto near = [&](const std::string& text, const Doubles& x) {
    EquationCase one;
    one.equation = ParseEquation(text);
    one.extents = extents;
    one.x = x;
    one.running.resize(one.equation.statements.size());
    return NearKink(one, true);
  };
  const Doubles plain = {1, -2, 3, -4};
  for (const char* text :
       {"y = relu(x)", "y = abs(x)", "y = max(x, 0.5)", "y = clip(x, -1, 2)",
        "m = max[W](x); y = x - m", "m = min[N W](x); y = x - m", "m = norm[W](x); y = x - m"}) {
    EXPECT_FALSE(near(text, plain)) << text;
  }
  EXPECT_TRUE(near("y = relu(x)", {1, -0.0005, 3, -4}));
  EXPECT_TRUE(near("y = abs(x)", {1, 0, 3, -4}));
  EXPECT_TRUE(near("y = max(x, 0.5)", {1, 0.5003, 3, -4}));
  EXPECT_TRUE(near("y = min(x, 0.5)", {1, 0.5, 3, -4}));
  EXPECT_TRUE(near("y = clip(x, -1, 2)", {-1, 5, 3, -4}));
  EXPECT_TRUE(near("y = clip(x, -1, 2)", {5, 5, 1.9995, -4}));
  EXPECT_TRUE(near("m = max[W](x); y = x - m", {3, 3, 3, -4}));
  EXPECT_TRUE(near("m = min[N W](x); y = x - m", {-4.0005, 5, 3, -4}));
  EXPECT_FALSE(near("m = max[N W](x); y = x - m", {-4.0005, 5, 3, -4}));
  EXPECT_TRUE(near("m = norm[W](x); y = x - m", {0, 0, 3, -4}));
}

}  // namespace
}  // namespace normlab::equation
