#include "data/exif_orientation.h"

#include "data/picture_listing.h"
#include "files.h"
#include "images.h"

namespace normlab {
namespace {

using namespace std::string_literals;

// TIFF with one entry, Orientation as a short number.
std::string Block(int value) {
  return "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0"s + static_cast<char>(value) + "\0\0"s;
}

std::string WithApp1(const std::string& jpeg, const std::string& block) {
  const std::size_t length = block.size() + 8;
  return jpeg.substr(0, 2) + "\xff\xe1" + static_cast<char>(length >> 8) +
         static_cast<char>(length) + "Exif\0\0"s + block + jpeg.substr(2);
}

int OrientationOf(const std::string& bytes) {
  FileBytes file{std::string_view(bytes)};
  return ExifOrientation(file);
}

TEST(Upright, MovesEveryCornerToItsPlace) {
  // What is stored, by the corners' names: the 0th row and the 0th column are where the standard
  // (Exif 2.3, 4.6.4) says that they are seen.
  //   1 2 3
  //   4 5 6
  const std::vector<std::vector<std::uint8_t>> seen = {
      {1, 2, 3, 4, 5, 6},  // row 0 at the top, column 0 at the left
      {3, 2, 1, 6, 5, 4},  // top, right
      {6, 5, 4, 3, 2, 1},  // bottom, right
      {4, 5, 6, 1, 2, 3},  // bottom, left
      {1, 4, 2, 5, 3, 6},  // left, top
      {4, 1, 5, 2, 6, 3},  // right, top
      {6, 3, 5, 2, 4, 1},  // right, bottom
      {3, 6, 2, 5, 1, 4},  // left, bottom
  };
  for (int orientation = 1; orientation <= 8; ++orientation) {
    Image image{{3, 2, 3}, {}};
    for (int i = 0; i < 18; ++i) {
      image.pixels.push_back(static_cast<std::uint8_t>(i % 6 + 1 + i / 6 * 50));
    }
    const Image turned = Upright(image, orientation);
    EXPECT_EQ(turned.shape, orientation < 5 ? (Shape{3, 2, 3}) : (Shape{3, 3, 2}));
    EXPECT_EQ(turned.orientation, orientation);
    for (std::size_t i = 0; i < 18; ++i) {
      EXPECT_EQ(turned.pixels[i], seen[orientation - 1][i % 6] + i / 6 * 50) << orientation;
    }
  }
}

TEST(ExifOrientation, ABlockThatIsCutAnywhereSaysNothing) {
  const std::string jpeg = GoldenFile("jpeg grey"), whole = Block(6);
  const Image stored = DecodeImage(jpeg, "f");
  EXPECT_EQ(DecodeImage(WithApp1(jpeg, whole), "f").orientation, 6);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Image image = DecodeImage(WithApp1(jpeg, whole.substr(0, length)), "f");
    EXPECT_EQ(image.orientation, 1) << length;
    EXPECT_EQ(image.pixels, stored.pixels) << length;
  }
}

TEST(ExifOrientation, NoDamageReachesOutOfTheBlock) {
  const std::string jpeg = GoldenFile("jpeg grey"), whole = Block(6);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string block = whole;
      block[at] = static_cast<char>(value);
      const int orientation = OrientationOf(WithApp1(jpeg, block));
      EXPECT_TRUE(orientation >= 1 && orientation <= 8) << at << ' ' << value;
      const std::string alone = WithApp1("\xff\xd8", block);  // the file ends with the block
      EXPECT_EQ(OrientationOf(alone), orientation) << at << ' ' << value;
    }
  }
}

TEST(ExifOrientation, IsReadFromAFileAsFromMemory) {
  const TemporaryFolder folder;
  for (const DecodedGolden& golden : DecodedGoldens()) {
    FileBytes file(folder.Write("picture", golden.file));
    EXPECT_EQ(ExifOrientation(file), OrientationOf(golden.file)) << golden.name;
  }
  // Behind more than is read at once, in both.
  const std::string jpeg = GoldenFile("jpeg grey");
  std::string far = jpeg.substr(0, 2);
  for (int i = 0; i < 3; ++i) far += "\xff\xfe\xff\xff" + std::string(65533, 'x');
  far += WithApp1(jpeg, Block(8)).substr(2);
  FileBytes file(folder.Write("far.jpg", far));
  EXPECT_EQ(ExifOrientation(file), 8);
  const std::vector<FolderEntry> entries = ListPictureFolder(folder.path());
  EXPECT_EQ(entries[0].orientation, 8);
}

TEST(ExifOrientation, OfWhatIsNoPictureIsNone) {
  for (const std::string& bytes :
       {""s, "\xff\xd8\xff"s, "\xff\xd8\xff\xe1"s, "\xff\xd8\xff\xe1\0\0"s, "GIF89a"s,
        "\x89PNG\r\n\x1a\n"s, "\x89PNG\r\n\x1a\n\xff\xff\xff\xff" + "eXIf"s,
        "\x89PNG\r\n\x1a\n"s + std::string(100000, '\0'),
        "\xff\xd8\xff"s + std::string(100000, '\0')}) {
    EXPECT_EQ(OrientationOf(bytes), 1);
  }
}

}  // namespace
}  // namespace normlab
