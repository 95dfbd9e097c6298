#include "data/image_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "data/fit_image.h"
#include "data/look_alike.h"
#include "data/read_pictures.h"
#include "files.h"
#include "images.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

// Two classes; flat pictures, so that every pixel says which picture it is of.
void WriteSmallFolder(const TemporaryFolder& folder, const std::string& test = "test") {
  folder.Write("train/dog/a.png", FlatPng(40, 20, 10));
  folder.Write("train/cat/b.PNG", FlatPng(5, 50, 20));
  folder.Write("train/cat/a.png", FlatPng(1, 1, 30));
  folder.Write(test + "/dog/z.png", FlatPng(32, 32, 40));
  folder.Write(test + "/cat/y.jpeg", GoldenFile("jpeg noise 4:2:0"));
}

DatasetSpec Spec(const TemporaryFolder& folder, const std::string& size = "") {
  return ParseDatasetSpec("folder:" + folder.path() + size);
}

std::string Refusal(const TemporaryFolder& folder, const std::string& size = "") {
  return DataErrorOf([&] { DescribeImageFolder(Spec(folder, size)); });
}

TEST(ImageFolder, IsReadInTheOrderOfThePaths) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  const Dataset dataset = LoadDataset("folder:" + folder.path() + "@1x4x6", "/nowhere");
  EXPECT_EQ(dataset.name, "folder:" + folder.path() + "@1x4x6");
  EXPECT_EQ(dataset.shape, (Shape{1, 4, 6}));
  EXPECT_THAT(dataset.class_names, ElementsAre("cat", "dog"));
  EXPECT_THAT(dataset.train.labels, ElementsAre(0, 0, 1));
  EXPECT_THAT(dataset.test.labels, ElementsAre(0, 1));
  ASSERT_EQ(dataset.train.pixels.size(), 3u * 24);
  for (std::size_t i = 0; i < 72; ++i) {
    EXPECT_EQ(dataset.train.pixels[i], (std::vector<int>{30, 20, 10})[i / 24]);
  }
  const Image noise = FitImage(DecodeImage(GoldenFile("jpeg noise 4:2:0"), "f"), {1, 4, 6});
  EXPECT_EQ(std::vector(dataset.test.pixels.begin(), dataset.test.pixels.begin() + 24),
            noise.pixels);
  EXPECT_NEAR(dataset.statistics.mean[0], 20 / 255.0, 1e-12);
}

TEST(ImageFolder, IsKnownBeforeItIsRead) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder, "val");
  folder.Write("train/dog/broken.png", "this is found out when it is read");
  const DatasetInfo info = DescribeImageFolder(Spec(folder));
  EXPECT_EQ(info.shape, (Shape{3, 32, 32}));
  EXPECT_EQ(info.classes, 2);
  EXPECT_EQ(info.train_images, 4);
  EXPECT_EQ(info.test_images, 2);
  EXPECT_EQ(info.title, fs::path(folder.path()).filename());
}

TEST(ImageFolder, TheChecksumIsThatOfSha256sumsLines) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  const Dataset dataset = LoadDataset("folder:" + folder.path(), "");
  ASSERT_EQ(dataset.sources.size(), 2u);
  EXPECT_EQ(dataset.sources[0].path, folder / "train");
  const std::string lines = Sha256(FlatPng(1, 1, 30)) + "  cat/a.png\n" +
                            Sha256(FlatPng(5, 50, 20)) + "  cat/b.PNG\n" +
                            Sha256(FlatPng(40, 20, 10)) + "  dog/a.png\n";
  EXPECT_EQ(dataset.sources[0].sha256, Sha256(lines));
}

TEST(ImageFolder, PicturesAreToldByTheirContent) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  const std::string jpeg = GoldenFile("jpeg grey");
  for (const char* name : {"c.jfif", "d.jpe", "e.jif", "f", "g.txt", "h.webp", "i.JPG_large"}) {
    folder.Write(std::string("train/cat/") + name, name[0] == 'g' ? FlatPng(3, 3, 9) : jpeg);
  }
  const DatasetInfo info = DescribeImageFolder(Spec(folder));
  EXPECT_EQ(info.train_images, 3 + 7);
  EXPECT_THAT(info.passed_over, testing::IsEmpty());
  EXPECT_EQ(LoadDataset(info.name, "").train.labels.size(), 10u);
}

