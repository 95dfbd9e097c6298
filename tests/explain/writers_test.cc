// What the writers show is what was computed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "base/html.h"
#include "explain/comparison.h"
#include "explain/json_writer.h"
#include "explain/page_writer.h"
#include "explain/values_file.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

WorkedExample Example(std::string_view norm, int images = 2, int channels = 4, int size = 2,
                      bool training = true, int groups = 2) {
  ExampleInput input;
  input.method = &FindNormMethod(norm);
  input.extents = {.images = images,
                   .ghost = DefaultGhost(images),
                   .channels = channels,
                   .groups = groups,
                   .rows = size,
                   .columns = size};
  input.training = training;
  DrawExample(input, 1);
  return Work(input);
}

std::string Text(const WorkedExample& example, bool color = false) {
  return ExampleAccount(example).Text(color);
}

TEST(ExampleText, HoldsEveryStepOfEveryMethod) {
  for (const NormMethod& method : NormMethods()) {
    for (const bool training : {true, false}) {
      const WorkedExample example = Example(method.name, 2, 4, 2, training);
      const std::string text = Text(example);
      std::string words = text;
      std::ranges::replace(words, '\n', ' ');
      EXPECT_THAT(
          words, AllOf(HasSubstr(std::string(method.title)), HasSubstr(std::string(method.pytorch)),
                       HasSubstr("dx[0,0,0,0] = "), HasSubstr("Largest difference"),
                       Not(HasSubstr("\x1b")), Not(HasSubstr("= nan")), Not(HasSubstr("= inf"))));
      for (const WorkedStep& step : example.steps) {
        EXPECT_THAT(text, HasSubstr("\n" + step.text + "\n"));
        if (!step.gradient.values.empty() && step.name != "y") {
          EXPECT_THAT(text, HasSubstr("\nd" + step.name + "\n"));
        }
      }
      EXPECT_EQ(text.find(" \n"), std::string::npos) << "trailing space";
      EXPECT_EQ(text.find("Running values after") != std::string::npos,
                method.running_statistics && training)
          << method.name;
    }
  }
}

// x = 1 3 | 2 -10 by hand: means 2 and -4, variances 1 and 36.
TEST(ExampleText, WritesTheSumsOutInFull) {
  ExampleInput input;
  input.method = &FindNormMethod("batch");
  input.extents = {.images = 1, .channels = 2, .rows = 1, .columns = 2};
  input.constants.eps = 3;
  input.x = {1, 3, 2, -10};
  input.dy = {1, 0, 0, -1};
  input.learned = {{2, 3}, {-1, 1}};
  input.running = {{10, 0}, {4, 1}, {}};
  const std::string text = Text(Work(input));
  EXPECT_THAT(text, HasSubstr("m[0] = (1 + 3) / 2 = 4 / 2 = 2"));
  EXPECT_THAT(text, HasSubstr("squared distances from the mean, (1 + 3) / 2 = 4 / 2 = 2:"));
  EXPECT_THAT(text, HasSubstr("v[0] = (1 + 1) / 2 = 2 / 2 = 1"));
  EXPECT_THAT(text, HasSubstr("m[1] = (2 - 10) / 2 = -8 / 2 = -4"));
  EXPECT_THAT(text, HasSubstr("y[0,0,0,0] = weight[0] * (x[0,0,0,0] - m[0]) / sqrt(v[0] + eps) + "
                              "bias[0] = 2 * (1 - 2) / sqrt(1 + 3) + (-1) = -2"));
  EXPECT_THAT(text, HasSubstr("running_mean[0] = (1 - 0.1) * 10 + 0.1 * 2 = 9.2"));
  EXPECT_THAT(text, HasSubstr("running_var[0] = (1 - 0.1) * 4 + 0.1 * 2 = 3.8"));
  // dy weight / s = 1; dm = -1; dv = -dy weight (x - m) / (2 s^3) = 0.125, by 2 (x - m) / n.
  EXPECT_THAT(text, HasSubstr("dv[0] = 0.125 (through y)"));
  EXPECT_THAT(text, HasSubstr("dx[0,0,0,0] = 1 (through y) - 0.125 (through v) - 0.5 (through m) = "
                              "0.375 (complex step: 0.375)"));
  EXPECT_THAT(text, HasSubstr("dweight[0] = -0.5 (through y)"));
}

