// What the shipped methods are to each other, where they are refused and where they are warned of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "norm/equation/statistics.h"
#include "norm/equation_operation.h"
#include "norm/norm.h"
#include "tests/norm/equation_fast.h"

namespace normlab::equation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

const Extents kExtents = {
    .images = 17, .ghost = 5, .channels = 6, .groups = 3, .rows = 3, .columns = 5};

// A method's case at the values with which its training begins, of x that all methods share.
EquationCase BeginningOf(std::string_view norm, const Extents& extents = kExtents) {
  const Method& method = *FindNormMethod(norm).equation;
  EquationCase one = MakeCase(method.equation.text, extents, 7);
  const EquationCase shared = MakeCase("y = x", extents, 7);
  one.x = shared.x;
  one.y_gradient = shared.y_gradient;
  for (std::size_t i = 0; i < one.learned.size(); ++i) {
    one.learned[i].assign(one.learned[i].size(), method.learned[i].initial);
  }
  for (std::size_t i = 0; i < one.running.size(); ++i) {
    if (one.running[i].empty()) continue;
    one.running[i].assign(one.running[i].size(), method.equation.statements[i].running->start);
  }
  return one;
}

void Learn(EquationCase& one, const std::string& name, double value) {
  for (std::size_t i = 0; i < one.learned.size(); ++i) {
    if (one.equation.learned[i].name != name) continue;
    one.learned[i].assign(one.learned[i].size(), value);
    return;
  }
  FAIL() << name;
}

Result Trained(const EquationCase& one) { return TwinResult<double>(one, {}); }

void ExpectSameMaps(const EquationCase& one, const EquationCase& other) {
  const Result a = Trained(one), b = Trained(other);
  for (std::size_t i = 0; i < a.y.size(); ++i) {
    ASSERT_NEAR(a.y[i], b.y[i], 1e-12 * (1 + std::abs(b.y[i]))) << i;
    ASSERT_NEAR(a.dx[i], b.dx[i], 1e-12 * (1 + Largest(b.dx))) << i;
  }
}

TEST(Zoo, GhostBatchesThatAreTheBatchAreBatchNormalization) {
  Extents whole = kExtents;
  whole.ghost = 0;
  ExpectSameMaps(BeginningOf("ghost-batch", whole), BeginningOf("batch", whole));
  whole.ghost = 17;
  ExpectSameMaps(BeginningOf("ghost-batch", whole), BeginningOf("batch", whole));
}

TEST(Zoo, BatchRenormBeginsAsBatchNormalization) {
  EquationCase renorm = BeginningOf("batch-renorm");
  for (const double step : {0.0, 4999.0, 5000.0}) {
    renorm.constants.step = step;
    ExpectSameMaps(renorm, BeginningOf("batch"));
  }
  renorm.constants.step = 6000;
  EXPECT_NE(Trained(renorm).y, Trained(BeginningOf("batch")).y);
}

TEST(Zoo, AGateChoosesBetweenBatchAndInstance) {
  EquationCase gated = BeginningOf("batch-instance");
  ExpectSameMaps(gated, BeginningOf("batch"));
  Learn(gated, "gate", 0);
  ExpectSameMaps(gated, BeginningOf("instance"));
}

TEST(Zoo, SharesChooseBetweenInstanceLayerAndBatch) {
  for (const std::string chosen : {"instance", "layer", "batch"}) {
    EquationCase switched = BeginningOf("switchable");
    for (const std::string kind : {"mean_", "var_"}) Learn(switched, kind + chosen, 60);
    ExpectSameMaps(switched, BeginningOf(chosen));
  }
}

TEST(Zoo, PositionalNormalizationIsThatOfChannelsWithoutWeights) {
  ExpectSameMaps(BeginningOf("pono"), BeginningOf("layer-channels"));
}

TEST(Zoo, ExtendedBatchOfOneChannelIsBatchNormalization) {
  Extents one = kExtents;
  one.channels = one.groups = 1;
  ExpectSameMaps(BeginningOf("extended-batch", one), BeginningOf("batch", one));
}

TEST(Zoo, GlobalResponsesBeginAsNothing) {
  ExpectSameMaps(BeginningOf("grn"), BeginningOf("none"));
}

// Of values that lie at 1 left and right of their mean.
TEST(Zoo, TheFactorOfL1IsThatOfANormalDistribution) {
  Extents even = kExtents;
  even.rows = 2;
  EquationCase one = BeginningOf("l1-batch", even);
  for (std::size_t i = 0; i < one.x.size(); ++i) one.x[i] = i % 2 == 0 ? 3 : 1;
  const Result result = Trained(one);
  const double expected = 1 / (std::sqrt(std::acos(-1.0) / 2) + one.constants.eps);
  for (std::size_t i = 0; i < one.x.size(); ++i) {
    ASSERT_NEAR(result.y[i], i % 2 == 0 ? expected : -expected, 1e-14);
  }
}

