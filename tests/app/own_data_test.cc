// Data sets beyond the three: a folder of pictures, an IDX pair, CIFAR-100, each trained, and what
// a user can do wrong with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "report/figures/png.h"
#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

void Write(const std::string& path, const std::string& bytes) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// Of one colour for each class, a little different every time.
std::string Picture(int label, int number) {
  RgbImage image{20 + number % 7, 17 + number % 5, {}};
  for (int i = 0; i < image.width * image.height; ++i) {
    for (int c = 0; c < 3; ++c) {
      image.pixels.push_back(static_cast<std::uint8_t>((c == label ? 200 : 20) + number + i % 30));
    }
  }
  return EncodePng(image);
}

const std::vector<std::string>& Animals() {
  static const std::vector<std::string> names = {"cats, grey", "dogs", "<b>owls"};
  return names;
}

// 36 training and 12 test pictures of three classes, two of whose names need quotes somewhere.
void WritePhotos(const std::string& folder) {
  for (int label = 0; label < 3; ++label) {
    for (int i = 0; i < 16; ++i) {
      Write(folder + (i < 12 ? "/train/" : "/test/") + Animals()[static_cast<std::size_t>(label)] +
                "/" + std::to_string(i) + ".png",
            Picture(label, i));
    }
  }
}

std::string Word(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

// Images of 9 x 12 pixels; the label is how bright they are.
void WriteIdx(const std::string& folder, const std::string& split, std::uint32_t count) {
  std::string images = Word(0x803) + Word(count) + Word(9) + Word(12);
  std::string labels = Word(0x801) + Word(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    labels += static_cast<char>(i % 4);
    for (int p = 0; p < 108; ++p) images += static_cast<char>(60 * (i % 4) + (p + i) % 20);
  }
  Write(folder + "/" + split + "-images-idx3-ubyte", images);
  Write(folder + "/" + split + "-labels-idx1-ubyte", labels);
}

std::string Cifar100Records(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    bytes += static_cast<char>(i % 20);
    bytes += static_cast<char>(i % 100);
    for (int p = 0; p < 3072; ++p) bytes += static_cast<char>(i * 7 + p / 97);
  }
  return bytes;
}

