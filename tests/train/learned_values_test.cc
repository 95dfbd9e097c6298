#include "train/learned_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/make_network.h"
#include "model/lower.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Shape kImageShape{1, 5, 3};
constexpr char kOwn[] =
    "share = exp(a[]) / (exp(a[]) + exp(b[]))\n"
    "m = avg[N H W](x)\n"
    "y = weight[C] * share * (x - m) + gate[C H W] * (1 - share)";

Architecture Under(const std::string& norm, const std::string& line = "C3 C3x3 c4 GAP c3!",
                   const std::string& weights = "none") {
  ModelOptions options;
  options.norm = norm;
  options.weights = weights;
  return ParseArchitecture(line, kImageShape, 3, options);
}

std::vector<std::string> Names(const std::vector<LearnedValue>& rows) {
  std::vector<std::string> names;
  for (const LearnedValue& row : rows) {
    names.push_back(row.layer + "." + row.part + "." + row.name + (row.is_statement ? "!" : ""));
  }
  return names;
}

// Parameter after parameter: 0, 1, 2, ... times a third within each.
template <class T>
std::vector<T> Filled(const Architecture& architecture) {
  const Plan plan = Lower(architecture);
  std::vector<T> values(plan.parameter_count());
  for (const ParameterInfo& info : plan.parameters) {
    for (std::size_t i = 0; i < info.size; ++i) {
      values[info.offset + i] = static_cast<T>(static_cast<double>(i) / 3);
    }
  }
  return values;
}

TEST(LearnedValues, HaveARowForEachValueOfEachLayerOnce) {
  const Architecture architecture = Under(kOwn);
  const std::vector<double> parameters = Filled<double>(architecture);
  const auto rows = LearnedProbe(architecture).Measure<double>(std::span(parameters));
  std::vector<std::string> expected;
  for (const char* layer : {"C1", "C2", "c3"}) {
    for (const char* name : {"share!", "a", "b", "weight", "gate"}) {
      expected.push_back(std::string(layer) + ".norm." + name);
    }
  }
  EXPECT_THAT(Names(rows), testing::ElementsAreArray(expected));
  EXPECT_EQ(rows[0].count, 1);
  EXPECT_EQ(rows[0].mean, 0.5) << "a and b are 0";
  EXPECT_EQ(rows[0].lowest, 0.5);
  EXPECT_EQ(rows[0].deviation, 0);
  const LearnedValue& weight = rows[3];  // 0, 1/3, 2/3
  EXPECT_EQ(weight.count, 3);
  EXPECT_NEAR(weight.mean, 1.0 / 3, 1e-15);
  EXPECT_NEAR(weight.deviation, std::sqrt(2.0 / 27), 1e-15);
  EXPECT_EQ(weight.lowest, 0);
  EXPECT_NEAR(weight.highest, 2.0 / 3, 1e-15);
  EXPECT_EQ(rows[4].count, 45);
  EXPECT_NEAR(rows[4].mean, 44.0 / 6, 1e-13);
  EXPECT_EQ(rows[9].count, 45) << "one, though it is applied three times";
}

TEST(LearnedValues, AStatementIsMadeOfItsOwnLayersValues) {
  const Architecture architecture = Under(kOwn);
  const Plan plan = Lower(architecture);
  std::vector<float> parameters(plan.parameter_count());
  for (const ParameterInfo& info : plan.parameters) {
    if (info.name == "C2.norm.a") parameters[info.offset] = 0.75f;
    if (info.name == "c3.norm.b") parameters[info.offset] = -2;
  }
  const auto rows = LearnedProbe(architecture).Measure<float>(std::span(parameters));
  EXPECT_EQ(rows[0].mean, 0.5);
  EXPECT_NEAR(rows[5].mean, 1 / (1 + std::exp(-0.75)), 1e-15) << "in float64";
  EXPECT_NEAR(rows[10].mean, 1 / (1 + std::exp(-2.0)), 1e-15);
}

TEST(LearnedValues, OfAShippedMethodThatHasARoomOfItsOwn) {
  const Architecture architecture = Under("batch", "C3 GAP c3!");
  const std::vector<float> parameters = Filled<float>(architecture);
  const LearnedProbe probe(architecture);
  EXPECT_THAT(Names(probe.Measure<float>(std::span(parameters))),
              ElementsAre("C1.norm.weight", "C1.norm.bias"));
}

TEST(LearnedValues, OfAMethodOnTheWeightsAreWhatItLearnsBesideTheFilter) {
  const Architecture architecture = Under("none", "C3 C3x2 GAP c3!", "weight-norm");
  const std::vector<float> parameters = Filled<float>(architecture);
  const auto rows = LearnedProbe(architecture).Measure<float>(std::span(parameters));
  EXPECT_THAT(Names(rows), ElementsAre("C1.conv.gain", "C2.conv.gain"));
  EXPECT_EQ(rows[1].count, 3);
}

TEST(LearnedValues, WithoutAnyThereIsNothing) {
  const Architecture architecture = Under("none");
  const LearnedProbe probe(architecture);
  EXPECT_TRUE(probe.empty());
  const std::vector<float> parameters = Filled<float>(architecture);
  EXPECT_THAT(probe.Measure<float>(std::span(parameters)), IsEmpty());
}

}  // namespace
}  // namespace normlab
