// folder:DIR where DIR is a folder of classes without train/ and test/.
#include <algorithm>
#include <numeric>
#include <set>

#include "base/file.h"
#include "data/image_folder.h"
#include "data/split_draw.h"
#include "data/verify.h"
#include "files.h"
#include "images.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

DatasetSpec SpecOf(const std::string& folder) { return ParseDatasetSpec("folder:" + folder); }

std::string RefusalOf(const std::string& folder) {
  return DataErrorOf([&] { DescribeImageFolder(SpecOf(folder)); });
}

// `count` flat pictures of the class; each pixel of the i-th is `first` + i.
void WriteClass(const TemporaryFolder& folder, const std::string& name, int count, int first) {
  for (int i = 0; i < count; ++i) {
    folder.Write(name + "/" + std::to_string(100 + i) + ".png",
                 FlatPng(4, 4, static_cast<std::uint8_t>(first + i)));
  }
}

// Which pictures are in a split, by their first pixel.
std::vector<int> Values(const Dataset& dataset, const Split& split) {
  std::vector<int> values;
  for (std::size_t i = 0; i < split.size(); ++i) {
    values.push_back(split.pixels[i * dataset.shape.size()]);
  }
  return values;
}

TEST(DrawnSplit, TakesAFifthOfEveryClassButNeverNoneOrAll) {
  const DrawnSplit draw;
  const std::pair<int, int> expected[] = {{2, 1},  {3, 1},  {4, 1},  {5, 1},  {7, 1},   {8, 2},
                                          {12, 2}, {13, 3}, {17, 3}, {18, 4}, {100, 20}};
  for (const auto& [pictures, tested] : expected) {
    EXPECT_EQ(TestPictures(pictures, draw), tested) << pictures;
  }
  EXPECT_EQ(TestPictures(2, {1, 1}), 1u);
}

TEST(DrawnSplit, IsTheSameAtEveryCallAndAnotherWithAnotherSeed) {
  std::vector<std::uint8_t> labels(300);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::uint8_t>(i % 3);
  const std::vector<bool> first = DrawTestPictures(labels, {5, 1});
  EXPECT_EQ(DrawTestPictures(labels, {5, 1}), first);
  EXPECT_NE(DrawTestPictures(labels, {5, 2}), first);
  std::vector<int> counts(3), sums(3);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    counts[labels[i]] += first[i];
    sums[labels[i]] += first[i] ? static_cast<int>(i / 3) : 0;
  }
  EXPECT_THAT(counts, ElementsAre(20, 20, 20));
  std::set<int> different(sums.begin(), sums.end());
  EXPECT_EQ(different.size(), 3u) << "each class has a draw of its own";
  // A fair draw's mean place is 49.5 with a deviation of 5.8.
  for (const int sum : sums) EXPECT_NEAR(sum / 20.0, 49.5, 4 * 5.8);
}

TEST(UnsplitFolder, EveryPictureIsInOneOfTheTwo) {
  const TemporaryFolder folder;
  WriteClass(folder, "owl", 2, 0);
  WriteClass(folder, "cat", 17, 20);
  WriteClass(folder, "cat-like", 5, 60);
  folder.Write("notes.txt", "no class");
  folder.Write("@eaDir/cat/a.png", "litter");
  const DatasetInfo info = DescribeImageFolder(SpecOf(folder.path()));
  EXPECT_EQ(info.train_images, 14 + 4 + 1);
  EXPECT_EQ(info.test_images, 3 + 1 + 1);
  EXPECT_EQ(info.notes.drawn_split, DrawnSplit());
  EXPECT_THAT(NotesText(info.notes),
              ElementsAre("no split: 1 in 5 pictures of each class, drawn with seed 1, are the "
                          "test images"));
  EXPECT_EQ(PassedOverText(info.passed_over), "1 text file");
  const Dataset dataset = LoadDataset(info.name, "");
  EXPECT_THAT(dataset.class_names, ElementsAre("cat", "cat-like", "owl"));
  std::vector<int> all = Values(dataset, dataset.train);
  for (const int value : Values(dataset, dataset.test)) all.push_back(value);
  std::ranges::sort(all);
  std::vector<int> written(24);
  std::iota(written.begin(), written.begin() + 2, 0);
  std::iota(written.begin() + 2, written.begin() + 19, 20);
  std::iota(written.begin() + 19, written.end(), 60);
  EXPECT_EQ(all, written);
  for (const Split* split : {&dataset.train, &dataset.test}) {
    for (int label = 0; label < 3; ++label) {
      EXPECT_NE(std::ranges::find(split->labels, label), split->labels.end());
    }
    const std::vector<int> values = Values(dataset, *split);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(split->labels[i], values[i] < 20 ? 2 : values[i] < 60 ? 0 : 1);
    }
  }
  const Dataset again = LoadDataset(info.name, "");
  EXPECT_EQ(again.train.pixels, dataset.train.pixels);
  EXPECT_EQ(again.test.pixels, dataset.test.pixels);
  EXPECT_EQ(dataset.notes.drawn_split, DrawnSplit());
}