TEST(ExampleText, WritesEveryReductionOut) {
  ExampleInput input;
  input.method = &FindNormMethod(
      "a = sum[H W](x); b = max[H W](x); c = min[H W](x); d = norm[H W](x)\n"
      "y = x + a + b * c / d + avg[H W](x^2) + relu(-x)");
  input.extents = {.images = 1, .channels = 1, .rows = 1, .columns = 2};
  input.x = {-3, 4};
  input.dy = {1, 1};
  input.running.resize(5);
  const std::string text = Text(Work(input));
  EXPECT_THAT(text, HasSubstr("a[0,0] = -3 + 4 = 1"));
  EXPECT_THAT(text, HasSubstr("b[0,0] = max(-3, 4) = 4"));
  EXPECT_THAT(text, HasSubstr("c[0,0] = min(-3, 4) = -3"));
  EXPECT_THAT(text, HasSubstr("d[0,0] = sqrt(9 + 16) = sqrt(25) = 5"));
  EXPECT_THAT(text, HasSubstr("x[0,0,0,0]^2 = (-3)^2 = 9, and so on"));
  EXPECT_THAT(text, HasSubstr("avg[H W](x^2)[0,0] = (9 + 16) / 2 = 25 / 2 = 12.5"));
  EXPECT_THAT(text, HasSubstr("= -3 + 1 + 4 * (-3) / 5 + 12.5 + relu(-(-3)) = 11.1"));
}

TEST(ExampleText, LettersAreThereWithAndWithoutColour) {
  EXPECT_THAT(Text(Example("batch")), HasSubstr("-4 A -1 A"));
  EXPECT_THAT(Text(Example("batch"), true),
              HasSubstr("\x1b[30;48;5;153m -4 A\x1b[0m\x1b[30;48;5;153m -1 A\x1b[0m"));
}

TEST(ExampleText, AbbreviatesLargeTensorsAndSaysSo) {
  const std::string text = Text(Example("instance", 3, 8, 16));
  EXPECT_THAT(text, HasSubstr("Printed are the first 2x4x4x6 of 3x8x16x16 values"));
  std::istringstream lines(text);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_LT(line.size(), 400u);
  EXPECT_LT(count, 300);
}

TEST(ExampleJson, GivenBackAsValuesGivesTheSame) {
  std::vector<std::string> methods = NormNames();
  methods.push_back(
      "m = avg[M H W](x); y = (x - m) * alpha[] + tau[G] * ramp(0, 1, 0, 9) * dy[K H W]");
  for (const std::string& method : methods) {
    for (const bool training : {true, false}) {
      WorkedExample example = Example(method, 3, 4, 3, training);
      example.input.constants.step = 5;
      const std::string json = JsonDocument(ExampleJson(Work(example.input)));
      ExampleInput again;
      again.method = &FindNormMethod(method);
      again.extents.groups = 2;
      again.extents.ghost = 2;
      again.training = training;
      TakeExampleValues(ParseExampleValues(json, "json"), FitValues::kExactly, 99, again);
      EXPECT_EQ(JsonDocument(ExampleJson(Work(again))), json) << method;
    }
  }
}

