// The forms of a summary: what a terminal, a report and a program are given.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "summary/json.h"
#include "summary/markdown.h"
#include "summary/text.h"
#include "summary/words.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

Summary SummaryOf(const std::string& model, const std::vector<std::string>& norms,
                  Shape input = {3, 32, 32}) {
  SummaryOptions options;
  options.model = model;
  options.dataset = "cifar10";
  options.input = input;
  options.classes = 10;
  options.norms = norms;
  options.batch = 64;
  return Summarize(options);
}

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Words, RoundedMillionsAndMegabytes) {
  EXPECT_EQ(Millions(8'130'880), "8.13");
  EXPECT_EQ(Millions(1'995'000), "2.00");
  EXPECT_EQ(Millions(0), "0.00");
  EXPECT_EQ(Megabytes(1'234'567'890'000), "1,234,567.89");
  EXPECT_EQ(PixelsText(28, 28), "28");
  EXPECT_EQ(PixelsText(34, 26), "34x26");
}

// torchinfo's names, for those who look for them. Its sizes for batches of 17 are 18,941,264 and
// 148,560 bytes (make_summary_golden.py); of 64 images 71,308,288, and their pixels are 786,432.
TEST(SummaryText, HasTorchinfosColumnsAndTotals) {
  const std::string text = SummaryText(SummaryOf("cifar-37k", {"batch"}), false);
  for (const char* name :
       {"Layer (type:depth-idx)", "Kernel Shape", "Input Shape", "Output Shape", "Param #",
        "Mult-Adds", "Total params: 37,140\n", "Trainable params: 37,140\n",
        "Non-trainable params: 0\n", "Total mult-adds (M): 8.13\n", "Input size (MB): 0.79\n",
        "Forward/backward pass size (MB): 71.31\n", "Params size (MB): 0.15\n",
        "Estimated Total Size (MB): 72.24\n", "Params counted at every call: 42,372\n"}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
  EXPECT_THAT(text, HasSubstr("├─Block (C4): 1-6"));
  EXPECT_THAT(text, HasSubstr("├─Block (C4): 1-7"));
  EXPECT_THAT(text, HasSubstr("└─Block (c10): 1-15"));
  EXPECT_THAT(text, HasSubstr("\n     └─Conv2d (conv): 2-32 "));
  EXPECT_THAT(text, Not(HasSubstr("Normalization  ")));
}

TEST(SummaryText, BareLayersAndOneCallHaveNothingToRepeat) {
  const std::string text = SummaryText(SummaryOf("C16! GAP c10!", {"batch"}), false);
  EXPECT_THAT(text, Not(HasSubstr("recursive)  ")));
  EXPECT_THAT(text, Not(HasSubstr("at every call")));
  EXPECT_THAT(text, Not(HasSubstr("Statistic over  "))) << "no column without a normalization";
}

TEST(SummaryText, AsciiHasNoOtherCharacters) {
  const Summary summary = SummaryOf("cifar-37k", NormNames());
  const auto plain = [](unsigned char byte) { return byte < 0x80; };
  EXPECT_TRUE(std::ranges::all_of(SummaryText(summary, true), plain));
  EXPECT_FALSE(std::ranges::all_of(SummaryText(summary, false), plain));
  EXPECT_THAT(SummaryText(summary, true), HasSubstr("|    + ReLU (relu): 2-2"));
}

TEST(SummaryText, SaysWhatStatisticsDoToTheReceptiveField) {
  const auto text = [](const char* norm) {
    return SummaryText(SummaryOf("C16 P C16! GAP c10!", {norm}), false);
  };
  EXPECT_THAT(text("group"), HasSubstr("every value behind the normalization of C1 depends on the "
                                       "whole image, not on its receptive field alone.\n"));
  EXPECT_THAT(text("batch"),
              HasSubstr("whole batch, not on its receptive field alone; in "
                        "evaluation, with running statistics, on its receptive field "
                        "alone.\n"));
  EXPECT_THAT(text("layer-channels"), HasSubstr("a value depends on its receptive field alone.\n"));
  EXPECT_THAT(text("none"), HasSubstr("a value depends on its receptive field alone.\n"));
}

TEST(SummaryText, SeveralNormalizationsStandSideBySide) {
  const std::vector<std::string> norms = {
      "none", "batch", "layer", "layer-elementwise", "layer-channels", "group", "instance", "rms"};
  const std::string text = SummaryText(SummaryOf("mnist-8k", norms, {1, 28, 28}), false);
  EXPECT_THAT(text, HasSubstr("Batch normalization, in PyTorch nn.BatchNorm2d(C): one mean"));
  EXPECT_THAT(text, HasSubstr("instance is not possible: model: layer c7 'c16'"));
  EXPECT_THAT(text, ContainsRegex("\ninstance +one channel of one image +-- +--"));
  EXPECT_THAT(text, ContainsRegex("\nC1 +8x26x26 +43,264 +5,408 +5,408 +8 +2,704 +5,408\n"));
  EXPECT_THAT(text, ContainsRegex("\nwarning: group: few values enter one statistic in c7"));
}

TEST(SummaryMarkdown, EveryRowOfATableHasItsColumns) {
  const std::string text = SummaryMarkdown(SummaryOf("cifar-37k", NormNames()), 3);
  EXPECT_THAT(text, StartsWith("### cifar-37k: C12 C16"));
  EXPECT_THAT(text, HasSubstr("\n#### Normalizations\n"));
  EXPECT_THAT(text, HasSubstr("\n#### Warnings\n"));
  EXPECT_THAT(text, HasSubstr("\u00A0└─Conv2d (conv): 2-32"));
  std::ptrdiff_t bars = 0;
  int tables = 0;
  for (const std::string& line : Lines(text)) {
    const std::ptrdiff_t here = std::ranges::count(line, '|');
    if (here > 0 && bars > 0) {
      EXPECT_EQ(here, bars) << line;
    }
    if (here > 0 && bars == 0) ++tables;
    bars = here;
  }
  EXPECT_EQ(tables, 3);
}

TEST(SummaryJson, IsTheSummary) {
  const Summary summary = SummaryOf("mnist-8k", NormNames(), {1, 28, 28});
  const Json json = Json::parse(SummaryJson(summary, "1.2.3"));
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["normlab"], "1.2.3");
  EXPECT_EQ(json["model"]["preset"], "mnist-8k");
  EXPECT_EQ(json["model"]["multiply_adds"], 1'076'672);
  EXPECT_EQ(json["layers"].size(), 10u);
  EXPECT_EQ(json["layers"][6]["receptive_fields"][0]["extent"], Json({18, 18}));
  EXPECT_EQ(json["layers"][7]["receptive_fields"][0]["extent"], Json({28, 28}));
  EXPECT_EQ(json["layers"][7]["receptive_fields"][0]["jump"], Json({12, 12}));
  ASSERT_EQ(json["normalizations"].size(), NormNames().size());
  for (std::size_t i = 0; i < summary.norms.size(); ++i) {
    const Json& norm = json["normalizations"][i];
    EXPECT_EQ(norm["name"], summary.norms[i].method->name);
    EXPECT_EQ(norm["refusal"].is_null(), summary.norms[i].possible());
    if (!summary.norms[i].possible()) continue;
    EXPECT_EQ(norm["parameters"], summary.norms[i].parameters);
    EXPECT_EQ(norm["statistics"].size(), summary.norms[i].layers.size());
    EXPECT_EQ(norm["training_bytes"]["sum"], summary.norms[i].training.sum());
  }
  EXPECT_EQ(json["warnings"].size(), summary.warnings.size());
}

// 256 layers, each applied 64 times, are 16,384 calls.
TEST(SummaryText, OfTheLongestLineThatIsAllowed) {
  std::string line = "c1";
  for (int i = 0; i < 253; ++i) line += " C1x64";
  const Summary summary = SummaryOf(line + " GAP c10!", NormNames());
  EXPECT_EQ(summary.layers.size(), 256u);
  EXPECT_EQ(summary.layers[253].fields.back().rows.extent, 1 + 2 * 64 * 253);
  EXPECT_THAT(SummaryText(summary, false), HasSubstr("Block (c255): 1-16195"));
  EXPECT_LT(SummaryJson(summary, "").size(), 20'000'000u);
}

}  // namespace
}  // namespace normlab
