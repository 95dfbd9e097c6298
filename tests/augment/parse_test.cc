#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "augment/augment.h"
#include "base/error.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Shape kGrey{1, 28, 28};

std::string TextOf(const std::string& text) { return ParseAugmentation(text, kGrey)->text(); }

std::string ErrorOf(const std::string& text, Shape shape = kGrey) {
  try {
    ParseAugmentation(text, shape);
  } catch (const UsageError& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    return error.what();
  }
  ADD_FAILURE() << "accepted: " << text;
  return "";
}

TEST(Parse, WritesEveryArgument) {
  EXPECT_EQ(TextOf("flip"), "flip(p=0.5)");
  EXPECT_EQ(TextOf("flip(0.25)shift( 2 )"), "flip(p=0.25) shift(padding=2, fill=0)");
  EXPECT_EQ(TextOf("shift(padding=3, fill=255)"), "shift(padding=3, fill=255)");
  EXPECT_EQ(TextOf("rotation(7, fill=1)"), "rotation(degrees=-7..7, fill=1)");
  EXPECT_EQ(TextOf("rotation(-3.5..10)"), "rotation(degrees=-3.5..10, fill=0)");
  EXPECT_EQ(TextOf("rotation(-0)"), "rotation(degrees=0..0, fill=0)");
  EXPECT_EQ(TextOf("affine(7, translate=0.1, scale=0.8..1.2, shear=10)"),
            "affine(degrees=-7..7, translate=0.1, scale=0.8..1.2, shear=-10..10, fill=0)");
  EXPECT_EQ(TextOf("affine(0, shear_y=1..2, shear=3, fill=9)"),
            "affine(degrees=0..0, shear=-3..3, shear_y=1..2, fill=9)");
  EXPECT_EQ(TextOf("jitter(brightness=0.5, contrast=0.25, hue=0.1)"),
            "jitter(brightness=0.5..1.5, contrast=0.75..1.25, hue=-0.1..0.1)");
  EXPECT_EQ(TextOf("jitter(3, 0)"), "jitter(brightness=0..4)");
  EXPECT_EQ(TextOf("shift(2, mode=reflect)"), "shift(padding=2, mode=reflect)");
  EXPECT_EQ(TextOf("shift(2, mode=constant)"), "shift(padding=2, fill=0)");
  EXPECT_EQ(TextOf("flip_in_turns"), "flip_in_turns()");
  EXPECT_EQ(TextOf("cutout(8, 120)"), "cutout(size=8, fill=120)");
  EXPECT_EQ(TextOf("erasing(0.25, fill=7)"),
            "erasing(p=0.25, scale=0.02..0.33, ratio=0.3..3.3, fill=7)");
  EXPECT_EQ(TextOf("tone(0.035, 0.13)"), "tone(brightness=0.035, contrast=0.13)");
}

TEST(Parse, RefusesWhatTheLaterTransformsCannotTake) {
  EXPECT_THAT(ErrorOf("shift(2, mode=mirror)"), HasSubstr("one of constant, reflect"));
  EXPECT_THAT(ErrorOf("shift(2, fill=3, mode=reflect)"), HasSubstr("leave fill out"));
  EXPECT_THAT(ErrorOf("flip_in_turns(0.5)"), HasSubstr("at most 0 arguments"));
  EXPECT_THAT(ErrorOf("cutout"), HasSubstr("needs its first argument"));
  EXPECT_THAT(ErrorOf("cutout(57)"), HasSubstr("from 0 to 56"));
  EXPECT_THAT(ErrorOf("erasing(scale=0.5..2)"), HasSubstr("from 0 to 1"));
  EXPECT_THAT(ErrorOf("erasing(ratio=0..1)"), HasSubstr("from 0.001 to 1000"));
  EXPECT_THAT(ErrorOf("tone(contrast=2)"), HasSubstr("from 0 to 1"));
}

TEST(Parse, Presets) {
  EXPECT_EQ(TextOf("flip-shift"), "flip(p=0.5) shift(padding=2, fill=0)");
  EXPECT_EQ(TextOf("mnist-seed"),
            "rotation(degrees=-7..7, fill=1) "
            "affine(degrees=-7..7, translate=0.1, scale=0.8..1.2, shear=-10..10, fill=0) "
            "jitter(brightness=0.6..1.4, contrast=0.6..1.4, saturation=0.6..1.4, hue=-0.1..0.1)");
  EXPECT_EQ(TextOf("mnist-seed flip(1)"), TextOf("mnist-seed") + " flip(p=1)");
}

