#include "data/idx.h"

#include "base/file.h"
#include "files.h"

namespace normlab {
namespace {

using testing::HasSubstr;

constexpr Shape kShape{1, 28, 28};

std::string ImagesError(std::string_view bytes) {
  return DataErrorOf([&] { ParseIdxImages(bytes, "train-images", kShape); });
}
std::string LabelsError(std::string_view bytes) {
  return DataErrorOf([&] { ParseIdxLabels(bytes, "train-labels", 10); });
}

TEST(Idx, GivesThePixelsAfterTheHeader) {
  const std::string bytes = IdxImages(3);
  const std::string_view pixels = ParseIdxImages(bytes, "f", kShape);
  ASSERT_EQ(pixels.size(), 3u * 784);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    ASSERT_EQ(static_cast<unsigned char>(pixels[i]), i * 31 % 256) << i;
  }
}

TEST(Idx, GivesTheLabelsAfterTheHeader) {
  EXPECT_EQ(ParseIdxLabels(BigEndian32(0x801) + BigEndian32(3) + "\x09\x01\x05", "f", 10),
            "\x09\x01\x05");
}

TEST(Idx, RefusesAnotherMagicNumber) {
  EXPECT_THAT(
      ImagesError(IdxLabels(3)),
      HasSubstr("train-images: expected IDX images (magic number 00000803), found 00000801"));
  EXPECT_THAT(LabelsError(IdxImages(3)), HasSubstr("(magic number 00000801), found 00000803"));
  EXPECT_THAT(ImagesError("<!DOCTYPE html>"), HasSubstr("found 3c21444f"));
  EXPECT_THAT(ImagesError(""), HasSubstr("found an empty file"));
}

TEST(Idx, RefusesAHeaderThatEndsEarly) {
  EXPECT_THAT(ImagesError(IdxImages(1).substr(0, 15)),
              HasSubstr("too short: expected an IDX header of 16 bytes, found 15 bytes"));
  EXPECT_THAT(LabelsError(IdxLabels(1).substr(0, 7)),
              HasSubstr("expected an IDX header of 8 bytes, found 7 bytes"));
}

TEST(Idx, RefusesALengthThatTheHeaderDoesNotSay) {
  EXPECT_THAT(ImagesError(IdxImages(3).substr(0, 16 + 3 * 784 - 1)),
              HasSubstr("too short: its header says 3 images, so expected 2368 bytes, found 2367"));
  EXPECT_THAT(ImagesError(IdxImages(3) + "x"),
              HasSubstr("too long: its header says 3 images, so expected 2368 bytes, found 2369"));
  EXPECT_THAT(LabelsError(IdxLabels(3) + "x"), HasSubstr("expected 11 bytes, found 12"));
}

TEST(Idx, RefusesAbsurdCountsWithoutAllocating) {
  const std::string images =
      BigEndian32(0x803) + BigEndian32(0xffffffff) + BigEndian32(28) + BigEndian32(28);
  EXPECT_THAT(ImagesError(images), HasSubstr("expected 3367254359296 bytes, found 16"));
  EXPECT_THAT(LabelsError(BigEndian32(0x801) + BigEndian32(0xffffffff)),
              HasSubstr("expected 4294967303 bytes, found 8"));
}

TEST(Idx, RefusesNoImagesAndAnotherShape) {
  EXPECT_THAT(ImagesError(IdxImages(0)), HasSubstr("expected at least one of its images, found 0"));
  EXPECT_THAT(ImagesError(IdxImages(1, 28, 27)),
              HasSubstr("expected images of 28x28 pixels, found 28x27"));
}

TEST(Idx, RefusesALabelAboveNineWithItsOffset) {
  std::string bytes = IdxLabels(20);
  bytes[8 + 13] = 10;
  EXPECT_THAT(LabelsError(bytes), HasSubstr("expected a label of 0 to 9 at byte 21, found 10"));
}

TEST(IdxFolder, LoadsASubsetOfPlainAndCompressedFiles) {
  const TemporaryFolder folder;
  WriteSmallMnist(folder, "mnist");
  const Dataset dataset = LoadDataset("mnist", folder.path());
  EXPECT_EQ(dataset.train.size(), 20u);
  EXPECT_EQ(dataset.test.size(), 10u);
  EXPECT_EQ(dataset.test.pixels.size(), 10u * 784);
  EXPECT_EQ(dataset.train.labels[13], 3);
  EXPECT_EQ(dataset.shape, kShape);
  ASSERT_EQ(dataset.sources.size(), 4u);
  EXPECT_EQ(dataset.sources[2].path, folder / "mnist/t10k-images-idx3-ubyte.gz");
  EXPECT_EQ(dataset.sources[2].sha256, Sha256(IdxImages(10)));
  for (const SourceFile& source : dataset.sources) EXPECT_FALSE(source.official);
}

TEST(IdxFolder, PrefersThePlainFile) {
  const TemporaryFolder folder;
  WriteSmallMnist(folder, "mnist");
  folder.Write("mnist/train-labels-idx1-ubyte.gz", "not read");
  EXPECT_EQ(LoadDataset("mnist", folder.path()).train.size(), 20u);
}

TEST(IdxFolder, RefusesCountsThatDoNotMatch) {
  const TemporaryFolder folder;
  WriteSmallMnist(folder, "mnist");
  folder.Write("mnist/train-labels-idx1-ubyte", IdxLabels(19));
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("mnist", folder.path()); }),
              testing::AllOf(HasSubstr("train-labels-idx1-ubyte: expected one label for each of "
                                       "the 20 images"),
                             HasSubstr("found 19")));
}

TEST(IdxFolder, NamesTheMissingFile) {
  const TemporaryFolder folder;
  WriteSmallMnist(folder, "mnist");
  std::filesystem::remove(folder / "mnist/t10k-labels-idx1-ubyte.gz");
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("mnist", folder.path()); }),
              HasSubstr("/mnist: MNIST is not complete: expected t10k-labels-idx1-ubyte"));
}

}  // namespace
}  // namespace normlab
