#include "data/gunzip.h"

#include "files.h"

namespace normlab {
namespace {

using testing::HasSubstr;

const std::string kText = std::string(1000, 'a') + "the end";

TEST(Gunzip, UnpacksOneMember) { EXPECT_EQ(Gunzip(Gzip(kText), "f.gz"), kText); }

TEST(Gunzip, JoinsSeveralMembersAndIgnoresZeroPadding) {
  EXPECT_EQ(Gunzip(Gzip(kText) + Gzip("") + Gzip("more") + std::string(512, '\0'), "f.gz"),
            kText + "more");
}

TEST(Gunzip, UnpacksContentLargerThanItsBuffer) {
  const std::string content = IdxImages(2000);
  EXPECT_EQ(Gunzip(Gzip(content), "f.gz"), content);
}

TEST(Gunzip, RefusesDataThatEndsEarlyAtEveryLength) {
  const std::string packed = Gzip(kText);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    const std::string line =
        DataErrorOf([&] { Gunzip(std::string_view(packed).substr(0, size), "some/f.gz"); });
    EXPECT_THAT(line, HasSubstr("some/f.gz: the gzip data ends early, after " +
                                std::to_string(size) + " bytes"));
  }
}

TEST(Gunzip, RefusesASecondMemberThatEndsEarly) {
  const std::string second = Gzip(kText);
  const std::string packed = Gzip(kText) + second.substr(0, second.size() - 1);
  EXPECT_THAT(DataErrorOf([&] { Gunzip(packed, "f.gz"); }), HasSubstr("ends early"));
}

TEST(Gunzip, RefusesAWrongChecksum) {
  std::string packed = Gzip(kText);
  packed[packed.size() - 8] ^= 1;  // the last 8 bytes are CRC-32 and length
  EXPECT_THAT(DataErrorOf([&] { Gunzip(packed, "f.gz"); }), HasSubstr("damaged"));
}

TEST(Gunzip, RefusesOtherBytesAfterTheMember) {
  const std::string packed = Gzip(kText);
  EXPECT_THAT(DataErrorOf([&] { Gunzip(packed + "<html>", "f.gz"); }),
              HasSubstr("at byte " + std::to_string(packed.size()) + ", found 6 other bytes"));
}

TEST(Gunzip, StopsAtTheLimit) {
  const std::string bomb = Gzip(std::string(5'000'000, '\0'));
  EXPECT_LT(bomb.size(), 10'000u);
  EXPECT_THAT(DataErrorOf([&] { Gunzip(bomb, "f.gz", 100'000); }),
              HasSubstr("expected at most 100000 bytes"));
  EXPECT_EQ(Gunzip(bomb, "f.gz", 5'000'000).size(), 5'000'000u);
}

TEST(ReadMaybeGzip, GoesByTheContentNotTheName) {
  const TemporaryFolder folder;
  EXPECT_EQ(ReadMaybeGzip(folder.Write("plain.gz", kText)), kText);
  EXPECT_EQ(ReadMaybeGzip(folder.Write("packed", Gzip(kText))), kText);
}

TEST(ReadWholeFile, RefusesAnAbsurdlyLargeFileUnread) {
  const TemporaryFolder folder;
  const std::string path = folder.Write("sparse", "");
  std::filesystem::resize_file(path, std::uintmax_t{1} << 40);
  EXPECT_THAT(DataErrorOf([&] { ReadWholeFile(path); }), HasSubstr("found 1099511627776"));
}

}  // namespace
}  // namespace normlab