std::vector<std::string> Train(const std::string& dataset, const std::string& model,
                               const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {
      "run",   "fashion",        "--norms",    "group",        "--epochs", "1",
      "--set", "groups=1",       "--set",      "validation=0", "--set",    "batch_size=12",
      "--set", "augment=none",   "--set",      "dropout=0",    "--set",    "dataset=" + dataset,
      "--set", "model=" + model, "--progress", "none"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::vector<std::string> RunFolders(const TemporaryFolder& folder) {
  std::vector<std::string> names;
  if (!fs::exists(folder / "runs")) return names;
  for (const auto& entry : fs::directory_iterator(folder / "runs")) {
    names.push_back(entry.path().filename());
  }
  return names;
}

TEST(OwnData, AFolderOfPicturesIsTrainedAndReported) {
  const TemporaryFolder folder;
  WritePhotos(folder / "photos");
  const std::vector<std::string> command =
      Train("folder:photos@3x24x16", "C4 P C8 GAP c3!", {"--out", "r"});
  const Outcome first = RunProgram(folder, command);
  ASSERT_EQ(first.code, 0) << first.err;
  const auto study = nlohmann::json::parse(ReadFile(folder / "r/study.json"));
  // In the order of the bytes: '<' is before 'c' is before 'd'.
  EXPECT_THAT(study["class_names"].get<std::vector<std::string>>(),
              ElementsAre(Animals()[2], Animals()[0], Animals()[1]));
  const std::string name = "folder:" + fs::canonical(folder / "photos").string() + "@3x24x16";
  EXPECT_EQ(study["dataset"], name);
  const auto environment = nlohmann::json::parse(ReadFile(folder / "r/environment.json"));
  ASSERT_EQ(environment["data"].size(), 2u);
  EXPECT_FALSE(environment["data"][0]["official"]);
  EXPECT_THAT(environment["data"][1]["path"], HasSubstr("photos/test"));
  EXPECT_EQ(environment["data"][1]["sha256"].get<std::string>().size(), 64u);
  const std::string readme = ReadFile(folder / "r/README.md");
  EXPECT_THAT(
      readme,
      AllOf(
          HasSubstr(
              "36 training and 12 test images of 3 x 24 x 16 (channels, rows, columns), 3 classes"),
          Not(HasSubstr("<b>")), HasSubstr("training-samples")));
  EXPECT_THAT(ReadFile(folder / "r/recipe.toml"), HasSubstr("dataset = \"" + name + "\""));
  // The resolved recipe runs again from anywhere, and finds its folder.
  fs::create_directory(folder / "elsewhere");
  const Outcome again = RunProgram(folder, {"run", "r/recipe.toml", "--out", "r"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, first.out);
}

TEST(OwnData, AnotherPictureIsAnotherRun) {
  const TemporaryFolder folder;
  WritePhotos(folder / "photos");
  const std::vector<std::string> command = Train("folder:photos@1x8x8", "C2 GAP c3!");
  ASSERT_EQ(RunProgram(folder, command).code, 0);
  ASSERT_EQ(RunProgram(folder, command).code, 0);
  EXPECT_EQ(RunFolders(folder).size(), 1u);
  Write(folder / "photos/train/dogs/another.png", Picture(1, 30));
  const Outcome more = RunProgram(folder, command);
  ASSERT_EQ(more.code, 0) << more.err;
  EXPECT_EQ(RunFolders(folder).size(), 2u);
}

TEST(OwnData, AnIdxPairIsTrained) {
  const TemporaryFolder folder;
  WriteIdx(folder / "bright", "train", 48);
  WriteIdx(folder / "bright", "test", 16);
  const Outcome outcome = RunProgram(folder, Train("idx:bright", "C4 P GAP c4!", {"--out", "r"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(ReadFile(folder / "r/README.md"),
              HasSubstr("bright: 48 training and 16 test images of 1 x 9 x 12 (channels, rows, "
                        "columns), 4 classes"));
}

TEST(OwnData, Cifar100IsTrainedAndReported) {
  const TemporaryFolder folder;
  Write(folder / "d/cifar-100-binary/train.bin", Cifar100Records(240));
  Write(folder / "d/cifar-100-binary/test.bin", Cifar100Records(100));
  for (const auto& [name, classes] : std::vector<std::pair<std::string, std::string>>{
           {"cifar100", "100"}, {"cifar100-coarse", "20"}}) {
    const Outcome outcome = RunProgram(
        folder, Train(name, "C4 P P GAP c" + classes + "!",
                      {"--set", "batch_size=48", "--data-dir", "d", "--out", "r" + classes}));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(
        ReadFile(folder / ("r" + classes + "/README.md")),
        AllOf(HasSubstr("240 training and 100 test images"), HasSubstr(classes + " classes"),
              HasSubstr("one each of 10 of the " + classes + " classes")));
  }
}

TEST(OwnData, TheShapeIsCheckedBeforeThePicturesAreRead) {
  const TemporaryFolder folder;
  WritePhotos(folder / "photos");
  Write(folder / "photos/train/dogs/broken.png", "not a picture");
  const Outcome wrong = RunProgram(folder, Train("folder:photos", "C2 GAP c10!"));
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("end the line with c3!"));
  const Outcome dry = RunProgram(folder, Train("folder:photos", "C2 GAP c3!", {"--dry-run"}));
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("estimated time"));
  const Outcome bench =
      RunProgram(folder, {"bench", "--dataset", "folder:photos@1x9x8", "--model", "C2 GAP c3!",
                          "--batch", "16", "--norm", "layer", "--threads", "1"});
  EXPECT_EQ(bench.code, 0) << bench.err;
  const Outcome broken = RunProgram(folder, Train("folder:photos", "C2 GAP c3!"));
  EXPECT_EQ(broken.code, 3);
  EXPECT_THAT(broken.err, HasSubstr("train/dogs/broken.png: expected a PNG or JPEG image"));
}

TEST(OwnData, MistakesAreOneLineWithTheirCode) {
  const TemporaryFolder folder;
  WritePhotos(folder / "photos");
  Write(folder / "one/train/cat/a.png", Picture(0, 0));
  Write(folder / "one/test/cat/a.png", Picture(0, 0));
  fs::create_directory(folder / "empty");
  struct Case {
    const char* dataset;
    int code;
    const char* says;
  };
  for (const Case& c : std::vector<Case>{
           {"folder:", 2, "expected a folder after the colon"},
           {"folder:photos@3x32", 2, "@3x32x32"},
           {"folder:photos@4x32x32", 2, "@4x32x32"},
           {"folder:photos@3x2000x2000", 2, "1 to 1024"},
           {"fodler:photos", 2, "folder:DIR"},
           {"folder:missing", 3, "there is no such folder"},
           {"folder:empty", 3, "expected the folder train/"},
           {"folder:one", 3, "at least two classes"},
           {"idx:missing", 3, "found neither"},
           {"idx:photos", 3, "train-images-idx3-ubyte"},
           {"idx:", 2, "expected a folder after the colon"},
       }) {
    const Outcome outcome = RunProgram(folder, Train(c.dataset, "C2 GAP c3!"));
    EXPECT_EQ(outcome.code, c.code) << c.dataset << ": " << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(c.says)) << c.dataset;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(outcome.out, "") << c.dataset;
  }
  EXPECT_TRUE(RunFolders(folder).empty());
}

}  // namespace
}  // namespace normlab
