#include "data/cifar100.h"

#include <algorithm>
#include <set>

#include "files.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// The coarse label of record r is r % 20, the fine one 7 * r % 100, pixel i is 7 * r + i.
std::string Records(int count, int first) {
  std::string bytes;
  for (int record = first; record < first + count; ++record) {
    bytes += static_cast<char>(record % 20);
    bytes += static_cast<char>(7 * record % 100);
    for (int i = 0; i < 3072; ++i) bytes += static_cast<char>(7 * record + i);
  }
  return bytes;
}

std::string NameLines(std::size_t count) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) lines += "class " + std::to_string(i) + "\r\n";
  return lines + "\n";
}

void ExpectSmallSet(const Dataset& dataset) {
  ASSERT_EQ(dataset.train.size(), 17u);
  ASSERT_EQ(dataset.test.size(), 3u);
  const bool fine = dataset.name == "cifar100";
  for (int i = 0; i < 20; ++i) {
    const Split& split = i < 17 ? dataset.train : dataset.test;
    const int record = i < 17 ? 5 + i : i - 17;  // train begins with record 5, test with 0
    const std::size_t place = static_cast<std::size_t>(i < 17 ? i : i - 17);
    EXPECT_EQ(split.labels[place], fine ? 7 * record % 100 : record % 20);
    for (int pixel : {0, 1, 1023, 1024, 3071}) {
      EXPECT_EQ(split.pixels[place * 3072 + static_cast<std::size_t>(pixel)],
                (7 * record + pixel) % 256);
    }
  }
}

Members BinaryMembers(const std::string& folder) {
  // Not in the order in which they are wanted.
  return {{folder + "/fine_label_names.txt", NameLines(100)},
          {folder + "/test.bin", Records(3, 0)},
          {folder + "/train.bin", Records(17, 5)},
          {folder + "/coarse_label_names.txt", NameLines(20)}};
}

TEST(Cifar100, NamesAreTheOfficialOnes) {
  const std::vector<std::string> fine = Cifar100FineNames(), coarse = Cifar100CoarseNames();
  EXPECT_EQ(fine.size(), 100u);
  EXPECT_TRUE(std::ranges::is_sorted(fine));
  EXPECT_EQ(std::set(fine.begin(), fine.end()).size(), 100u);
  EXPECT_EQ(coarse.size(), 20u);
  EXPECT_EQ(std::set(coarse.begin(), coarse.end()).size(), 20u);
  EXPECT_TRUE(std::ranges::is_sorted(coarse));
  EXPECT_EQ(fine[0], "apple");
  EXPECT_EQ(fine[99], "worm");
  EXPECT_EQ(coarse[13], "non-insect_invertebrates");
}

TEST(Cifar100, IsKnownBeforeItIsRead) {
  EXPECT_EQ(FindDatasetInfo("cifar100").classes, 100);
  EXPECT_EQ(FindDatasetInfo("cifar100-coarse").classes, 20);
  EXPECT_EQ(FindDatasetInfo("cifar100").shape, (Shape{3, 32, 32}));
}

TEST(Cifar100Binary, LoadsFineAndCoarseLabelsFromFolderAndArchive) {
  for (const char* name : {"cifar100", "cifar100-coarse"}) {
    const TemporaryFolder folder, archive;
    for (const auto& [file, bytes] : BinaryMembers("cifar-100-binary")) folder.Write(file, bytes);
    WriteTarGz(archive / "cifar-100-binary.tar.gz", BinaryMembers("cifar-100-binary"));
    for (const std::string& place : {folder.path(), folder / "cifar-100-binary", archive.path()}) {
      const Dataset dataset = LoadDataset(name, place);
      ExpectSmallSet(dataset);
      EXPECT_EQ(dataset.class_names[13], "class 13") << place;
      ASSERT_EQ(dataset.sources.size(), 2u);
      EXPECT_THAT(dataset.sources[0].path, HasSubstr("train.bin"));
      EXPECT_FALSE(dataset.sources[0].official);
    }
  }
}

