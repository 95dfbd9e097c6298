#include "data/idx_pair.h"

#include "base/file.h"
#include "files.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string Labels(const std::vector<int>& labels) {
  std::string bytes = BigEndian32(0x801) + BigEndian32(static_cast<std::uint32_t>(labels.size()));
  for (const int label : labels) bytes += static_cast<char>(label);
  return bytes;
}

// Four training and two test images of 5 x 3 pixels and three classes.
void WriteSmallPair(const TemporaryFolder& folder, const std::string& prefix,
                    const std::string& test = "t10k") {
  folder.Write(prefix + "train-images-idx3-ubyte", IdxImages(4, 5, 3));
  folder.Write(prefix + "train-labels-idx1-ubyte", Labels({0, 2, 1, 2}));
  folder.Write(prefix + test + "-images-idx3-ubyte", IdxImages(2, 5, 3));
  folder.Write(prefix + test + "-labels-idx1-ubyte", Labels({2, 0}));
}

std::string Refusal(const std::string& path) {
  return DataErrorOf([&] { DescribeIdxPair(ParseDatasetSpec("idx:" + path)); });
}

std::string LoadRefusal(const std::string& path) {
  return DataErrorOf([&] {
    const DatasetSpec spec = ParseDatasetSpec("idx:" + path);
    Dataset dataset;
    dataset.shape = DescribeIdxPair(spec).shape;
    LoadIdxPair(spec, dataset);
  });
}

TEST(IdxPair, TellsShapeAndClassesFromTheFiles) {
  const TemporaryFolder folder;
  WriteSmallPair(folder, "");
  const std::string name = "idx:" + folder.path();
  const DatasetInfo& info = FindDatasetInfo(name);
  EXPECT_EQ(info.name, name);
  EXPECT_EQ(info.shape, (Shape{1, 5, 3}));
  EXPECT_EQ(info.classes, 3);
  EXPECT_EQ(info.train_images, 4);
  EXPECT_EQ(info.test_images, 2);
  const Dataset dataset = LoadDataset(name, "/nowhere");
  EXPECT_THAT(dataset.class_names, ElementsAre("0", "1", "2"));
  EXPECT_THAT(dataset.train.labels, ElementsAre(0, 2, 1, 2));
  EXPECT_THAT(dataset.test.labels, ElementsAre(2, 0));
  ASSERT_EQ(dataset.train.pixels.size(), 60u);
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(dataset.train.pixels[i], i * 31 % 256);
  ASSERT_EQ(dataset.sources.size(), 4u);
  EXPECT_EQ(dataset.sources[3].path, folder / "t10k-labels-idx1-ubyte");
  EXPECT_EQ(dataset.sources[3].sha256, Sha256(Labels({2, 0})));
  EXPECT_FALSE(dataset.statistics.mean.empty());
}

TEST(IdxPair, ReadsPrefixedNamesTestAndGzip) {
  const TemporaryFolder folder;
  WriteSmallPair(folder, "emnist-letters-", "test");
  folder.Write("emnist-letters-train-images-idx3-ubyte.gz", Gzip(IdxImages(4, 5, 3)));
  std::filesystem::remove(folder / "emnist-letters-train-images-idx3-ubyte");
  folder.Write("emnist-letters-classes.txt", "a\nb\nc\n");
  folder.Write("._emnist-letters-train-images-idx3-ubyte.gz", "what macOS leaves");
  const Dataset dataset = LoadDataset("idx:" + folder.path(), "");
  EXPECT_THAT(dataset.class_names, ElementsAre("a", "b", "c"));
  EXPECT_EQ(dataset.train.size(), 4u);
  EXPECT_EQ(LoadDataset("idx:" + folder / "emnist-letters", "").test.size(), 2u);
}

TEST(IdxPair, OfSeveralSetsOneMustBeNamed) {
  const TemporaryFolder folder;
  WriteSmallPair(folder, "emnist-letters-", "test");
  WriteSmallPair(folder, "emnist-digits-", "test");
  EXPECT_THAT(Refusal(folder.path()), AllOf(HasSubstr("emnist-digits, emnist-letters"),
                                            HasSubstr("as in idx:" + folder / "emnist-digits")));
  EXPECT_EQ(DescribeIdxPair(ParseDatasetSpec("idx:" + folder / "emnist-letters")).classes, 3);
  WriteSmallPair(folder, "");
  EXPECT_EQ(DescribeIdxPair(ParseDatasetSpec("idx:" + folder.path())).title,
            std::filesystem::path(folder.path()).filename());
}

TEST(IdxPair, ANameThatCannotBeShownIsRefused) {
  const TemporaryFolder folder;
  WriteSmallPair(folder, "two\nlines-");
  EXPECT_THAT(Refusal(folder.path()), HasSubstr("found 'two?lines-train-images-idx3-ubyte'"));
}

TEST(IdxPair, RefusesWhatIsNotThere) {
  const TemporaryFolder folder;
  EXPECT_THAT(Refusal(folder.path()), HasSubstr("expected train-images-idx3-ubyte"));
  EXPECT_THAT(Refusal(folder / "nothing"), HasSubstr("found neither"));
  WriteSmallPair(folder, "");
  std::filesystem::remove(folder / "t10k-labels-idx1-ubyte");
  EXPECT_THAT(Refusal(folder.path()), HasSubstr("expected t10k-labels-idx1-ubyte or "));
}