TEST(ExampleJson, HasEveryArrayAlongItsAxes) {
  const nlohmann::ordered_json json = ExampleJson(Example("batch")), step = json["steps"][0];
  for (const auto& map : {json["y"], json["gradients"]["x"], step["pools"]["statistic_of"]}) {
    EXPECT_EQ(map.size(), 2u);
    EXPECT_EQ(map[0].size(), 4u);
    EXPECT_EQ(map[0][0][0].size(), 2u);
  }
  EXPECT_EQ(step["axes"], "C");
  EXPECT_EQ(step["values"].size(), 4u);
  EXPECT_EQ(step["pools"]["counts"], (std::vector<int>{8, 8, 8, 8}));
  EXPECT_EQ(json["running"]["running_var"].size(), 4u);
  EXPECT_EQ(ExampleJson(Example("layer-elementwise"))["gradients"]["weight"][3][1].size(), 2u);
}

TEST(ExampleMarkdown, HoldsTheGridsOfTheTextInBlocksOfCode) {
  for (const NormMethod& method : NormMethods()) {
    const Account account = ExampleAccount(Example(method.name));
    const std::string text = account.Text(false), markdown = account.Markdown(2);
    EXPECT_TRUE(markdown.starts_with("## " + std::string(method.title)));
    std::istringstream lines(markdown);
    bool code = false;
    int rows = 0;
    for (std::string line; std::getline(lines, line);) {
      code ^= line.starts_with("```");
      if (!code || line.starts_with("```")) continue;
      EXPECT_THAT(text, HasSubstr(line + "\n"));
      ++rows;
    }
    EXPECT_FALSE(code);
    EXPECT_GT(rows, 20);
  }
}

TEST(ExampleMarkdown, KeepsAUsersWordsText) {
  const std::string text =
      ExampleAccount(Example("source = '<b>[a](b)'\nequation = 'y = x'\n")).Markdown(2);
  EXPECT_THAT(text, AllOf(Not(HasSubstr("<b>")), Not(HasSubstr("[a](b)"))));
}

TEST(NormComparison, OfLayerAndGroupOfOneNeverDiffers) {
  const NormComparison same = CompareNorms(Example("layer"), Example("group", 2, 4, 2, true, 1));
  EXPECT_TRUE(same.differing.empty());
  EXPECT_THAT(same.reason, HasSubstr("exactly the values of one statistic of group with G = 1"));
}

TEST(NormComparison, OfBatchAndInstancePartsWithTwoImagesOnly) {
  EXPECT_TRUE(CompareNorms(Example("batch", 1), Example("instance", 1)).differing.empty());
  const NormComparison two = CompareNorms(Example("batch"), Example("instance"));
  ASSERT_FALSE(two.differing.empty());
  EXPECT_TRUE(two.reason.empty());
  const std::string text = ComparisonAccount(two).Text(false);
  EXPECT_THAT(text, HasSubstr("over 8 values (channel 0, A)"));
  EXPECT_THAT(text, HasSubstr("over 4 values (image 0, channel 0, A)"));
  EXPECT_EQ(ComparisonJson(two)["differing"].size(), two.differing.size());
  EXPECT_THAT(ComparisonAccount(two).Markdown(2), HasSubstr("\nx[0,0,0,0] = "));
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
  for (const NormMethod& method : NormMethods()) {
    EXPECT_THAT(page, HasSubstr("\"name\":\"" + std::string(method.name) + "\""));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe")));
  for (const char* outside : {"http:", "https:", "//cdn", "url(", "@import", " src=", "{{"}) {
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  }
}

TEST(ExamplePage, LetsNoMarkupOutOfItsData) {
  const WorkedExample own =
      Example("source = '</script><img>'\nequation = 'y = x * a[C] # </script>'\n");
  EXPECT_THAT(ExamplePage(own), AllOf(HasSubstr(ScriptSafe(ExamplePageData(own))),
                                      Not(HasSubstr("<img>")), Not(HasSubstr("# </script>"))));
}

TEST(ExamplePage, RefusesMoreValuesThanAPageCanShow) {
  EXPECT_THROW(ExamplePage(Example("batch", 2, 8, 8)), UsageError);
}

}  // namespace
}  // namespace normlab
