#include "data/cifar.h"

#include "files.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string BinaryError(std::string_view bytes) {
  return DataErrorOf([&] {
    Split split;
    AppendCifarBinary(bytes, "batch.bin", split);
  });
}

void ExpectSmallCifar(const Dataset& dataset) {
  EXPECT_THAT(dataset.train.labels, ElementsAre(2, 3, 4, 5, 6, 7, 8, 9, 0, 1));
  EXPECT_THAT(dataset.test.labels, ElementsAre(0, 1, 2));
  ASSERT_EQ(dataset.train.pixels.size(), 10u * 3072);
  for (std::size_t i = 0; i < dataset.train.pixels.size(); ++i) {
    const std::size_t record = 2 + i / 3072;
    ASSERT_EQ(dataset.train.pixels[i], (7 * record + i % 3072) % 256) << i;
  }
}

TEST(CifarBinary, AppendsRecords) {
  Split split;
  AppendCifarBinary(CifarRecords(2, 8), "f", split);
  AppendCifarBinary(CifarRecords(1, 5), "f", split);
  EXPECT_THAT(split.labels, ElementsAre(8, 9, 5));
  ASSERT_EQ(split.pixels.size(), 3u * 3072);
  EXPECT_EQ(split.pixels[3072 + 1024], (7 * 9 + 1024) % 256);  // the green plane's first pixel
}

TEST(CifarBinary, RefusesBrokenRecords) {
  EXPECT_THAT(
      BinaryError(CifarRecords(2, 0).substr(1)),
      AllOf(HasSubstr("expected whole records of 3073 bytes"), HasSubstr("found 6145 bytes"),
            HasSubstr("3072 of them after the last whole record")));
  EXPECT_THAT(BinaryError(CifarRecords(1, 0) + "x"), HasSubstr("found 3074 bytes"));
  EXPECT_THAT(BinaryError(""), HasSubstr("found 0 bytes"));
}

TEST(CifarBinary, RefusesALabelAboveNineWithItsOffset) {
  std::string bytes = CifarRecords(3, 0);
  bytes[2 * 3073] = '\xff';
  EXPECT_THAT(BinaryError(bytes), HasSubstr("a label of 0 to 9 at byte 6146, found 255"));
}

TEST(CifarFolder, LoadsTheBinaryRelease) {
  const TemporaryFolder folder;
  for (const auto& [name, bytes] : CifarBinaryMembers("cifar-10-batches-bin")) {
    folder.Write(name, bytes);
  }
  ExpectSmallCifar(LoadDataset("cifar10", folder.path()));
  ExpectSmallCifar(LoadDataset("cifar10", folder / "cifar-10-batches-bin"));
}

TEST(CifarFolder, NamesTheMissingBatch) {
  const TemporaryFolder folder;
  for (const auto& [name, bytes] : CifarBinaryMembers("cifar-10-batches-bin")) {
    folder.Write(name, bytes);
  }
  std::filesystem::remove(folder / "cifar-10-batches-bin/data_batch_3.bin");
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("cifar10", folder.path()); }),
              HasSubstr("CIFAR-10 is not complete: expected data_batch_3.bin"));
}

TEST(CifarFolder, LoadsThePythonRelease) {
  const TemporaryFolder folder;
  for (const char* name : {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
                           "data_batch_5", "test_batch"}) {
    folder.Write(std::string("cifar-10-batches-py/") + name, Golden("python2"));
  }
  const Dataset dataset = LoadDataset("cifar10", folder.path());
  EXPECT_EQ(dataset.train.size(), 15u);
  EXPECT_THAT(dataset.test.labels, ElementsAre(3, 0, 9));
  EXPECT_EQ(dataset.class_names[3], "cat");
}

TEST(CifarArchive, LoadsTheBinaryReleaseInTheOrderOfTheBatches) {
  const TemporaryFolder folder;
  WriteTarGz(folder / "cifar-10-binary.tar.gz", CifarBinaryMembers("cifar-10-batches-bin"));
  const Dataset dataset = LoadDataset("cifar10", folder.path());
  ExpectSmallCifar(dataset);
  ASSERT_EQ(dataset.sources.size(), 6u);
  EXPECT_EQ(dataset.sources[0].path,
            folder / "cifar-10-binary.tar.gz!cifar-10-batches-bin/data_batch_1.bin");
  // Nothing is extracted.
  const auto files = std::filesystem::recursive_directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(CifarArchive, LoadsThePythonReleaseUnderBothNames) {
  for (const char* archive : {"cifar-10-python.tar.gz", "cifar-10-batches-py.tar.gz"}) {
    const TemporaryFolder folder;
    Members members;
    for (const std::string& file : CifarFiles(CifarRelease::kPython)) {
      members.emplace_back("./cifar-10-batches-py/" + file, Golden("protocol3"));
    }
    WriteTarGz(folder / archive, members);
    EXPECT_EQ(LoadDataset("cifar10", folder.path()).train.size(), 15u) << archive;
  }
}

TEST(CifarArchive, RefusesAnotherTree) {
  const TemporaryFolder folder;
  const std::string path = folder / "cifar-10-binary.tar.gz";
  WriteTarGz(path, CifarBinaryMembers("somewhere/cifar-10-batches-bin"));
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("cifar10", folder.path()); }),
              AllOf(HasSubstr("expected the member cifar-10-batches-bin/data_batch_1.bin"),
                    HasSubstr("starts with somewhere/cifar-10-batches-bin/data_batch_4.bin")));
  Members members = CifarBinaryMembers("cifar-10-batches-bin");
  members.erase(members.begin() + 2);
  WriteTarGz(path, members);
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("cifar10", folder.path()); }),
              HasSubstr("expected the member cifar-10-batches-bin/data_batch_5.bin"));
  WriteTarGz(path, {});
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("cifar10", folder.path()); }),
              HasSubstr("found an empty archive"));
}

TEST(CifarArchive, RefusesAMemberThatIsThereTwice) {
  const TemporaryFolder folder;
  Members members = CifarBinaryMembers("cifar-10-batches-bin");
  members.push_back(members[0]);
  WriteTarGz(folder / "cifar-10-binary.tar.gz", members);
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("cifar10", folder.path()); }), HasSubstr("twice"));
}

TEST(CifarArchive, RefusesOneThatEndsEarlyOrIsNone) {
  const TemporaryFolder folder;
  const std::string path = folder / "cifar-10-binary.tar.gz";
  WriteTarGz(path, CifarBinaryMembers("cifar-10-batches-bin"));
  const std::uintmax_t size = std::filesystem::file_size(path);
  for (const std::uintmax_t kept : {size / 2, size / 4, std::uintmax_t{30}, std::uintmax_t{1}}) {
    std::filesystem::resize_file(path, kept);
    EXPECT_THAT(DataErrorOf([&] { LoadDataset("cifar10", folder.path()); }), HasSubstr(path));
  }
  folder.Write("cifar-10-binary.tar.gz", "<html>404</html>");
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("cifar10", folder.path()); }),
              HasSubstr("the archive is damaged or ends early"));
}

TEST(CifarArchive, NamesTheMemberThatIsBroken) {
  const TemporaryFolder folder;
  Members members = CifarBinaryMembers("cifar-10-batches-bin");
  members[1].second[0] = 77;
  WriteTarGz(folder / "cifar-10-binary.tar.gz", members);
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("cifar10", folder.path()); }),
              HasSubstr("cifar-10-binary.tar.gz!cifar-10-batches-bin/data_batch_1.bin: expected a "
                        "label of 0 to 9 at byte 0, found 77"));
}

}  // namespace
}  // namespace normlab