TEST(Zoo, PointWiseMethodsAreOddAndBounded) {
  for (const char* norm : {"dyt", "derf", "salu"}) {
    EquationCase one = BeginningOf(norm), other = one;
    for (double& x : one.x) x *= 100;
    for (std::size_t i = 0; i < one.x.size(); ++i) other.x[i] = -one.x[i];
    const Doubles y = Trained(one).y, mirrored = Trained(other).y;
    for (std::size_t i = 0; i < y.size(); ++i) {
      ASSERT_LE(std::abs(y[i]), 1) << norm;
      ASSERT_EQ(y[i], -mirrored[i]) << norm;
    }
  }
}

// Where a scale of the filters before it is undone, but for eps, and where it is not.
TEST(Zoo, SomeAreBlindToAScale) {
  std::vector<std::string> blind;
  for (const NormMethod& method : NormMethods()) {
    EquationCase one = BeginningOf(method.name), other = one;
    one.constants.eps = other.constants.eps = 1e-13;
    for (std::size_t i = 0; i < one.x.size(); ++i) other.x[i] = 4 * one.x[i];
    const Doubles y = Trained(one).y, scaled = Trained(other).y;
    bool same = true;
    for (std::size_t i = 0; i < y.size(); ++i) same = same && std::abs(y[i] - scaled[i]) < 1e-5;
    if (same) blind.emplace_back(method.name);
  }
  EXPECT_THAT(blind, ElementsAre("batch", "layer", "layer-elementwise", "layer-channels", "group",
                                 "instance", "rms", "batch-channel", "batch-instance",
                                 "batch-renorm", "evonorm-b0", "extended-batch", "frn",
                                 "ghost-batch", "l1-batch", "pono", "switchable"));
}

// The methods of which `says` tells something.
template <class Says>
std::vector<std::string> MethodsOf(const Says& says) {
  std::vector<std::string> methods;
  for (const NormMethod& method : NormMethods()) {
    if (method.room.empty() && !says(*method.equation).empty()) methods.emplace_back(method.name);
  }
  return methods;
}

std::vector<std::string> RefusedOn(Shape map, int images, int ghost) {
  const Attributes attributes = {{"groups", 3}, {"ghost", ghost}, {"eps", 1e-5}, {"momentum", 0.1}};
  return MethodsOf(
      [&](const Method& method) { return EquationObjection(method, attributes, map, images); });
}

TEST(Zoo, IsRefusedWhereAMeanOrAVarianceIsOfOneValue) {
  EXPECT_THAT(RefusedOn({6, 2, 1}, 1, 0), IsEmpty());
  EXPECT_THAT(RefusedOn({6, 2, 1}, 17, 16), IsEmpty());
  EXPECT_THAT(RefusedOn({6, 1, 1}, 64, 0),
              ElementsAre("batch-instance", "evonorm-b0", "switchable"));
  EXPECT_THAT(RefusedOn({6, 1, 1}, 17, 16),
              ElementsAre("batch-instance", "evonorm-b0", "ghost-batch", "switchable"))
      << "the last ghost batch has one image";
  EXPECT_THAT(
      RefusedOn({6, 1, 1}, 1, 0),
      ElementsAre("batch-channel", "batch-instance", "batch-renorm", "evonorm-b0", "extended-batch",
                  "ghost-batch", "l1-batch", "mean-only-batch", "switchable"))
      << "of a lone value less itself nothing is left";
  EXPECT_THAT(RefusedOn({3, 1, 1}, 64, 0), ElementsAre("batch-channel", "batch-instance",
                                                       "evonorm-b0", "evonorm-s0", "switchable"));
  EXPECT_THAT(RefusedOn({1, 5, 3}, 64, 0), ElementsAre("pono"));
}

TEST(Zoo, IsWarnedOfWhereAnotherReductionIsOfOneValue) {
  const auto warned = [&](int images) {
    const Attributes attributes = {{"groups", 3}, {"ghost", 0}, {"eps", 1e-5}, {"momentum", 0.1}};
    return MethodsOf([&](const Method& method) {
      const auto doubts = EquationDoubts(method, attributes, {6, 1, 1}, images);
      return doubts.empty() ? "" : doubts[0];
    });
  };
  EXPECT_THAT(warned(64), IsSupersetOf({"frn", "grn"}));
  EXPECT_THAT(warned(1), IsSupersetOf({"frn", "grn", "l1-batch", "mean-only-batch"}));
}

TEST(Zoo, NamesTheLayersGroupsWhereItDividesChannels) {
  std::vector<std::string_view> dividing;
  for (const NormMethod& method : NormMethods()) {
    if (method.operation.divides_channels) dividing.push_back(method.name);
  }
  EXPECT_THAT(dividing, ElementsAre("group", "batch-channel", "evonorm-s0"));
}

TEST(Zoo, GhostBatchesAreNamedByOneMethod) {
  EXPECT_EQ(MethodsOf([](const Method& method) {
              return std::string(NamesGhostBatches(method.equation) ? "named" : "");
            }),
            std::vector<std::string>{"ghost-batch"});
}

}  // namespace
}  // namespace normlab::equation
