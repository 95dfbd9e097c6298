#include "summary/plan_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/text.h"
#include "model/architecture.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Architecture Parse(const std::string& norm, const std::string& order = "conv-relu-norm-dropout",
                   double dropout = 0.25) {
  ModelOptions options;
  options.norm = norm;
  options.order = ParseOrder(order);
  options.dropout = dropout;
  return ParseArchitecture("P C8 C8x2 A2 C6! GAP c4!", {3, 16, 12}, 4, options);
}

Architecture UnderBatchNorm(const std::string& line, const std::string& order = {}) {
  ModelOptions options;
  options.norm = FindNormMethod("batch");
  if (!order.empty()) options.order = ParseOrder(order);
  return ParseArchitecture(line, {3, 8, 8}, 4, options);
}

// The line of a section whose first word is `name`, as words.
std::vector<std::string> Row(const std::string& text, const std::string& section,
                             const std::string& name) {
  std::istringstream stream(text.substr(text.find("\n" + section) + 1));
  for (std::string line; std::getline(stream, line) && !line.empty();) {
    const std::vector<std::string> words = SplitWords(line);
    if (words.front() == name) return words;
  }
  return {};
}

TEST(PlanText, NamesEveryValueParameterStateAndOperation) {
  for (const std::string& norm : NormNames()) {
    const Architecture architecture = Parse(norm);
    const std::string text = "\n" + PlanText(*architecture.plan, BestSimd());
    for (const PlanValue& value : architecture.plan->values) {
      EXPECT_FALSE(Row(text, "values", value.name).empty()) << norm << ", " << value.name;
    }
    for (const ParameterInfo& info : architecture.plan->parameters) {
      EXPECT_FALSE(Row(text, "parameters", info.name).empty()) << norm << ", " << info.name;
    }
    for (const BufferInfo& info : architecture.plan->buffers) {
      EXPECT_FALSE(Row(text, "states", info.name).empty()) << norm << ", " << info.name;
    }
    for (const PlanOperation& operation : architecture.plan->operations) {
      const std::string& output =
          architecture.plan->values[static_cast<std::size_t>(operation.output)].name;
      EXPECT_FALSE(Row(text, "operations", output).empty()) << norm << ", " << output;
    }
  }
}

TEST(PlanText, SaysHowOftenATrainingWaits) {
  // Three normalizations (one of them applied twice), each way.
  EXPECT_THAT(PlanText(*Parse("batch").plan, BestSimd()),
              HasSubstr("A training pass waits 6 times for all blocks of a batch"));
  EXPECT_THAT(PlanText(*Parse("layer").plan, BestSimd()),
              HasSubstr("No pass waits for all blocks of a batch."));
}

TEST(PlanText, ForProgramsEverySectionIsAListAlsoWithoutStates) {
  const auto json = PlanJson(*Parse("layer").plan, BestSimd());
  for (const char* section : {"values", "parameters", "operations"}) {
    EXPECT_FALSE(json.at(section).empty()) << section;
  }
  EXPECT_EQ(json.at("states"), nlohmann::ordered_json::array());
  EXPECT_THAT(PlanText(*Parse("layer").plan, BestSimd()), Not(HasSubstr("states (")));
  EXPECT_EQ(PlanJson(*Parse("batch").plan, BestSimd()).at("training_waits"), 6);
}

TEST(PlanText, SaysWhatAFusionDid) {
  const std::string text =
      "\n" + PlanText(*Parse("layer", "conv-relu-dropout-norm").plan, BestSimd());
  EXPECT_THAT(Join(Row(text, "operations", "C1.conv"), " "), HasSubstr("stores max(0, y)"));
  EXPECT_THAT(Join(Row(text, "operations", "C1.relu"), " "),
              HasSubstr("forward done by its writer; backward done by another"));
  EXPECT_THAT(Join(Row(text, "operations", "C1.norm"), " "),
              HasSubstr("gates its gradient x 1.33333"));
  EXPECT_THAT(Join(Row(text, "values", "C1.relu"), " "), HasSubstr("written over C1.conv"));
  EXPECT_EQ(Row(text, "values", "P1")[3], "none")
      << "nothing before the first weights has a gradient";
}

TEST(PlanText, SaysWhatReadersDoOfANormalizationAndTheReluBehindIt) {
  const Architecture network = UnderBatchNorm("C4 c4 GAP c4!", "conv-norm-relu-dropout");
  const std::string text = "\n" + PlanText(*network.plan, BestSimd());
  EXPECT_THAT(Join(Row(text, "values", "C1.norm"), " "), HasSubstr("normalized by its readers"));
  EXPECT_THAT(Join(Row(text, "values", "C1.relu"), " "),
              HasSubstr("normalized, rectified by its readers"));
  EXPECT_THAT(Join(Row(text, "operations", "C1.norm"), " "),
              HasSubstr("gates its output's gradient"));
  EXPECT_THAT(Join(Row(text, "operations", "C1.relu"), " "),
              HasSubstr("forward done by its readers; backward done by another"));
}

TEST(PlanText, SaysWhoseGradientANormalizationRoutes) {
  const Architecture network = UnderBatchNorm("C4 P C4 GAP c4!");
  const std::string text = "\n" + PlanText(*network.plan, BestSimd());
  EXPECT_THAT(Join(Row(text, "values", "C1.norm"), " "), HasSubstr("routed from P1"));
  EXPECT_THAT(Join(Row(text, "operations", "C1.norm"), " "),
              HasSubstr("routes its pool's gradient"));
  EXPECT_THAT(Join(Row(text, "operations", "P1"), " "), HasSubstr("backward done by another"));
}

TEST(PlanText, SaysWhoAddsToAGradientAndGatesTheSum) {
  const Architecture network =
      UnderBatchNorm("C16 ( C16 C16 )+ ( C16 C16 )+ GAP c4!", "conv-norm-relu-dropout");
  const std::string text = "\n" + PlanText(*network.plan, Simd::kAvx2);
  EXPECT_THAT(Join(Row(text, "operations", "C4.conv"), " "),
              HasSubstr("adds to its input's gradient; gates its gradient"));
  EXPECT_THAT(Join(Row(text, "operations", "sum1.relu"), " "),
              AllOf(HasSubstr("backward done by another"), Not(HasSubstr("gates"))));
}

}  // namespace
}  // namespace normlab
