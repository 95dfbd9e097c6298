// Words that no installed font holds: none of them reaches a picture.
#include "report/figures/picture_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "random_run.h"
#include "report/figures/contact_sheet.h"
#include "report/report.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kCat = "\u732B", kGrin = "\U0001F600", kThai = "\u0E01", kJoiner = "\u200D";
const GlyphSet kLatin("TrueType 20-7e a0-17f\nType 1 e01\nCFF 600-6ff\nbroken\nTrueType x-y 5-\n");

TEST(GlyphSet, ReadsRangesOfFontsThatPangoUses) {
  EXPECT_TRUE(kLatin.Has('A'));
  EXPECT_TRUE(kLatin.Has(0x17F));
  EXPECT_TRUE(kLatin.Has(0x627));
  EXPECT_FALSE(kLatin.Has(0xE01)) << "a Type 1 font";
  EXPECT_FALSE(kLatin.Has(0x732B));
  EXPECT_FALSE(kLatin.Has(0x7FFFFFFF));
}

TEST(PictureText, WritesTheNumberOfACharacterWithoutAGlyph) {
  EXPECT_EQ(PictureText("caf\u00E9 ^_{}@&~", &kLatin), "caf\u00E9 ^_{}@&~");
  EXPECT_EQ(PictureText("a" + kCat + kGrin + "b", &kLatin), "aU+732B U+1F600b");
  EXPECT_EQ(PictureText("\xff\n" + kCat, &kLatin), "? U+732B");
  EXPECT_EQ(PictureText(kCat, nullptr), kCat) << "nothing is known";
}

TEST(PictureText, LeavesOutWhatTurnsTheLine) {
  EXPECT_EQ(PictureText("\u202Etac\u202C\uFEFF", &kLatin), "tac");
  EXPECT_EQ(PictureText("\u0627" + kJoiner + "\u0628", &kLatin), "\u0627" + kJoiner + "\u0628");
  EXPECT_EQ(PictureText(kGrin + kJoiner + kGrin, &kLatin), "U+1F600 U+1F600");
}

TEST(PictureText, NumbersAClass) {
  EXPECT_EQ(PictureClass("cat", 3, &kLatin), "cat");
  EXPECT_EQ(PictureClass("cat " + kCat, 3, &kLatin), "class 3");
}

TEST(PictureText, NamesThePackagesThatWouldHelp) {
  EXPECT_EQ(FontAdvice({"cat", "dog"}, &kLatin), "");
  EXPECT_THAT(FontAdvice({kCat, kCat, "dog"}, &kLatin),
              AllOf(HasSubstr(kCat + ": "), HasSubstr("apt-get install fonts-noto-cjk)")));
  EXPECT_THAT(FontAdvice({kGrin, kThai}, &kLatin),
              HasSubstr("apt-get install fonts-noto-color-emoji fonts-noto-core)"));
  EXPECT_THAT(FontAdvice({"1" + kCat, "2" + kCat, "3" + kCat, "4" + kCat}, &kLatin),
              HasSubstr("3" + kCat + " and 1 more: "));
}

// A character of no language, which no font has, wherever a report takes words of its user's.
TEST(PictureText, NoScriptOfAReportHoldsWhatCannotBeDrawn) {
  if (InstalledGlyphs() == nullptr)
    NORMLAB_LEFT_OUT("fc-list is missing; apt-get install fontconfig");
  const std::string odd = "\U0010FFFD";
  const TemporaryFolder folder;
  Dataset dataset = RandomDataset(3, {1, 6, 5}, {odd, "two" + odd, "three"});
  dataset.title = "set " + odd;
  RunRecord run =
      RandomRun(folder.path(), dataset,
                {RandomArm(1, odd + " a", dataset, 8, 9), RandomArm(2, odd + " a", dataset, 8, 9),
                 RandomArm(1, "b " + odd, dataset, 8, 9)});
  run.recipe = odd;
  run.class_names = dataset.class_names;
  for (ArmRecord& arm : run.arms) {
    arm.norm = "batch";
    LayerStatistics row;
    row.epoch = 1;
    row.layer = odd;
    row.deviation_after = row.gradient_norm = 1;
    arm.layers = {row};
  }
  const auto warnings = WriteReport(run, {&dataset, "", nullptr});
  EXPECT_THAT(warnings, testing::Contains(HasSubstr("apt-get install fonts-noto-core")));
  int scripts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() + "/figures")) {
    if (entry.path().extension() != ".gp") continue;
    ++scripts;
    EXPECT_THAT(ReadFile(entry.path()), Not(HasSubstr(odd))) << entry.path();
  }
  EXPECT_GE(scripts, 8);
  const auto sheets =
      DrawContactSheets(dataset, dataset.train, DrawSamples(dataset, dataset.train, 1, 1), "sheet",
                        dataset.title, odd);
  for (const Figure& sheet : sheets) {
    EXPECT_THAT(sheet.script,
                AllOf(Not(HasSubstr(odd)), HasSubstr("'class 1'"), HasSubstr("'three'")));
  }
  EXPECT_THAT(ReadFile(folder.path() + "/README.md"), HasSubstr(odd));
}

}  // namespace
}  // namespace normlab
