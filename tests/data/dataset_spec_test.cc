#include "data/dataset_spec.h"

#include "data/class_list.h"
#include "files.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string SpecRefusal(const std::string& name) {
  try {
    ParseDatasetSpec(name);
  } catch (const UsageError& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.what();
  }
  return "accepted";
}

TEST(DatasetSpec, IsWrittenOutFromTheRoot) {
  const std::string here = std::filesystem::current_path();
  const DatasetSpec plain = ParseDatasetSpec("folder:some/../photos/");
  EXPECT_EQ(plain.kind, DatasetSpec::Kind::kFolder);
  EXPECT_EQ(plain.path, here + "/photos");
  EXPECT_EQ(plain.shape, (Shape{3, 32, 32}));
  EXPECT_EQ(plain.name, "folder:" + here + "/photos@3x32x32");
  EXPECT_EQ(plain.title, "photos");
  EXPECT_EQ(ParseDatasetSpec(plain.name).name, plain.name);
  const DatasetSpec idx = ParseDatasetSpec("idx:/data/letters@1x2x3");
  EXPECT_EQ(idx.kind, DatasetSpec::Kind::kIdx);
  EXPECT_EQ(idx.name, "idx:/data/letters@1x2x3") << "a size is no part of an IDX set's name";
}

TEST(DatasetSpec, TheSizeIsWhatFollowsTheLastAt) {
  EXPECT_EQ(ParseDatasetSpec("folder:/a@1x28x20").shape, (Shape{1, 28, 20}));
  EXPECT_EQ(ParseDatasetSpec("folder:/a@b@3x1024x1").shape, (Shape{3, 1024, 1}));
  EXPECT_EQ(ParseDatasetSpec("folder:/a@b@3x1024x1").path, "/a@b");
  for (const char* name : {"me@home", "me@2", "me@", "x@small"}) {
    EXPECT_EQ(ParseDatasetSpec(std::string("folder:/") + name).path, std::string("/") + name);
  }
}

TEST(DatasetSpec, RefusesASizeThatIsNone) {
  for (const char* size :
       {"3x32", "3x32x", "x32x32", "2x32x32", "0x32x32", "3x0x32", "3x32x0", "3x1025x32",
        "3x32x1025", "3x32x32x3", "3xx32", "x", "3x99999999999x1", "32x32x3"}) {
    EXPECT_THAT(SpecRefusal(std::string("folder:photos@") + size),
                AllOf(HasSubstr("photos"), HasSubstr(size), HasSubstr("@3x32x32")));
  }
}

TEST(DatasetSpec, RefusesAPathThatCannotBeShown) {
  EXPECT_THAT(SpecRefusal("folder:"), HasSubstr("expected a folder after the colon"));
  EXPECT_THAT(SpecRefusal("idx:"), HasSubstr("expected a folder after the colon"));
  EXPECT_THAT(SpecRefusal("folder:@3x32x32"), HasSubstr("expected a folder after the colon"));
  EXPECT_THAT(SpecRefusal("folder:a\nb"), HasSubstr("folder:a?b"));
  EXPECT_THAT(SpecRefusal("folder:\xff"), HasSubstr("UTF-8"));
}

TEST(DatasetSpec, AnUnknownNameIsToldWhatThereIs) {
  try {
    FindDatasetInfo("cifar-100");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'cifar100'"), HasSubstr("folder:DIR")));
  }
}

TEST(PlainText, IsUtf8WithoutControlCharacters) {
  for (const char* text : {"", "cat", "Käse", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf",
                           "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsPlainText(text)) << text;
  }
  for (const char* text :
       {"a\nb", "\x7f", "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xff", "a\xc3"}) {
    EXPECT_FALSE(IsPlainText(text)) << text;
  }
}

TEST(ClassList, ReadsALineAName) {
  EXPECT_THAT(ParseClassList("cat\r\n big dog \n\n\n", "f", 2), ElementsAre("cat", "big dog"));
  EXPECT_THAT(ParseClassList("cat\ndog", "f", 2), ElementsAre("cat", "dog"));
}

TEST(ClassList, RefusesWhatIsNoList) {
  const auto refusal = [](const std::string& bytes) {
    return DataErrorOf([&] { ParseClassList(bytes, "classes.txt", 2); });
  };
  EXPECT_THAT(refusal(""), HasSubstr("names of 2 classes, a line each, found 0 lines"));
  EXPECT_THAT(refusal("a\nb\nc\n"), HasSubstr("found 3 lines"));
  EXPECT_THAT(refusal("\na\n"), HasSubstr("classes.txt:1: expected a class's name"));
  EXPECT_THAT(refusal("a\nb\x01\n"), HasSubstr("classes.txt:2: expected a class's name"));
  EXPECT_THAT(refusal("a\n\xff\n"),
              HasSubstr("classes.txt: expected text in UTF-8, found 0xff at byte 2"));
  EXPECT_THAT(refusal("a\na\n"), HasSubstr("found 'a' again"));
  EXPECT_THAT(refusal("a\n" + std::string(256, 'b')), HasSubstr("1 to 255 bytes"));
}

}  // namespace
}  // namespace normlab