TEST(UnsplitFolder, TheSourcesAreThePicturesOfEachPart) {
  const TemporaryFolder folder;
  WriteClass(folder, "a", 2, 10);
  WriteClass(folder, "b", 2, 20);
  const Dataset dataset = LoadDataset("folder:" + folder.path(), "");
  ASSERT_EQ(dataset.sources.size(), 2u);
  std::string lines[2];
  for (int label = 0; label < 2; ++label) {
    for (int i = 0; i < 2; ++i) {
      const int value = 10 + 10 * label + i;
      const std::vector<int> tested = Values(dataset, dataset.test);
      lines[std::ranges::find(tested, value) != tested.end()] +=
          Sha256(FlatPng(4, 4, static_cast<std::uint8_t>(value))) + (label == 0 ? "  a/" : "  b/") +
          std::to_string(100 + i) + ".png\n";
    }
  }
  EXPECT_EQ(dataset.sources[0].path, folder.path() + "!train");
  EXPECT_EQ(dataset.sources[1].path, folder.path() + "!test");
  EXPECT_EQ(dataset.sources[0].sha256, Sha256(lines[0]));
  EXPECT_EQ(dataset.sources[1].sha256, Sha256(lines[1]));
  const Verification verification = VerifyUserDataset(SpecOf(folder.path()));
  ASSERT_EQ(verification.files.size(), 2u);
  EXPECT_EQ(verification.files[0].found, dataset.sources[0].sha256);
  EXPECT_EQ(verification.pictures, 4u);
  EXPECT_EQ(verification.notes.drawn_split, DrawnSplit());
  folder.Write("b/100.png", "");
  const Verification broken = VerifyUserDataset(SpecOf(folder.path()));
  EXPECT_EQ(broken.Count(FileState::kBroken), 1u);
  EXPECT_EQ(broken.files.back().path, folder / "b/100.png");
}

TEST(UnsplitFolder, TheFingerprintTellsWhatIsDrawn) {
  const TemporaryFolder folder;
  WriteClass(folder, "a", 2, 10);
  WriteClass(folder, "b", 2, 20);
  const std::string before = DescribeImageFolder(SpecOf(folder.path())).fingerprint;
  EXPECT_EQ(DescribeImageFolder(SpecOf(folder.path())).fingerprint, before);
  WriteClass(folder, "b", 3, 20);
  EXPECT_NE(DescribeImageFolder(SpecOf(folder.path())).fingerprint, before);
  fs::remove(folder / "b/102.png");
  EXPECT_EQ(DescribeImageFolder(SpecOf(folder.path())).fingerprint, before);
}

TEST(UnsplitFolder, OnePictureCannotBeInBoth) {
  const TemporaryFolder folder;
  WriteClass(folder, "cat", 3, 0);
  EXPECT_THAT(RefusalOf(folder.path()), HasSubstr("at least two classes, found one"));
  WriteClass(folder, "dog", 1, 0);
  EXPECT_THAT(RefusalOf(folder.path()), AllOf(HasSubstr("/dog: expected at least two pictures"),
                                              HasSubstr("found one; add another")));
}

TEST(UnsplitFolder, PartsOfASplitAreNoClasses) {
  for (const std::string name : {"test", "val", "Validation", "testing"}) {
    const TemporaryFolder folder;
    WriteClass(folder, name + "/cat", 2, 0);
    WriteClass(folder, "cat", 2, 0);
    WriteClass(folder, "dog", 2, 0);
    EXPECT_THAT(RefusalOf(folder.path()), HasSubstr("the folder train/ beside " + name + "/"));
  }
  const TemporaryFolder folder;
  WriteClass(folder, "Train/cat", 2, 0);
  WriteClass(folder, "test/cat", 2, 0);
  EXPECT_THAT(RefusalOf(folder.path()), HasSubstr("found Train/; rename it to train"));
}

TEST(UnsplitFolder, WhatLiesDeeperIsToldOf) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "annotations");
  EXPECT_THAT(RefusalOf(folder.path()), HasSubstr("found neither"));
  WriteClass(folder, "images/cat", 2, 0);
  WriteClass(folder, "images/dog", 2, 0);
  EXPECT_THAT(RefusalOf(folder.path()), HasSubstr("say folder:" + (folder / "images")));
  EXPECT_EQ(DescribeImageFolder(SpecOf(folder / "images")).classes, 2);
  WriteClass(folder, "images/train/cat", 2, 0);
  EXPECT_THAT(RefusalOf(folder.path()), HasSubstr("found train/ in " + (folder / "images")));
  folder.Write("a.png", FlatPng(1, 1, 1));
  EXPECT_THAT(RefusalOf(folder.path()), HasSubstr("pictures without one, such as a.png"));
  WriteClass(folder, "cat", 2, 0);
  EXPECT_THAT(RefusalOf(folder.path()), HasSubstr("move it into its class"));
}

}  // namespace
}  // namespace normlab