TEST(ImageFolder, CountsWhatIsNoPicture) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  folder.Write("README.txt", "x");
  folder.Write("train/notes.txt", "x");
  folder.Write("train/cat/notes.txt", "x");
  folder.Write("train/cat/x.webp", std::string("RIFF\x24\0\0\0WEBPVP8 ", 16));
  folder.Write("train/cat/x.jpg", std::string("RIFF\x24\0\0\0WEBPVP8 ", 16));
  folder.Write("test/dog/list", "");
  folder.Write("validation/cat/a.png", "x");
  ASSERT_EQ(mkfifo((folder / "train/cat/pipe").c_str(), 0600), 0);
  const DatasetInfo info = DescribeImageFolder(Spec(folder));
  EXPECT_EQ(info.classes, 2);
  EXPECT_EQ(info.train_images, 3);
  EXPECT_EQ(PassedOverText(info.passed_over), "2 text files, 1 special file, 2 WebP, 1 empty file");
}

TEST(ImageFolder, DoesNotSeeTheLitterOfTheSystem) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  for (const char* below : {"train/", "train/cat/", "test/dog/"}) {
    for (const char* name :
         {"Thumbs.db", "desktop.ini", ".hidden.png", "._a.png", "@eaDir/a.jpg",
          "__MACOSX/cat/._a.png", ".ipynb_checkpoints/a.png", "a.png:Zone.Identifier"}) {
      folder.Write(std::string(below) + name, "x");
    }
  }
  const DatasetInfo info = DescribeImageFolder(Spec(folder));
  EXPECT_EQ(info.classes, 2);
  EXPECT_EQ(info.train_images, 3);
  EXPECT_THAT(info.passed_over, testing::IsEmpty());
}

TEST(ImageFolder, AClassWithoutPicturesSaysWhatItHas) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  folder.Write("train/owl/x.webp", std::string("RIFF\x24\0\0\0WEBPVP8 ", 16));
  EXPECT_THAT(Refusal(folder), AllOf(HasSubstr("/train/owl: "), HasSubstr("found none"),
                                     HasSubstr("1 WebP; convert the WebP")));
}

TEST(ImageFolder, FollowsLinksButNotInCircles) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  fs::create_directory_symlink(folder / "train/cat", folder / "train/lion");
  fs::create_directory_symlink(folder / "test/cat", folder / "test/lion");
  fs::create_symlink(folder / "train/cat/a.png", folder / "train/cat/linked.png");
  EXPECT_EQ(DescribeImageFolder(Spec(folder)).train_images, 3 + 1 + 3);
  fs::create_symlink("loop.png", folder / "train/dog/loop.png");
  EXPECT_THAT(Refusal(folder), HasSubstr("train/dog/loop.png"));
  fs::remove(folder / "train/dog/loop.png");
  fs::create_directory_symlink(folder.path(), folder / "train/dog/up");
  EXPECT_THAT(Refusal(folder), AllOf(HasSubstr("train/dog/up"), HasSubstr("found a folder")));
  fs::remove(folder / "train/dog/up");
  fs::create_symlink("circle", folder / "train/circle");
  EXPECT_THAT(Refusal(folder), HasSubstr("train/circle"));
}

TEST(ImageFolder, RefusesClassesThatDoNotFit) {
  const TemporaryFolder folder;
  EXPECT_THAT(Refusal(folder), HasSubstr("expected the folder train/"));
  folder.Write("train/cat/a.png", FlatPng(1, 1, 30));
  EXPECT_THAT(Refusal(folder), HasSubstr("expected the folder test/"));
  folder.Write("test/cat/a.png", FlatPng(1, 1, 30));
  EXPECT_THAT(Refusal(folder), HasSubstr("at least two classes, found one"));
  folder.Write("train/dog/a.png", FlatPng(1, 1, 30));
  EXPECT_THAT(Refusal(folder), AllOf(HasSubstr("/test: "), HasSubstr("none of 'dog'")));
  folder.Write("test/dog/a.png", FlatPng(1, 1, 30));
  folder.Write("test/cow/a.png", FlatPng(1, 1, 30));
  EXPECT_THAT(Refusal(folder), AllOf(HasSubstr("/test/cow: "), HasSubstr("has no 'cow'")));
  fs::remove_all(folder / "test/cow");
  fs::create_directory(folder / "train/empty");
  EXPECT_THAT(Refusal(folder), AllOf(HasSubstr("/train/empty: "), HasSubstr("found none")));
}

TEST(ImageFolder, RefusesPicturesInWrongPlacesAndForms) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  const std::string beside = folder.Write("train/a.png", "x");
  EXPECT_THAT(Refusal(folder), HasSubstr("train/a.png: expected a folder for each class"));
  fs::remove(beside);
  const std::string deeper = folder.Write("train/cat/more/a.png", "x");
  EXPECT_THAT(Refusal(folder), HasSubstr("train/cat/more: expected pictures directly in"));
  fs::remove_all(folder / "train/cat/more");
  ASSERT_EQ(mkfifo((folder / "train/cat/pipe.png").c_str(), 0600), 0);
  EXPECT_THAT(Refusal(folder), HasSubstr("pipe.png: expected a file"));
  fs::remove(folder / "train/cat/pipe.png");
  folder.Write("train/cat/a\nb.png", "x");
  EXPECT_THAT(Refusal(folder), HasSubstr("'a?b.png'"));
}