TEST(Parse, TextReadsBackToItself) {
  for (const std::string text :
       {"none", "flip-shift", "mnist-seed", "flip(0.3333333333333333)", "jitter()",
        "rotation(0.1..0.30000000000000004)", "affine(1e-7, translate=1e-5, scale=0.1..10)",
        "jitter(0.1, 0.7, 0.3, 0.05)", "shift(2, mode=reflect) flip_in_turns cutout(8)",
        "erasing tone(0.1)", "jitter(brightness=0..10, hue=-0.5..0.5)"}) {
    EXPECT_EQ(TextOf(TextOf(text)), TextOf(text)) << text;
  }
}

TEST(Parse, UnknownNamesGetTheNearest) {
  EXPECT_THAT(ErrorOf("rotaton(7)"),
              AllOf(HasSubstr("\"rotaton\""), HasSubstr("nearest is 'rotation'")));
  EXPECT_THAT(ErrorOf("mnist_seed"), HasSubstr("nearest is 'mnist-seed'"));
  EXPECT_THAT(ErrorOf("rotation(7, fil=1)"),
              AllOf(HasSubstr("rotation"), HasSubstr("nearest is 'fill'")));
  EXPECT_THAT(ErrorOf("jitter(britness=0.4)"), HasSubstr("nearest is 'brightness'"));
}

TEST(Parse, RefusesValuesOutOfRange) {
  for (const std::string text : {"flip(1.5)",
                                 "flip(-0.1)",
                                 "flip(nan)",
                                 "flip(inf)",
                                 "flip(0..1)",
                                 "flip(half)",
                                 "flip(0.5x)",
                                 "flip(1e999)",
                                 "shift(-1)",
                                 "shift(1.5)",
                                 "shift(28)",
                                 "shift(1e300)",
                                 "shift(2, fill=256)",
                                 "shift(2, fill=-1)",
                                 "rotation(-7)",
                                 "rotation(361)",
                                 "rotation(7..-7)",
                                 "rotation(nan..1)",
                                 "rotation(1..inf)",
                                 "rotation(..)",
                                 "rotation(1..)",
                                 "rotation(1..2..3)",
                                 "affine(0, translate=1.1)",
                                 "affine(0, translate=-0.1)",
                                 "affine(0, scale=1.2)",
                                 "affine(0, scale=0..1)",
                                 "affine(0, scale=1..11)",
                                 "affine(0, shear=90)",
                                 "affine(0, shear_y=-81..0)",
                                 "jitter(-1)",
                                 "jitter(11)",
                                 "jitter(hue=0.6)",
                                 "jitter(brightness=-1..1)"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("expected")) << text;
  }
  EXPECT_EQ(ErrorOf("rotation(fill=300, degrees=7)"),
            "augment: rotation(fill=300): expected a number from 0 to 255");
  EXPECT_THAT(ErrorOf("affine(0, scale=1.2)"), HasSubstr("low..high within 0.1..10"));
}

TEST(Parse, RefusesBrokenSyntax) {
  for (const std::string text :
       {"", "   ", "(", ")", "flip(", "flip(0.5", "flip(0.5,", "flip(0.5,)", "flip(=1)", "flip(p=)",
        "flip 0.5)", "flip)", "flip;shift(2)", "flip((0.5))", "rotation(degrees=7, 1)"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("expected")) << text;
  }
  EXPECT_EQ(ErrorOf("flip shift[2]"),
            "augment: character 11: expected a transform's name, found \"[2]\"");
  EXPECT_THAT(ErrorOf(std::string(5000, 'x')), HasSubstr("at most 4096"));
  EXPECT_THAT(ErrorOf("flip(0.5) \x1b[31m\n"), Not(HasSubstr("\x1b")));
}

TEST(Parse, RefusesWhatCannotStand) {
  EXPECT_THAT(ErrorOf("none flip"), HasSubstr("stands alone"));
  EXPECT_THAT(ErrorOf("none(1)"), HasSubstr("no arguments"));
  EXPECT_THAT(ErrorOf("mnist-seed(3)"), HasSubstr("no arguments"));
  EXPECT_THAT(ErrorOf("rotation"), HasSubstr("needs"));
  EXPECT_THAT(ErrorOf("shift(fill=1)"), HasSubstr("needs its first argument, padding"));
  EXPECT_THAT(ErrorOf("flip(0.5, p=0.5)"), HasSubstr("twice"));
  EXPECT_THAT(ErrorOf("flip(0.5, 0.5)"), HasSubstr("at most 1"));
  EXPECT_THAT(ErrorOf("jitter(0.4)", Shape{2, 8, 8}), HasSubstr("1 or 3 channels"));
}

}  // namespace
}  // namespace normlab