TEST(IdxPair, RefusesBrokenHeaders) {
  const TemporaryFolder folder;
  WriteSmallPair(folder, "");
  const auto with_images = [&](const std::string& bytes) {
    folder.Write("train-images-idx3-ubyte", bytes);
    return Refusal(folder.path());
  };
  EXPECT_THAT(with_images(""), HasSubstr("expected IDX images"));
  EXPECT_THAT(with_images(IdxImages(4, 5, 3).substr(0, 15)),
              HasSubstr("an IDX header of 16 bytes"));
  EXPECT_THAT(with_images(IdxImages(0, 5, 3)), HasSubstr("at least one"));
  EXPECT_THAT(with_images(IdxImages(1, 0, 3)), HasSubstr("1 to 1024 rows and columns, found 0x3"));
  const auto header = [](std::uint32_t images, std::uint32_t rows, std::uint32_t columns) {
    return BigEndian32(0x803) + BigEndian32(images) + BigEndian32(rows) + BigEndian32(columns);
  };
  EXPECT_THAT(with_images(header(1, 1025, 1)), HasSubstr("found 1025x1"));
  EXPECT_THAT(with_images(header(0xffffffff, 5, 3)), HasSubstr("at most 10000000 images"));
  // Colour as a fourth dimension, and 32-bit integers.
  EXPECT_THAT(with_images(BigEndian32(0x804) + header(1, 3, 5)), HasSubstr("found 00000804"));
  EXPECT_THAT(with_images(BigEndian32(0xc03) + header(1, 3, 5)), HasSubstr("found 00000c03"));
  EXPECT_THAT(with_images(Gzip(IdxImages(4, 5, 3)).substr(0, 12)), HasSubstr("train-images"));
}

TEST(IdxPair, RefusesLabelsThatDoNotFit) {
  const TemporaryFolder folder;
  WriteSmallPair(folder, "");
  folder.Write("t10k-labels-idx1-ubyte", Labels({2, 3}));
  EXPECT_THAT(LoadRefusal(folder.path()), HasSubstr("a label of 0 to 2 at byte 9, found 3"));
  folder.Write("t10k-labels-idx1-ubyte", Labels({2, 1, 0}));
  EXPECT_THAT(LoadRefusal(folder.path()), HasSubstr("one label for each of the 2 images"));
  folder.Write("train-labels-idx1-ubyte", Labels({0, 0, 0, 0}));
  EXPECT_THAT(Refusal(folder.path()), HasSubstr("at least two classes"));
  folder.Write("train-labels-idx1-ubyte", Labels({0, 255, 0, 0}));
  EXPECT_EQ(DescribeIdxPair(ParseDatasetSpec("idx:" + folder.path())).classes, 256);
  folder.Write("classes.txt", "a\nb\n");
  EXPECT_THAT(Refusal(folder.path()), HasSubstr("names of 256 classes"));
}

TEST(IdxPair, TestImagesOfAnotherSizeAreRefused) {
  const TemporaryFolder folder;
  WriteSmallPair(folder, "");
  folder.Write("t10k-images-idx3-ubyte", IdxImages(2, 5, 4));
  EXPECT_THAT(LoadRefusal(folder.path()), HasSubstr("expected images of 5x3 pixels, found 5x4"));
}

TEST(IdxPair, TheFingerprintTellsChangedLabels) {
  const TemporaryFolder folder;
  WriteSmallPair(folder, "");
  const DatasetSpec spec = ParseDatasetSpec("idx:" + folder.path());
  const std::string before = DescribeIdxPair(spec).fingerprint;
  EXPECT_EQ(before.size(), 64u);
  EXPECT_EQ(DescribeIdxPair(spec).fingerprint, before);
  folder.Write("train-labels-idx1-ubyte", Labels({0, 2, 2, 2}));
  EXPECT_NE(DescribeIdxPair(spec).fingerprint, before);
}

TEST(IdxPair, FilesThatChangeAfterThePlanAreRefused) {
  const TemporaryFolder folder;
  WriteSmallPair(folder, "");
  FindDatasetInfo("idx:" + folder.path());
  folder.Write("train-labels-idx1-ubyte", Labels({0, 1, 1, 1}));
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("idx:" + folder.path(), ""); }),
              HasSubstr("changed while normlab was at work"));
}

TEST(IdxPair, TakesTheNamesThatMirrorsAndUnpackersGive) {
  const TemporaryFolder dotted, unpacked;
  for (const std::string split : {"train", "t10k"}) {
    const std::string images = split + "-images", labels = split + "-labels";
    dotted.Write(images + ".idx3-ubyte", IdxImages(2, 5, 3));
    dotted.Write(labels + ".idx1-ubyte", Labels({0, 1}));
    unpacked.Write(images + "-idx3-ubyte/" + images + "-idx3-ubyte", IdxImages(2, 5, 3));
    unpacked.Write(labels + "-idx1-ubyte/" + labels + ".idx1-ubyte", Labels({0, 1}));
  }
  for (const TemporaryFolder* folder : {&dotted, &unpacked}) {
    const Dataset dataset = LoadDataset("idx:" + folder->path(), "/nowhere");
    EXPECT_THAT(dataset.train.labels, ElementsAre(0, 1));
    EXPECT_EQ(dataset.test.size(), 2u);
  }
}

TEST(IdxPair, ExtendedLabelsAreToldFromMissingOnes) {
  const TemporaryFolder folder;
  WriteSmallPair(folder, "");
  std::filesystem::rename(folder / "train-labels-idx1-ubyte", folder / "train-labels-idx2-int");
  EXPECT_THAT(Refusal(folder.path()),
              AllOf(HasSubstr("expected train-labels-idx1-ubyte"), HasSubstr("QMNIST")));
  std::filesystem::remove(folder / "train-labels-idx2-int");
  EXPECT_THAT(Refusal(folder.path()), HasSubstr("add the missing file"));
}

}  // namespace
}  // namespace normlab