TEST(ImageFolder, RefusesMoreThan256Classes) {
  const TemporaryFolder folder;
  const std::string png = FlatPng(1, 1, 0);
  for (int i = 0; i < 256; ++i) {
    for (const char* split : {"train", "test"}) {
      folder.Write(std::string(split) + "/" + std::to_string(i) + "/a.png", png);
    }
  }
  EXPECT_EQ(DescribeImageFolder(Spec(folder)).classes, 256);
  folder.Write("train/one more/a.png", png);
  EXPECT_THAT(Refusal(folder), HasSubstr("at most 256 classes"));
}

TEST(ImageFolder, RefusesWhatTakesTooMuchMemory) {
  const TemporaryFolder folder;
  const std::string original = folder.Write("train/cat/0.png", FlatPng(1, 1, 0));
  folder.Write("train/dog/0.png", "");
  folder.Write("test/cat/0.png", "");
  folder.Write("test/dog/0.png", "");
  // 1366 images of 3 MiB are 4098 MiB; the files are links to one.
  for (int i = 1; i < 1363; ++i) {
    fs::create_hard_link(original, folder / ("train/cat/" + std::to_string(i) + ".png"));
  }
  EXPECT_THAT(
      Refusal(folder, "@3x1024x1024"),
      AllOf(HasSubstr("1366 pictures at 3x1024x1024 take 4.0 GiB"), HasSubstr("at most 4")));
  fs::remove(folder / "train/cat/1.png");
  EXPECT_EQ(DescribeImageFolder(Spec(folder, "@3x1024x1024")).train_images, 1363);
}

TEST(ImageFolder, NamesTheFirstBrokenPicture) {
  const TemporaryFolder folder;
  std::vector<Picture> pictures;
  for (int i = 0; i < 300; ++i) {
    const std::string name = std::to_string(1000 + i) + ".png";
    folder.Write(name, i == 97 || i == 100 || i == 299 ? "no picture" : FlatPng(3, 3, 1));
    pictures.push_back({name, 0});
  }
  for (int round = 0; round < 20; ++round) {
    Split split;
    EXPECT_THAT(DataErrorOf([&] {
                  ReadPictures(folder.path(), pictures, {1, 2, 2}, split);
                }),
                HasSubstr("1097.png: expected a PNG or JPEG image"));
  }
}

TEST(ImageFolder, TheFingerprintTellsWhatComesAndGoes) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  const std::string before = DescribeImageFolder(Spec(folder)).fingerprint;
  EXPECT_EQ(DescribeImageFolder(Spec(folder)).fingerprint, before);
  folder.Write("test/dog/more.png", FlatPng(1, 1, 0));
  const std::string more = DescribeImageFolder(Spec(folder)).fingerprint;
  EXPECT_NE(more, before);
  folder.Write("test/dog/more.png", FlatPng(10, 9, 77));
  EXPECT_NE(DescribeImageFolder(Spec(folder)).fingerprint, more);
  fs::remove(folder / "test/dog/more.png");
  EXPECT_EQ(DescribeImageFolder(Spec(folder)).fingerprint, before);
}

// Of the lines that data/image_folder.h documents, put together here.
TEST(ImageFolder, TheFingerprintOfUnturnedPicturesIsThatOfTheirNamesAndSizes) {
  const TemporaryFolder folder;
  std::string lines[2];
  int value = 0;
  for (const char* name : {"a", "a-b", "b"}) {  // whose paths sort otherwise: a-b/ before a/
    for (const char* split : {"train", "test"}) {
      const std::string file = FlatPng(3 + value, 5, static_cast<std::uint8_t>(value)),
                        below = std::string(name) + "/1.png";
      ++value;
      folder.Write(std::string(split) + "/" + below, file);
      lines[split[1] == 'e'] += std::to_string(file.size()) + " " + below + "\n";
    }
  }
  EXPECT_EQ(DescribeImageFolder(Spec(folder)).fingerprint, Sha256(lines[0] + "\n" + lines[1]));
  const std::string upright = GoldenFile("jpeg orientation 1 <"),
                    turned = GoldenFile("jpeg orientation 6 <");
  folder.Write("train/b/2.jpg", upright);
  lines[0] += std::to_string(upright.size()) + " b/2.jpg\n";
  const DatasetInfo before = DescribeImageFolder(Spec(folder));
  EXPECT_EQ(before.fingerprint, Sha256(lines[0] + "\n" + lines[1]));
  EXPECT_EQ(before.notes.turned_pictures, 0u);
  EXPECT_FALSE(before.notes.drawn_split);
  EXPECT_EQ(turned.size(), upright.size());
  folder.Write("train/b/2.jpg", turned);
  lines[0].insert(lines[0].size() - 1, "\torientation 6");
  const DatasetInfo after = DescribeImageFolder(Spec(folder));
  EXPECT_EQ(after.fingerprint, Sha256(lines[0] + "\n" + lines[1]));
  EXPECT_EQ(after.notes.turned_pictures, 1u);
}

