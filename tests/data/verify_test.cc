#include "data/verify.h"

#include "base/file.h"
#include "data/origin.h"
#include "data/published.h"
#include "files.h"
#include "images.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::vector<FileState> States(const Verification& verification) {
  std::vector<FileState> states;
  for (const VerifiedFile& file : verification.files) states.push_back(file.state);
  return states;
}

constexpr FileState kOfficial = FileState::kOfficial, kOther = FileState::kOther,
                    kReadable = FileState::kReadable, kBroken = FileState::kBroken,
                    kMissing = FileState::kMissing;

Verification Verify(const char* name, const TemporaryFolder& folder) {
  return VerifyDataset(FindDatasetInfo(name), folder.path());
}

TEST(Verify, AWholeSubsetIsAnotherOneWithBothChecksums) {
  const TemporaryFolder folder;
  WriteSmallMnist(folder, "mnist");
  const Verification verification = Verify("mnist", folder);
  EXPECT_THAT(States(verification), ElementsAre(kOther, kOther, kOther, kOther));
  EXPECT_FALSE(verification.official());
  const VerifiedFile& labels = verification.files[3];
  EXPECT_EQ(labels.path, folder / "mnist/t10k-labels-idx1-ubyte.gz");
  EXPECT_EQ(labels.expected, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");
  EXPECT_EQ(labels.found, Sha256(IdxLabels(10))) << "of the raw bytes";
}

TEST(Verify, EveryBrokenFileIsToldAndWhere) {
  const TemporaryFolder folder;
  WriteSmallMnist(folder, "mnist");
  folder.Write("mnist/train-images-idx3-ubyte", IdxImages(20).substr(0, 1000));
  std::string labels = IdxLabels(20);
  labels[8 + 5] = 10;
  folder.Write("mnist/train-labels-idx1-ubyte", labels);
  std::filesystem::remove(folder / "mnist/t10k-images-idx3-ubyte.gz");
  folder.Write("mnist/t10k-labels-idx1-ubyte.gz", Gzip(IdxLabels(10)).substr(0, 20));
  const Verification verification = Verify("mnist", folder);
  ASSERT_THAT(States(verification), ElementsAre(kBroken, kBroken, kMissing, kBroken));
  EXPECT_THAT(verification.files[0].problem, HasSubstr("expected 15696 bytes, found 1000"));
  EXPECT_THAT(verification.files[1].problem, HasSubstr("at byte 13, found 10"));
  EXPECT_THAT(verification.files[2].problem,
              HasSubstr("expected t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz"));
  EXPECT_THAT(verification.files[3].problem, HasSubstr("the gzip data ends early, after 20 bytes"));
  EXPECT_EQ(verification.files[3].found, "");
}

TEST(Verify, FilesThatDoNotBelongTogetherAreBroken) {
  const TemporaryFolder folder;
  WriteSmallMnist(folder, "mnist");
  folder.Write("mnist/train-labels-idx1-ubyte", IdxLabels(19));
  const Verification verification = Verify("mnist", folder);
  ASSERT_THAT(States(verification), ElementsAre(kOther, kOther, kOther, kOther, kBroken));
  EXPECT_THAT(verification.files[4].problem, HasSubstr("do not belong together"));
}

TEST(Verify, ReadsCifarInFoldersAndArchives) {
  const TemporaryFolder folder;
  WriteTarGz(folder / "cifar-10-binary.tar.gz", CifarBinaryMembers("cifar-10-batches-bin"));
  const Verification archive = Verify("cifar10", folder);
  EXPECT_THAT(States(archive), ElementsAre(kOther, kOther, kOther, kOther, kOther, kOther));
  EXPECT_THAT(archive.files[0].path, HasSubstr("tar.gz!cifar-10-batches-bin/data_batch_4.bin"));
  for (const auto& [name, bytes] : CifarBinaryMembers("cifar-10-batches-bin")) {
    folder.Write(name, bytes);
  }
  folder.Write("cifar-10-batches-bin/data_batch_2.bin", CifarRecords(2, 0) + "x");
  std::filesystem::remove(folder / "cifar-10-batches-bin/test_batch.bin");
  const Verification batches = Verify("cifar10", folder);
  ASSERT_THAT(States(batches), ElementsAre(kOther, kBroken, kOther, kOther, kOther, kMissing));
  EXPECT_THAT(batches.files[1].problem, HasSubstr("1 of them after the last whole record"));
}

TEST(Verify, ReadsCifar100WithEitherLabels) {
  const TemporaryFolder folder;
  std::string records;
  for (int i = 0; i < 3; ++i) {
    records += static_cast<char>(19) + std::string(1, static_cast<char>(99 - i));
    records += std::string(3072, static_cast<char>(i));
  }
  folder.Write("cifar-100-binary/train.bin", records);
  folder.Write("cifar-100-binary/test.bin", records.substr(0, 2 * 3074));
  for (const char* name : {"cifar100", "cifar100-coarse"}) {
    const Verification verification = Verify(name, folder);
    EXPECT_THAT(States(verification), ElementsAre(kOther, kOther));
    EXPECT_EQ(verification.files[0].expected.substr(0, 8), "f31298fc");
    EXPECT_EQ(verification.files[0].found, Sha256(records));
  }
  records[3074] = 20;
  folder.Write("cifar-100-binary/train.bin", records);
  EXPECT_THAT(Verify("cifar100", folder).files[0].problem, HasSubstr("at byte 3074, found 20"));
  const TemporaryFolder packed;
  WriteTarGz(packed / "cifar-100-binary.tar.gz",
             {{"cifar-100-binary/test.bin", records.substr(0, 3074)}});
  const Verification archive = Verify("cifar100", packed);
  ASSERT_THAT(States(archive), ElementsAre(kOther, kBroken));
  EXPECT_THAT(archive.files[1].problem,
              HasSubstr("expected the member cifar-100-binary/train.bin"));
}

TEST(Verify, EveryFileOfAUsersIdxSetIsTold) {
  const TemporaryFolder folder;
  WriteSmallMnist(folder, "letters");
  const DatasetSpec spec = ParseDatasetSpec("idx:" + (folder / "letters"));
  const Verification verification = VerifyUserDataset(spec);
  EXPECT_EQ(verification.path, folder / "letters");
  EXPECT_THAT(States(verification), testing::Each(FileState::kReadable));
  EXPECT_THAT(verification.files, SizeIs(4));
  EXPECT_EQ(verification.files[0].expected, "");
  folder.Write("letters/t10k-labels-idx1-ubyte.gz", Gzip(IdxLabels(9)));
  const Verification apart = VerifyUserDataset(spec);
  EXPECT_THAT(States(apart), ElementsAre(kReadable, kReadable, kReadable, kReadable, kBroken));
  EXPECT_EQ(apart.files.back().path, folder / "letters");
  folder.Write("letters/train-images-idx3-ubyte", IdxImages(20).substr(0, 900));
  folder.Write("letters/train-labels-idx1-ubyte", "x");
  std::filesystem::remove(folder / "letters/t10k-images-idx3-ubyte.gz");
  folder.Write("letters/classes.txt", "one\n\xff\n");
  EXPECT_THAT(States(VerifyUserDataset(spec)),
              ElementsAre(kBroken, kBroken, kMissing, kReadable, kBroken));
}

TEST(Verify, EveryBrokenPictureIsTold) {
  const TemporaryFolder folder;
  const std::string png = FlatPng(9, 9, 3);
  for (int i = 0; i < 40; ++i) {
    for (const char* below : {"train/cat/", "train/dog/", "test/cat/", "test/dog/"}) {
      folder.Write(below + std::to_string(i + 10) + ".png", png);
    }
  }
  const DatasetSpec spec = ParseDatasetSpec("folder:" + folder.path());
  const Verification whole = VerifyUserDataset(spec);
  EXPECT_THAT(States(whole), ElementsAre(kReadable, kReadable));
  EXPECT_EQ(whole.pictures, 160u);
  EXPECT_EQ(whole.files[0].found, LoadDataset(spec.name, "").sources[0].sha256);
  const std::vector<std::string> broken = {"train/cat/11.png", "train/cat/15.png",
                                           "train/dog/49.png", "train/dog/new.jfif"};
  for (const std::string& name : broken) folder.Write(name, png.substr(0, 40));
  folder.Write("train/cat/12.png", "");
  folder.Write("train/cat/13.png", "GIF89a");
  const Verification verification = VerifyUserDataset(spec);
  EXPECT_THAT(States(verification),
              ElementsAre(kReadable, kBroken, kBroken, kBroken, kBroken, kBroken));
  EXPECT_EQ(verification.pictures, 160u) << "one more, and one that is a GIF";
  EXPECT_EQ(verification.files[0].path, folder / "test");
  EXPECT_EQ(verification.files[1].path, folder / broken[0]);
  EXPECT_THAT(verification.files[2].problem, HasSubstr("12.png: expected a PNG or JPEG image, "
                                                       "found an empty file"));
  EXPECT_EQ(verification.files[5].path, folder / broken[3]);
  EXPECT_EQ(PassedOverText(verification.passed_over), "1 GIF");
  std::filesystem::remove_all(folder / "test");
  const Verification none = VerifyUserDataset(spec);
  EXPECT_THAT(States(none), ElementsAre(kBroken));
  EXPECT_THAT(none.files[0].problem, HasSubstr("expected the folder test/"));
}

TEST(Verify, ADamagedArchiveIsToldAfterItsGoodMembers) {
  const TemporaryFolder folder;
  const std::string path = folder / "cifar-10-binary.tar.gz";
  WriteTarGz(path, CifarBinaryMembers("cifar-10-batches-bin"));
  const std::string bytes = ReadFile(path);
  folder.Write("cifar-10-binary.tar.gz", bytes.substr(0, bytes.size() / 2));
  const Verification verification = Verify("cifar10", folder);
  ASSERT_FALSE(verification.files.empty());
  EXPECT_EQ(verification.files.back().state, kBroken);
  EXPECT_THAT(verification.files.back().problem, HasSubstr("damaged or ends early"));
}

TEST(Verify, AnotherSetsFilesAreBroken) {
  NORMLAB_NEEDS_DATASET("fashion-mnist");
  const char* package = "/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz";
  const TemporaryFolder folder;
  WriteSmallMnist(folder, "mnist");
  folder.Write("mnist/t10k-labels-idx1-ubyte.gz", ReadFile(package));
  const Verification verification = Verify("mnist", folder);
  EXPECT_EQ(verification.files[3].state, kBroken);
  EXPECT_THAT(verification.files[3].problem,
              HasSubstr("found the bytes of Fashion-MNIST's t10k-labels"));
}

TEST(Verify, ThePublishedFilesAreOfficial) {
  NORMLAB_NEEDS_DATASET("fashion-mnist");
  EXPECT_TRUE(VerifyDataset(FindDatasetInfo("fashion-mnist"), "/usr/share/datasets").official());
}

TEST(Verify, ASetThatIsNotThereIsAnError) {
  const TemporaryFolder folder;
  EXPECT_THAT(DataErrorOf([&] { Verify("mnist", folder); }), HasSubstr("was not found"));
}

TEST(SearchReport, TellsOfEveryPlaceAndOfTheOneThatIsTaken) {
  const TemporaryFolder folder;
  WriteSmallMnist(folder, "mnist");
  folder.Write("t10k-labels-idx1-ubyte", "");
  const SearchReport report = ReportSearch(FindDatasetInfo("mnist"), folder.path());
  EXPECT_EQ(report.problem, "");
  ASSERT_THAT(report.roots, SizeIs(1));
  EXPECT_EQ(report.roots[0].root.origin, "--data-dir");
  const std::vector<LookedAt>& places = report.roots[0].places;
  ASSERT_THAT(places, SizeIs(3));
  EXPECT_EQ(places[0].path, folder / "MNIST/raw");
  EXPECT_THAT(places[0].found, testing::IsEmpty());
  EXPECT_THAT(places[1].found,
              ElementsAre("train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                          "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"));
  EXPECT_EQ(places[1].wanted, 4u);
  EXPECT_TRUE(places[1].taken);
  EXPECT_THAT(places[2].found, ElementsAre("t10k-labels-idx1-ubyte"));
  EXPECT_FALSE(places[0].taken || places[2].taken);
}

TEST(SearchReport, SaysWhyNothingIsTaken) {
  const TemporaryFolder folder;
  const SearchReport absent = ReportSearch(FindDatasetInfo("cifar10"), folder / "no");
  EXPECT_EQ(absent.roots[0].problem, "no such folder");
  EXPECT_THAT(absent.roots[0].places, testing::IsEmpty());
  EXPECT_EQ(absent.problem,
            DataErrorOf([&] { FindDataset(FindDatasetInfo("cifar10"), folder / "no"); }));
  folder.Write("cifar-10-python.tar.gz", "");
  const SearchReport report = ReportSearch(FindDatasetInfo("cifar10"), folder.path());
  for (const LookedAt& place : report.roots[0].places) {
    EXPECT_EQ(place.taken, place.path == folder / "cifar-10-python.tar.gz") << place.path;
    EXPECT_EQ(place.found.size(), place.taken ? 1u : 0u) << place.path;
  }
}

TEST(PublishedChecksum, IsOfTheFilesWhicheverLabelsAreRead) {
  EXPECT_EQ(FilesOf("cifar100-coarse"), "cifar100");
  EXPECT_EQ(FilesOf("mnist"), "mnist");
  EXPECT_EQ(PublishedChecksum("cifar100-coarse", "test.bin"),
            PublishedChecksum("cifar100", "test.bin"));
  EXPECT_EQ(PublishedChecksum("cifar100", "test"), "");
  EXPECT_EQ(PublishedChecksum("mnist", "test.bin"), "");
}

TEST(Origin, IsToldOfEverySet) {
  for (const DatasetInfo& info : AllDatasets()) {
    const DatasetOrigin& origin = FindOrigin(info.name);
    EXPECT_EQ(origin.dataset, FilesOf(info.name));
    EXPECT_FALSE(origin.authors.empty() || origin.licence.empty());
    EXPECT_TRUE(origin.page.starts_with("https://")) << origin.page;
  }
}

}  // namespace
}  // namespace normlab