TEST(Cifar100Binary, WithoutListsTheNamesAreTheOfficialOnes) {
  const TemporaryFolder folder;
  WriteTarGz(folder / "cifar-100-binary.tar.gz", {{"cifar-100-binary/train.bin", Records(17, 5)},
                                                  {"cifar-100-binary/test.bin", Records(3, 0)}});
  EXPECT_EQ(LoadDataset("cifar100", folder.path()).class_names, Cifar100FineNames());
  EXPECT_EQ(LoadDataset("cifar100-coarse", folder.path()).class_names, Cifar100CoarseNames());
}

TEST(Cifar100Binary, RefusesBrokenRecordsAndLabels) {
  const auto refusal = [](const std::string& bytes) {
    return DataErrorOf([&] {
      Split split;
      AppendCifar100Binary(bytes, "train.bin", Cifar100Labels::kFine, split);
    });
  };
  EXPECT_THAT(refusal(""), HasSubstr("found 0 bytes"));
  EXPECT_THAT(refusal(Records(2, 0) + "x"), HasSubstr("whole records of 3074 bytes"));
  std::string coarse = Records(2, 0), fine = coarse;
  coarse[3074] = 20;
  fine[3075] = 100;
  EXPECT_THAT(refusal(coarse), HasSubstr("a label of 0 to 19 at byte 3074, found 20"));
  EXPECT_THAT(refusal(fine), HasSubstr("a label of 0 to 99 at byte 3075, found 100"));
}

TEST(Cifar100Binary, RefusesWhatIsIncomplete) {
  const TemporaryFolder folder;
  folder.Write("cifar-100-binary/train.bin", Records(2, 0));
  const auto refusal = [&] { return DataErrorOf([&] { LoadDataset("cifar100", folder.path()); }); };
  EXPECT_THAT(refusal(), HasSubstr("CIFAR-100 is not complete: expected test.bin"));
  folder.Write("cifar-100-binary/test.bin", Records(1, 0));
  folder.Write("cifar-100-binary/fine_label_names.txt", NameLines(99));
  EXPECT_THAT(refusal(), AllOf(HasSubstr("fine_label_names.txt"), HasSubstr("100 classes"),
                               HasSubstr("found 99 lines")));
  const TemporaryFolder archive;
  WriteTarGz(archive / "cifar-100-binary.tar.gz", {{"cifar-100-binary/train.bin", Records(2, 0)}});
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("cifar100", archive.path()); }),
              HasSubstr("expected the member cifar-100-binary/test.bin"));
  const TemporaryFolder empty;
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("cifar100", empty.path()); }),
              AllOf(HasSubstr("CIFAR-100 was not found"), HasSubstr("cifar-100-binary.tar.gz")));
}

TEST(Cifar100Python, LoadsFineAndCoarseLabels) {
  for (const char* golden : {"cifar100", "cifar100_python2"}) {
    const TemporaryFolder folder, archive;
    Members members;
    for (const char* file : {"test", "train"}) {
      folder.Write(std::string("cifar-100-python/") + file, Golden(golden));
      members.emplace_back(std::string("cifar-100-python/") + file, Golden(golden));
    }
    WriteTarGz(archive / "cifar-100-python.tar.gz", members);
    for (const std::string& place : {folder.path(), archive.path()}) {
      const Dataset fine = LoadDataset("cifar100", place);
      EXPECT_THAT(fine.train.labels, ElementsAre(3, 0, 99));
      EXPECT_EQ(fine.test.pixels[2 * 3072 + 5], 7 * 2 + 5);
      EXPECT_THAT(LoadDataset("cifar100-coarse", place).test.labels, ElementsAre(19, 0, 9));
    }
  }
  EXPECT_THAT(DataErrorOf([&] {
                Split split;
                AppendCifar100Pickle(Golden("cifar100_coarse_label_twenty"), "f",
                                     Cifar100Labels::kCoarse, split);
              }),
              HasSubstr("a label of 0 to 19"));
  EXPECT_THAT(DataErrorOf([&] {
                Split split;
                AppendCifar100Pickle(Golden("protocol4"), "f", Cifar100Labels::kFine, split);
              }),
              HasSubstr("fine_labels"));
}

}  // namespace
}  // namespace normlab
