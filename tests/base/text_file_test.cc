#include "base/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "tests/text_forms.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Refusal(const std::string& bytes) {
  try {
    PlainUtf8(bytes, "f.txt");
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("f.txt: expected text in UTF-8, found "), Not(HasSubstr("\n"))));
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

TEST(PlainUtf8, TakesEveryFormThatIsUtf8) {
  for (const TextForm& form : HarmlessForms()) {
    EXPECT_EQ(PlainUtf8(form.of("zwölf\nБ\n\n猫"), "f"), "zwölf\nБ\n\n猫") << form.name;
    EXPECT_EQ(PlainUtf8(form.of(""), "f"), "") << form.name;
  }
  EXPECT_EQ(PlainUtf8("a\r\r\nb\n\rc\r", "f"), "a\n\nb\n\nc\n");
}

TEST(PlainUtf8, NamesWhatItDoesNotTakeAndWhere) {
  for (const TextForm& form : RefusedForms()) {
    EXPECT_THAT(Refusal(form.of("seed = 1\nlr = 2\n")), HasSubstr(form.found)) << form.name;
  }
  EXPECT_THAT(Refusal("abc\xff"), HasSubstr("found 0xff at byte 3"));
  EXPECT_THAT(Refusal("\xef\xbb\xbf"
                      "ab\xc3"),
              HasSubstr("found 0xc3 at byte 5"));
  EXPECT_THAT(Refusal("caf\xe9\n"), HasSubstr("found 0xe9 at byte 3"));
  EXPECT_THAT(Refusal(std::string("ab\0cd\n", 6)), HasSubstr("found a byte 0 at byte 2"));
  EXPECT_THAT(Refusal("\xed\xa0\x80"), HasSubstr("found 0xed at byte 0")) << "a surrogate";
  EXPECT_THAT(Refusal("\xc0\x80"), HasSubstr("found 0xc0 at byte 0")) << "longer than need be";
}

TEST(ReadTextFile, ReadsAFileOrSaysWhyNot) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("normlab-text-" + std::to_string(getpid()));
  WriteFile(path, "\xef\xbb\xbfone\r\ntwo");
  EXPECT_EQ(ReadTextFile(path), "one\ntwo");
  std::filesystem::remove(path);
  EXPECT_THROW(ReadTextFile(path), DataError);
}

}  // namespace
}  // namespace normlab
