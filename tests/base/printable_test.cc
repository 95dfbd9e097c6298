#include "base/printable.h"

#include <gtest/gtest.h>

namespace normlab {
namespace {

TEST(Printable, ControlCharactersBecomeQuestionMarks) {
  EXPECT_EQ(Printable("a\nb\x1b\x7f"), "a?b??");
  EXPECT_EQ(Printable("Größe"), "Größe");
  EXPECT_EQ(Printable(""), "");
}

TEST(Printable, TakesAnotherLength) {
  EXPECT_EQ(Printable(std::string(100, 'x'), 200), std::string(100, 'x'));
  EXPECT_EQ(Printable("abcdef", 3), "abc...");
}

TEST(Printable, LongTextIsCutBetweenCharacters) {
  EXPECT_EQ(Printable(std::string(60, 'x')), std::string(60, 'x'));
  EXPECT_EQ(Printable(std::string(61, 'x')), std::string(60, 'x') + "...");
  EXPECT_EQ(Printable(std::string(59, 'x') + "öö"), std::string(59, 'x') + "...");
  EXPECT_EQ(Printable("abcdef", 6), "abcdef");
  EXPECT_EQ(Printable("abcdefg", 6), "abcdef...");
}

}  // namespace
}  // namespace normlab
