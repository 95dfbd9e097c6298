#include "data/file_kind.h"

#include "data/image_file.h"
#include "data/passed_over.h"
#include "files.h"
#include "images.h"

namespace normlab {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

struct Sample {
  std::string bytes;
  FileUse use;
  const char* name;
};

std::vector<Sample> Samples() {
  constexpr FileUse kForeign = FileUse::kForeign, kOther = FileUse::kOther;
  return {{FlatPng(2, 2, 7), FileUse::kPicture, "PNG"},
          {FlatPng(2, 2, 7).substr(0, 8), FileUse::kPicture, "PNG"},
          {GoldenFile("jpeg grey"), FileUse::kPicture, "JPEG"},
          {"GIF89a...", kForeign, "GIF"},
          {"BM\x36\0\0\0\0\0"s, kForeign, "BMP"},
          {"II*\0\x08\0\0\0"s, kForeign, "TIFF"},
          {"MM\0*\0\0\0\x08"s, kForeign, "TIFF"},
          {"II*\0\x10\0\0\0CR\x02\0"s, kForeign, "camera raw picture"},
          {"RIFF\x24\0\0\0WEBPVP8 "s, kForeign, "WebP"},
          {"\0\0\0\x18"s + "ftypheic\0\0\0\0"s, kForeign, "HEIC"},
          {"\0\0\0\x1c"s + "ftypavif\0\0\0\0"s, kForeign, "AVIF"},
          {"\0\0\0\x20"s + "ftypisom\0\0\2\0"s, kOther, "video"},
          {"\0\0\0\x0cjP  \r\n\x87\n"s, kForeign, "JPEG 2000"},
          {"\xff\x0a\xfa\x1f", kForeign, "JPEG XL"},
          {"8BPS\0\1\0\0"s, kForeign, "PSD"},
          {"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\">", kForeign, "SVG"},
          {"\xef\xbb\xbf <SVG>", kForeign, "SVG"},
          {"P6\n2 2\n255\n\0\1\2"s, kForeign, "Netpbm picture"},
          {"P2 2 2 255 0 1 2 3", kForeign, "Netpbm picture"},
          {"\0\0\1\0\1\0"s, kForeign, "icon"},
          {"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", kOther,
           "Git LFS pointer"},
          {"<!DOCTYPE html><title>404</title>", kOther, "HTML page"},
          {"%PDF-1.7\n", kOther, "PDF"},
          {"PK\3\4\x14\0"s, kOther, "ZIP archive"},
          {"\0\5\x16\7\0\2\0\0Mac OS X"s, kOther, "AppleDouble file"},
          {"", kOther, "empty file"},
          {"hello\n", kOther, "text file"},
          {"BMW, Audi\n", kOther, "text file"},
          {"zw\xc3\xb6lf", kOther, "text file"},
          {"RIFFs for guitar, 12 WAVE", kOther, "text file"},
          {std::string(600, 'x').replace(511, 2, "\xc3\xb6"), kOther, "text file"},
          {"\xff\xd8", kOther, "file of an unknown kind"},
          {"\x89PNG\n\x1a\n", kOther, "file of an unknown kind"},
          {std::string(100, '\0'), kOther, "file of an unknown kind"}};
}

TEST(FileKind, IsToldByContent) {
  const TemporaryFolder folder;
  for (const Sample& sample : Samples()) {
    const FileKind kind = KindOfBytes(sample.bytes);
    EXPECT_EQ(kind.name, sample.name) << sample.bytes;
    EXPECT_EQ(kind.use, sample.use) << sample.bytes;
    FileBytes file(folder.Write("misleading.tiff", sample.bytes));
    EXPECT_EQ(KindOfFile(file).name, sample.name);
  }
  FileBytes missing(folder / "missing");
  EXPECT_EQ(KindOfFile(missing).name, "unreadable file");
}

TEST(FileKind, IsNamedWhereAPictureWasExpected) {
  for (const Sample& sample : Samples()) {
    if (sample.use == FileUse::kPicture) continue;
    EXPECT_THAT(DataErrorOf([&] { DecodeImage(sample.bytes, "photo"); }),
                HasSubstr("photo: expected a PNG or JPEG image, found " + OneOfKind(sample.name)));
  }
  EXPECT_EQ(OneOfKind("WebP"), "a WebP");
  EXPECT_EQ(OneOfKind("SVG"), "an SVG");
  EXPECT_EQ(OneOfKind("empty file"), "an empty file");
  EXPECT_THAT(DataErrorOf([] { DecodeImage("GIF89a", "f"); }), HasSubstr("; convert it to PNG"));
  EXPECT_THAT(DataErrorOf([] { DecodeImage("version https://git-lfs.github.com/spec/v1", "f"); }),
              HasSubstr("a Git LFS pointer; git lfs pull"));
}

TEST(FileKind, NamesPromisePictures) {
  for (const char* name : {"a.png", "a.PNG", "a.jpg", "a.jpeg", "a.JPE", "a.jfif", "a.jif"}) {
    EXPECT_TRUE(IsPictureName(name)) << name;
  }
  for (const char* name : {"a", "png", "a.png.txt", "a.gif", "a.webp", "a.jpg~"}) {
    EXPECT_FALSE(IsPictureName(name)) << name;
  }
}

TEST(FileKind, LitterIsThatOfTheSystem) {
  for (const char* name : {".DS_Store", "._a.png", ".hidden.png", "Thumbs.db", "THUMBS.DB",
                           "desktop.ini", "Desktop.ini", "@eaDir", "__MACOSX", "lost+found",
                           "$RECYCLE.BIN", "00.png:Zone.Identifier", "Icon\r"}) {
    EXPECT_TRUE(IsLitter(name)) << name;
  }
  for (const char* name : {"a.png", "notes.txt", "thumbs", "eaDir", "a._b"}) {
    EXPECT_FALSE(IsLitter(name)) << name;
  }
}

TEST(PassedOver, IsCountedByKindAndSaidOnce) {
  std::vector<PassedOver> counts;
  EXPECT_EQ(PassedOverWarning("photos", counts), "");
  CountPassedOver(KindOfBytes("hello"), counts);
  EXPECT_EQ(PassedOverWarning("photos", counts),
            "photos: 1 file is no PNG or JPEG and passed over: 1 text file");
  std::vector<PassedOver> more;
  for (int i = 0; i < 2; ++i) {
    CountPassedOver(KindOfBytes("GIF89a"), more);
    CountPassedOver(KindOfBytes("hello"), more);
    CountPassedOver(KindOfBytes("\1\2\3"), more);
    CountPassedOver(KindOfBytes("%PDF-1.4"), more);
  }
  AddPassedOver(more, counts);
  EXPECT_EQ(
      PassedOverWarning("photos", counts),
      "photos: 9 files are no PNG or JPEG and passed over: 3 text files, 2 GIF, 2 files of an "
      "unknown kind, 2 PDFs; convert the GIF to PNG or JPEG to have them read");
}

}  // namespace
}  // namespace normlab
