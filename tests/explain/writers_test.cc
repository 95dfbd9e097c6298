// What the writers show is what was computed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "base/html.h"
#include "explain/comparison.h"
#include "explain/json_writer.h"
#include "explain/markdown_writer.h"
#include "explain/page_writer.h"
#include "explain/sentences.h"
#include "explain/text_writer.h"
#include "explain/values_file.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

WorkedExample Example(std::string_view norm, int images = 2, Shape shape = {4, 2, 2},
                      bool training = true, int groups = 2) {
  ExampleInput input;
  input.method = &FindNormMethod(norm);
  input.images = images;
  input.shape = shape;
  input.groups = groups;
  input.training = training;
  DrawExample(input, 1);
  return Work(input);
}

TEST(ExampleText, HoldsEveryPartForEveryMethod) {
  for (const NormMethod& method : MomentsMethods()) {
    for (const bool training : {true, false}) {
      const std::string text = ExampleText(Example(method.name, 2, {4, 2, 2}, training), false);
      EXPECT_THAT(
          text, AllOf(HasSubstr(std::string(method.title)), HasSubstr(std::string(method.pytorch)),
                      HasSubstr("y[0,0,0,0] = "), HasSubstr("dx[0,0,0,0] = "),
                      HasSubstr("Largest difference"), Not(HasSubstr("\x1b")),
                      Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
      EXPECT_EQ(text.find(" \n"), std::string::npos) << "trailing space";
      EXPECT_EQ(text.find("running_var[3] = ") != std::string::npos,
                method.running_statistics && training);
    }
  }
}

// x = 1 3 | 2 10 by hand: means 2 and 6, variances 1 and 16.
TEST(ExampleText, WritesTheSumsOutInFull) {
  ExampleInput input;
  input.method = &FindNormMethod("batch");
  input.images = 1;
  input.shape = {2, 1, 2};
  input.eps = 3;
  input.x = {1, 3, 2, -10};
  input.dy = {1, 0, 0, -1};
  input.gamma = {2, 3};
  input.beta = {-1, 1};
  input.running_mean = {10, 0};
  input.running_var = {4, 1};
  const std::string text = ExampleText(Work(input), false);
  EXPECT_THAT(text, HasSubstr("(1 + 3) / 2 = 4 / 2 = 2"));
  EXPECT_THAT(text, HasSubstr("(1 + 1) / 2 = 2 / 2 = 1"));
  EXPECT_THAT(text, HasSubstr("unbiased  2 / (2 - 1) = 2"));
  EXPECT_THAT(text, HasSubstr("deviation sqrt(1 + 3) = 2"));
  EXPECT_THAT(text, HasSubstr("(2 - 10) / 2 = -8 / 2 = -4"));
  EXPECT_THAT(text, HasSubstr("= 2 * (1 - 2) / 2 + (-1) = -2"));
  EXPECT_THAT(text, HasSubstr("running_mean[0] = (1 - 0.1) * 10 + 0.1 * 2 = 9.2"));
  EXPECT_THAT(text, HasSubstr("running_var[0] = (1 - 0.1) * 4 + 0.1 * 2 = 3.8"));
  // g = 2 0, mean 1; xh = -0.5 0.5, mean of g xh = -0.5.
  EXPECT_THAT(text, HasSubstr("(2 * 1 - 1 - (-0.5) * (-0.5)) / 2 = 0.375"));
  EXPECT_THAT(text, HasSubstr("dgamma[0] = sum of dy xh = -0.5 + 0 = -0.5"));
}

TEST(ExampleText, LettersAreThereWithAndWithoutColour) {
  const std::string plain = ExampleText(Example("batch"), false),
                    color = ExampleText(Example("batch"), true);
  EXPECT_THAT(plain, HasSubstr("-4 A -1 A"));
  EXPECT_THAT(color, HasSubstr("\x1b[30;48;5;153m -4 A\x1b[0m\x1b[30;48;5;153m -1 A\x1b[0m"));
}

TEST(ExampleText, AbbreviatesLargeTensorsAndSaysSo) {
  const std::string text = ExampleText(Example("instance", 3, {8, 16, 16}), false);
  EXPECT_THAT(text,
              HasSubstr("Printed are the first 2x4x4x6 of 3x8x16x16 values, and the first 8 of 24 "
                        "statistics; --json writes"));
  std::istringstream lines(text);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_LT(line.size(), 400u);
  EXPECT_LT(count, 300);
}

TEST(ExampleJson, GivenBackAsValuesGivesTheSame) {
  for (const NormMethod& method : MomentsMethods()) {
    for (const bool training : {true, false}) {
      const WorkedExample example = Example(method.name, 3, {4, 3, 2}, training);
      const std::string json = JsonDocument(ExampleJson(example));
      ExampleInput again;
      again.method = &method;
      again.groups = 2;
      again.training = training;
      TakeExampleValues(ParseExampleValues(json, "json"), FitValues::kExactly, 99, again);
      EXPECT_EQ(JsonDocument(ExampleJson(Work(again))), json) << method.name;
    }
  }
}

TEST(ExampleJson, HasEveryArrayInItsShape) {
  const nlohmann::ordered_json json = ExampleJson(Example("batch"));
  for (const char* key : {"y", "normalized", "dx"}) {
    EXPECT_EQ(json[key].size(), 2u);
    EXPECT_EQ(json[key][0].size(), 4u);
    EXPECT_EQ(json[key][0][0][0].size(), 2u);
  }
  EXPECT_EQ(json["mean"].size(), 1u);
  EXPECT_EQ(json["mean"][0].size(), 4u);
  for (const char* key : {"running_mean", "running_var", "dgamma", "dbeta"})
    EXPECT_EQ(json[key].size(), 4u);
  EXPECT_EQ(ExampleJson(Example("layer-elementwise"))["dgamma"][3][1].size(), 2u);
  EXPECT_TRUE(ExampleJson(Example("rms"))["mean"].is_null());
  EXPECT_TRUE(ExampleJson(Example("none"))["var"].is_null());
}

TEST(ExampleMarkdown, TablesHaveEqualRows) {
  for (const NormMethod& method : MomentsMethods()) {
    for (const bool training : {true, false}) {
      std::istringstream lines(ExampleMarkdown(Example(method.name, 2, {4, 2, 2}, training)));
      std::ptrdiff_t bars = 0;
      int rows = 0;
      for (std::string line; std::getline(lines, line);) {
        const bool row = line.starts_with("|");
        const std::ptrdiff_t count = std::count(line.begin(), line.end(), '|');
        if (row && bars > 0) {
          EXPECT_EQ(count, bars) << line;
        }
        bars = row ? count : 0;
        rows += row;
      }
      EXPECT_GT(rows, 20);
    }
  }
}

TEST(NormComparison, OfLayerAndGroupOfOneNeverDiffers) {
  const NormComparison same =
      CompareNorms(Example("layer"), Example("group", 2, {4, 2, 2}, true, 1));
  EXPECT_TRUE(same.differing.empty());
  EXPECT_THAT(same.reason, HasSubstr("exactly the values of one statistic of group with G = 1"));
}

TEST(NormComparison, OfBatchAndInstancePartsWithTwoImagesOnly) {
  EXPECT_TRUE(CompareNorms(Example("batch", 1), Example("instance", 1)).differing.empty());
  const NormComparison two = CompareNorms(Example("batch"), Example("instance"));
  ASSERT_FALSE(two.differing.empty());
  EXPECT_TRUE(two.reason.empty());
  const std::string text = ComparisonText(two, false);
  EXPECT_THAT(text, HasSubstr("shares A with all images, channel 0, all pixels (8 values)"));
  EXPECT_THAT(text, HasSubstr("shares A with image 0, channel 0, all pixels (4 values)"));
  EXPECT_EQ(ComparisonJson(two)["differing"].size(), two.differing.size());
  EXPECT_THAT(ComparisonMarkdown(two), HasSubstr("| [0,0,0,0] | "));
}

TEST(NormComparison, OfOneMethodSaysSo) {
  EXPECT_THAT(CompareNorms(Example("rms"), Example("rms")).reason, HasSubstr("same method"));
}

// A constant tensor: over whatever cells the statistics are, every value is its mean.
TEST(NormComparison, TellsEqualNumbersFromEqualStatistics) {
  ExampleInput a = Example("layer").input, b = Example("instance").input;
  a.x.assign(a.x.size(), 3);
  b.x = a.x;
  const NormComparison comparison = CompareNorms(Work(a), Work(b));
  EXPECT_TRUE(comparison.differing.empty());
  EXPECT_THAT(comparison.reason, HasSubstr("different statistics"));
}

TEST(ExamplePage, HoldsEveryMethodAndNamesNothingOutside) {
  const std::string page = ExamplePage(Example("batch"));
  for (const NormMethod& method : MomentsMethods()) {
    EXPECT_THAT(page, HasSubstr("\"name\":\"" + std::string(method.name) + "\""));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe")));
  for (const char* outside : {"http:", "https:", "//cdn", "url(", "@import", " src=", "{{"}) {
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  }
}

TEST(ExamplePage, LetsNoMarkupOutOfItsData) {
  EXPECT_THAT(ExamplePage(Example("batch")),
              HasSubstr(ScriptSafe(ExamplePageData(Example("batch")))));
}

TEST(ExamplePage, RefusesMoreValuesThanAPageCanShow) {
  EXPECT_THROW(ExamplePage(Example("batch", 2, {4, 8, 8})), UsageError);
}

TEST(Numbers, HaveSixDigitsAndNoNegativeZero) {
  EXPECT_EQ(NumberText(-0.0), "0");
  EXPECT_EQ(NumberText(1.0 / 3), "0.333333");
  EXPECT_EQ(NumberText(-12), "-12");
}

TEST(Wrapping, KeepsWordsAndWidth) {
  EXPECT_EQ(Wrapped("aa bb cc", 5), "aa bb\ncc\n");
  EXPECT_EQ(Wrapped("\naa", 5), "\naa\n");
}

}  // namespace
}  // namespace normlab
