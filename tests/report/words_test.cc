// Escaping, the table of results, and labels that must not lie on each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/escape.h"
#include "base/philox.h"
#include "random_run.h"
#include "report/figures/label_layout.h"
#include "report/readme/results_table.h"
#include "report/summary/summary.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Escape, PlainLineKeepsOnlyUtf8Characters) {
  EXPECT_EQ(PlainLine("a\tb\nc\x7f"), "a b c ");
  EXPECT_EQ(PlainLine("é ± 汉 \xF0\x9F\x98\x80"), "é ± 汉 \xF0\x9F\x98\x80");
  EXPECT_EQ(PlainLine("\xC0\xAF"), "??");            // overlong
  EXPECT_EQ(PlainLine("\xED\xA0\x80"), "???");       // a surrogate
  EXPECT_EQ(PlainLine("\xF4\x90\x80\x80"), "????");  // above U+10FFFF
  EXPECT_EQ(PlainLine("\xEF\xBF\xBF"), "???");       // no character
  EXPECT_EQ(PlainLine("\xE2\x82"), "??");            // cut off
  EXPECT_EQ(PlainLine("\xC2\x85"), " ");             // a control character of two bytes
}

TEST(Escape, ShortenedCountsCharacters) {
  EXPECT_EQ(Shortened("ééé", 3), "ééé");
  EXPECT_EQ(Shortened("éééé", 3), "éé…");
  EXPECT_EQ(CharacterCount("é汉a"), 3u);
}

TEST(Escape, EveryLanguageHasItsQuotes) {
  EXPECT_EQ(MarkdownText("a|b<c>&*d*"), "a\\|b&lt;c&gt;&amp;\\*d\\*");
  EXPECT_EQ(GnuplotString("it's `x` \"y\" \\n"), "'it''s `x` \"y\" \\n'");
  EXPECT_EQ(GnuplotString("a]]>b]>"), "'a]] >b]>'");
  // gnuplot takes ''' for the end of an empty string.
  EXPECT_EQ(GnuplotString("''x'"), "\"'\".\"'\".'x'''");
  EXPECT_EQ(GnuplotString("'"), "\"'\".''");
  EXPECT_EQ(GnuplotString(""), "''");
  // Nor does it take more than one quote within.
  EXPECT_EQ(GnuplotString("a'''b"), "'a'.\"'''\".'b'");
  EXPECT_EQ(GnuplotString("a''"), "'a'.\"''\".''");
  EXPECT_EQ(CsvField("a, \"b\""), "\"a, \"\"b\"\"\"");
  EXPECT_EQ(CsvField("plain"), "plain");
  EXPECT_EQ(LinkTarget("a b/(c).é"), "a%20b/%28c%29.%C3%A9");
  EXPECT_EQ(FileStem("batch (l2 = 0.001)"), "batch-l2-0.001");
  EXPECT_EQ(FileStem("../../etc"), "etc");
  EXPECT_EQ(FileStem("**"), "model");
}

// For random wishes: order kept, gaps kept, inside the bounds; and nothing moves that need not.
TEST(LabelLayout, KeepsLabelsApart) {
  RandomStream stream(5, Purpose::kSamples, 0, 0);
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = 1 + stream.Below(14);
    std::vector<double> wanted;
    for (std::size_t i = 0; i < n; ++i) {
      wanted.push_back(stream.Below(2) ? stream.Uniform() : 0.1 * stream.Below(11));
    }
    const double gap = stream.Uniform(0.01, 0.12);
    const double kept = std::min(gap, n > 1 ? 1.0 / static_cast<double>(n - 1) : gap);
    const std::vector<double> places = SpreadLabels(wanted, gap, 0, 1);
    ASSERT_EQ(places.size(), n);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_GE(places[i], -1e-9);
      EXPECT_LE(places[i], 1 + 1e-9);
      bool crowded = false;
      for (std::size_t j = 0; j < n; ++j) {
        if (i == j) continue;
        EXPECT_GE(std::abs(places[i] - places[j]), kept - 1e-9);
        if (wanted[i] < wanted[j]) {
          EXPECT_LT(places[i], places[j]);
        }
        crowded = crowded || std::abs(wanted[i] - wanted[j]) < gap * static_cast<double>(n + 1);
      }
      if (!crowded) {
        EXPECT_NEAR(places[i], wanted[i], 1e-9);
      }
    }
  }
}

TEST(LabelLayout, TwoAtOnePlaceMoveEquallyFar) {
  EXPECT_THAT(SpreadLabels({0.5, 0.5}, 0.1, 0, 1),
              ElementsAre(testing::DoubleEq(0.45), testing::DoubleEq(0.55)));
  EXPECT_THAT(SpreadLabels({1, 1}, 0.1, 0, 1), ElementsAre(0.9, 1));
}

TEST(ResultsTable, DivergedSeedsAreNotInTheMean) {
  const Dataset dataset = RandomDataset(1, {1, 4, 4}, {"a", "b"});
  ArmRecord one = RandomArm(1, "batch", dataset, 1, 0), two = RandomArm(2, "batch", dataset, 1, 0);
  ArmRecord lost = RandomArm(3, "batch", dataset, 1, 0);
  one.metrics[0].test_accuracy = 90;
  two.metrics[0].test_accuracy = 92;
  lost.metrics[0].test_accuracy = 10;
  lost.state = "diverged";
  const std::string table = ResultsTable(RandomRun("", dataset, {one, two, lost}));
  EXPECT_THAT(table, HasSubstr("2 of 3"));
  EXPECT_THAT(table, HasSubstr("91.00 ± 1.41"));
  EXPECT_THAT(table, HasSubstr("batch, seed 3: diverged after 1 whole epochs"));
}

TEST(ResultsTable, ColumnsAreAligned) {
  const Dataset dataset = RandomDataset(1, {1, 4, 4}, {"a", "b"});
  const std::string table = ResultsTable(RandomRun(
      "", dataset,
      {RandomArm(1, "é", dataset, 3, 0), RandomArm(12345, "a long label", dataset, 11, 0)}));
  const std::size_t first = table.find('\n'), second = table.find('\n', first + 1),
                    third = table.find('\n', second + 1);
  EXPECT_EQ(CharacterCount(table.substr(0, first)),
            CharacterCount(table.substr(first + 1, second - first - 1)));
  EXPECT_EQ(CharacterCount(table.substr(0, first)),
            CharacterCount(table.substr(second + 1, third - second - 1)));
}

}  // namespace
}  // namespace normlab
