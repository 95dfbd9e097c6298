#include "data/image_file.h"

#include <sys/stat.h>

#include "files.h"
#include "images.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

std::string Refusal(const std::string& bytes) {
  return DataErrorOf([&] { DecodeImage(bytes, "photo"); });
}

// The header of a PNG, its checksum left to be wrong: what is refused by size is refused before.
std::string PngOfSize(std::uint32_t width, std::uint32_t height) {
  return std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) + BigEndian32(width) +
         BigEndian32(height) + std::string("\x08\2\0\0\0\0\0\0\0", 9);
}

// A JPEG whose frame header says so.
std::string JpegOfSize(std::uint16_t width, std::uint16_t height) {
  std::string file = GoldenFile("jpeg smooth 4:2:0");
  const std::size_t frame = file.find(std::string("\xff\xc0\0\x11\x08", 5));
  EXPECT_NE(frame, std::string::npos);
  for (int i = 0; i < 2; ++i) {
    file[frame + 5 + i] = static_cast<char>(height >> (8 - 8 * i));
    file[frame + 7 + i] = static_cast<char>(width >> (8 - 8 * i));
  }
  return file;
}

TEST(ImageFile, EveryKindHasTheExpectedPixels) {
  const std::vector<DecodedGolden> goldens = DecodedGoldens();
  ASSERT_GT(goldens.size(), 90u);
  for (const DecodedGolden& golden : goldens) {
    const Image image = DecodeImage(golden.file, golden.name);
    EXPECT_EQ(image.shape, golden.image.shape) << golden.name;
    EXPECT_EQ(image.pixels, golden.image.pixels) << golden.name;
  }
}

TEST(ImageFile, TheContentSaysWhatItIs) {
  const TemporaryFolder folder;
  EXPECT_EQ(ReadImageFile(folder.Write("a.jpg", FlatPng(3, 2, 77))).pixels,
            std::vector<std::uint8_t>(6, 77));
  EXPECT_EQ(ReadImageFile(folder.Write("b.png", GoldenFile("jpeg grey"))).shape,
            (Shape{1, 37, 53}));
}

TEST(ImageFile, AFileThatIsCutAnywhereIsAnError) {
  for (const DecodedGolden& golden : DecodedGoldens()) {
    if (golden.name.find("after its end") != std::string::npos) continue;
    for (std::size_t length = 0; length < golden.file.size();
         length += std::max<std::size_t>(1, golden.file.size() / 60)) {
      EXPECT_THAT(Refusal(golden.file.substr(0, length)), HasSubstr("photo: expected a"))
          << golden.name << " at " << length;
    }
    EXPECT_THAT(Refusal(golden.file.substr(0, golden.file.size() - 1)), HasSubstr("cut short"))
        << golden.name;
  }
}

TEST(ImageFile, AJpegThatEndsInTheMiddleButForItsEndMarkIsAnError) {
  for (const char* name : {"jpeg smooth 4:4:4", "jpeg noise 4:2:0"}) {
    const std::string file = GoldenFile(name);
    EXPECT_THAT(Refusal(file.substr(0, file.size() * 3 / 4) + "\xff\xd9"), HasSubstr("cut short"));
  }
}

TEST(ImageFile, BombsAreRefusedByTheirHeader) {
  EXPECT_THAT(Refusal(PngOfSize(8192, 8193)),
              HasSubstr("at most 67108864 pixels, found 8192 x 8193"));
  EXPECT_THAT(Refusal(PngOfSize(0xffffffff, 0xffffffff)), HasSubstr("67108864 pixels"));
  EXPECT_THAT(Refusal(PngOfSize(1, 67108865)), HasSubstr("67108864 pixels"));
  EXPECT_THAT(Refusal(JpegOfSize(65500, 65500)),
              HasSubstr("at most 67108864 pixels, found 65500 x 65500"));
  // The largest that may be is taken, and then found to be cut short.
  EXPECT_THAT(Refusal(PngOfSize(8192, 8192)), HasSubstr("cut short"));
}

TEST(ImageFile, NoPixelsIsAnError) {
  EXPECT_THAT(Refusal(PngOfSize(0, 5)), HasSubstr("at least one pixel, found 0 x 5"));
  EXPECT_THAT(Refusal(PngOfSize(5, 0)), HasSubstr("at least one pixel, found 5 x 0"));
  EXPECT_THAT(Refusal(JpegOfSize(0, 5)), HasSubstr("photo: expected a whole JPEG image"));
  EXPECT_THAT(Refusal(JpegOfSize(5, 0)), HasSubstr("photo: expected a whole JPEG image"));
}

TEST(ImageFile, MoreScansThanAnyEncoderWritesAreRefused) {
  EXPECT_EQ(DecodeImage(ManyScans(98), "f").shape, (Shape{3, 16, 16}));
  EXPECT_THAT(Refusal(ManyScans(99)), HasSubstr("more than 100 scans"));
}

TEST(ImageFile, UnknownKindsOfJpegAreRefused) {
  std::string file = GoldenFile("jpeg smooth 4:4:4");
  const std::size_t frame = file.find(std::string("\xff\xc0\0\x11\x08", 5));
  file[frame + 4] = 12;  // bits
  EXPECT_THAT(Refusal(file), HasSubstr("recision 12"));
}

TEST(ImageFile, ADamagedTransparencyIsNotIgnored) {
  std::string file = GoldenFile("png palette with alpha");
  const std::size_t chunk = file.find("tRNS");
  ASSERT_NE(chunk, std::string::npos);
  file[chunk + 4] ^= 1;
  EXPECT_THAT(Refusal(file), HasSubstr("damaged"));
}

TEST(ImageFile, WhatIsNoFileIsAnError) {
  const TemporaryFolder folder;
  const auto refusal = [](const std::string& path) {
    return DataErrorOf([&] { ReadImageFile(path); });
  };
  EXPECT_THAT(refusal(folder / "missing.png"), HasSubstr("missing.png: expected a PNG or JPEG "
                                                         "image, found no such file"));
  EXPECT_THAT(refusal(folder.path()), HasSubstr("found a folder"));
  ASSERT_EQ(mkfifo((folder / "pipe.png").c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder / "pipe.png"), HasSubstr("found no regular file"));
  std::filesystem::create_symlink("loop.png", folder / "loop.png");
  EXPECT_THAT(refusal(folder / "loop.png"), HasSubstr("cannot be reached"));
  folder.Write("huge.png", "");
  std::filesystem::resize_file(folder / "huge.png", kLargestImageFile + 1);
  EXPECT_THAT(refusal(folder / "huge.png"), HasSubstr("at most 268435456 bytes"));
}

}  // namespace
}  // namespace normlab