TEST(ImageFolder, PicturesAreTurnedAsTheirCamerasNote) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  folder.Write("train/cat/a.png", GoldenFile("png orientation 6 > behind"));
  folder.Write("test/dog/z.png", GoldenFile("jpeg orientation 3 <"));
  const Dataset dataset = LoadDataset("folder:" + folder.path() + "@1x11x6", "");
  EXPECT_EQ(dataset.notes.turned_pictures, 2u);
  EXPECT_THAT(NotesText(dataset.notes),
              ElementsAre("2 pictures were turned as their camera notes (EXIF)"));
  for (const DecodedGolden& golden : DecodedGoldens()) {
    if (golden.name != "png orientation 6 > behind") continue;
    EXPECT_EQ(std::vector(dataset.train.pixels.begin(), dataset.train.pixels.begin() + 66),
              golden.image.pixels);
  }
}

TEST(ImageFolder, NamesThatOnlyLookAlikeAreToldApart) {
  const TemporaryFolder folder;
  folder.Write("train/caf\xc3\xa9/a.png", FlatPng(1, 1, 30));
  folder.Write("train/dog/a.png", FlatPng(1, 1, 30));
  folder.Write("test/cafe\xcc\x81/a.png", FlatPng(1, 1, 30));
  folder.Write("test/dog/a.png", FlatPng(1, 1, 30));
  EXPECT_THAT(Refusal(folder), AllOf(HasSubstr("looks the same"), HasSubstr("NFC"),
                                     HasSubstr("NFD"), HasSubstr("rename")));
  fs::rename(folder / "test/cafe\xcc\x81", folder / "test/cafe\xcc\x80");
  EXPECT_THAT(Refusal(folder), AllOf(HasSubstr("has no '"), Not(HasSubstr("NFC"))));
}

TEST(LookAlike, IsOneTextInTwoForms) {
  EXPECT_TRUE(DifferOnlyInComposition("\xc3\xa9", "e\xcc\x81"));
  EXPECT_TRUE(DifferOnlyInComposition("\xed\x95\x9c", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"));
  EXPECT_FALSE(DifferOnlyInComposition("e", "e"));
  EXPECT_FALSE(DifferOnlyInComposition("e", "\xc3\xa9"));
  EXPECT_FALSE(DifferOnlyInComposition("a", ""));
  EXPECT_FALSE(DifferOnlyInComposition("\xff", "\xfe"));
}

TEST(ImageFolder, AFolderThatMayNotBeEnteredIsAnError) {
  if (geteuid() == 0) NORMLAB_LEFT_OUT("root may enter every folder; ./check as another user");
  const TemporaryFolder folder;
  WriteSmallFolder(folder);
  fs::permissions(folder / "train/cat", fs::perms::none);
  EXPECT_THAT(Refusal(folder), HasSubstr("cannot look into"));
  fs::permissions(folder / "train/cat", fs::perms::owner_all);
}

TEST(ImageFolder, WhatOthersCallTheTestSetStandsForIt) {
  for (const std::string name : {"val", "valid", "validation"}) {
    const TemporaryFolder folder;
    WriteSmallFolder(folder, name);
    EXPECT_EQ(DescribeImageFolder(Spec(folder)).test_images, 2) << name;
  }
}

TEST(ImageFolder, PicturesWithoutAClassAreToldWhatWouldDo) {
  const TemporaryFolder folder;
  WriteSmallFolder(folder, "val");
  folder.Write("test/1.png", FlatPng(4, 4, 1));
  EXPECT_THAT(Refusal(folder), AllOf(HasSubstr("/test: expected a folder for each class"),
                                     HasSubstr("1.png"), HasSubstr("/val instead")));
  folder.Write("test/cat/a.png", FlatPng(4, 4, 1));
  EXPECT_THAT(Refusal(folder), HasSubstr("move it into its class"));
}

}  // namespace
}  // namespace normlab
