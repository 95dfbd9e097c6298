// normlab data list, where, stats, samples and verify as a user calls them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "tests/app/program.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string BigEndian(unsigned value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string Labels(unsigned count) {
  std::string bytes = BigEndian(0x801) + BigEndian(count);
  for (unsigned i = 0; i < count; ++i) bytes += static_cast<char>(i % 10);
  return bytes;
}

// Images of one value each: 0, 1, ..., count - 1.
std::string Images(unsigned count) {
  std::string bytes = BigEndian(0x803) + BigEndian(count) + BigEndian(28) + BigEndian(28);
  for (unsigned i = 0; i < count; ++i) bytes += std::string(28 * 28, static_cast<char>(i));
  return bytes;
}

// 20 training images of the values 0 to 19, 10 test images of 0 to 9.
void WriteMnist(const std::string& folder) {
  fs::create_directories(folder);
  WriteFile(folder + "/train-images-idx3-ubyte", Images(20));
  WriteFile(folder + "/train-labels-idx1-ubyte", Labels(20));
  WriteFile(folder + "/t10k-images-idx3-ubyte", Images(10));
  WriteFile(folder + "/t10k-labels-idx1-ubyte", Labels(10));
}

class Data : public ::testing::Test {
 protected:
  Data() { WriteMnist(folder_ / "root/mnist"); }

  // With the folder as the only place that is looked at.
  Outcome Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "data");
    arguments.insert(arguments.end(), {"--data-dir", "root"});
    return RunProgram(folder_, arguments);
  }
  Json RunJson(std::vector<std::string> arguments, int code = 0) {
    arguments.emplace_back("--json");
    const Outcome outcome = Run(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    const Json json = Json::parse(outcome.out);
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["command"], "data " + arguments[0]);
    return json["datasets"];
  }

  TemporaryFolder folder_;
};

TEST_F(Data, ListTellsOfEverySetWhetherItIsHere) {
  const Outcome outcome = Run({"list"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("60,000  10,000  root/mnist (--data-dir)\n"),
                    HasSubstr("50,000  10,000  not found\n"), HasSubstr("Licence: MIT.")));
  const Json sets = RunJson({"list", "mnist", "cifar10", "mnist"});
  ASSERT_THAT(sets, SizeIs(2)) << "each once";
  EXPECT_EQ(sets[0]["path"], "root/mnist");
  EXPECT_EQ(sets[0]["height"], 28);
  EXPECT_EQ(sets[0]["classes"], 10);
  EXPECT_TRUE(sets[1]["path"].is_null());
  EXPECT_EQ(sets[1]["channels"], 3);
}

TEST_F(Data, WhereTellsWhatIsTakenAndWhy) {
  fs::create_directories(folder_ / "home");
  WriteMnist(folder_ / "data/mnist");
  const std::map<std::string, std::string> machine = {{"HOME", folder_ / "home"},
                                                      {"XDG_DATA_HOME", ""},
                                                      {"XDG_CACHE_HOME", ""},
                                                      {"NORMLAB_DATA", folder_ / "root"}};
  const Outcome outcome = RunProgram(folder_, {"data", "where", "mnist"}, machine);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(
      outcome.out,
      AllOf(HasSubstr("  1. NORMLAB_DATA: " + folder_.path() + "/root\n"),
            HasSubstr("/root/mnist, IDX files: 4 of its 4 files  <- taken: the first place"),
            HasSubstr("  2. the working folder: data\n       data/mnist, IDX files: 4 of its 4 "
                      "files (not used: an earlier place holds the set)\n"),
            HasSubstr("/home/.cache/normlab  (no such folder)\n"),
            HasSubstr("  6. Debian: /usr/share/datasets")));
  fs::remove(folder_ / "root/mnist/t10k-images-idx3-ubyte");
  EXPECT_THAT(RunProgram(folder_, {"data", "where", "mnist"}, machine).out,
              HasSubstr("3 of its 4 files  <- taken: the first place that holds the set, whole or "
                        "not\n"));
}

TEST_F(Data, WhereOfWhatIsNotHereIsCode3WhenItWasAskedForByName) {
  EXPECT_EQ(Run({"where"}).code, 0);
  const Json sets = RunJson({"where", "cifar10", "mnist"}, 3);
  EXPECT_TRUE(sets[0]["taken"].is_null());
  EXPECT_THAT(sets[0]["problem"].get<std::string>(), HasSubstr("CIFAR-10 was not found"));
  EXPECT_EQ(sets[1]["taken"], "root/mnist");
  EXPECT_EQ(sets[1]["roots"][0]["places"][1]["files_found"][0], "train-images-idx3-ubyte");
}

TEST_F(Data, StatsAreThoseOfTheImages) {
  const Json set = RunJson({"stats"})[0];  // the only one that is here
  EXPECT_EQ(set["name"], "mnist");
  const Json& grey = set["train"]["channels"][0];
  EXPECT_EQ(grey["name"], "grey");
  // The values 0 to 19: mean 9.5, variance (20^2 - 1) / 12; no image has a deviation of its own.
  EXPECT_NEAR(grey["mean"].get<double>(), 9.5 / 255, 1e-12);
  EXPECT_NEAR(grey["deviation_of_pixels"].get<double>(), std::sqrt(399.0 / 12) / 255, 1e-12);
  EXPECT_EQ(grey["mean_deviation_of_images"], 0);
  EXPECT_NEAR(grey["zero_share"].get<double>(), 1.0 / 20, 1e-12);
  EXPECT_EQ(grey["maximum"], 19);
  EXPECT_EQ(set["train"]["classes"][3]["images"], 2);
  EXPECT_EQ(set["train"]["classes"][3]["name"], "3 - three");
  EXPECT_EQ(set["test"]["images"], 10);
  EXPECT_EQ(set["copies"]["in_train"], 0);
  EXPECT_EQ(set["copies"]["test_in_train"], 10);
  const Outcome text = Run({"stats", "mnist"});
  EXPECT_THAT(text.out, AllOf(HasSubstr("deviation of all pixels, over N "), HasSubstr(" 0.0226"),
                              HasSubstr("transforms.Normalize((0.0373,), (0.0226,))"),
                              HasSubstr("10 test images that are training images")));
}

TEST_F(Data, SamplesAreAPictureAndTheNumbersOfItsImages) {
  const Outcome outcome =
      Run({"samples", "mnist", "--count", "5", "--seed", "2", "--split", "test"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("./mnist-test-samples.png\n  0 - zero: 0\n  1 - one: 1\n"));
  EXPECT_THAT(ReadFile(folder_ / "mnist-test-samples.png"), StartsWith("\x89PNG"));
  EXPECT_THAT(Run({"samples", "--out", "a/b"}).out, StartsWith("a/b/mnist-train-samples.png\n"));
  EXPECT_THAT(Run({"samples", "mnist", "--out", "s.png"}).out, StartsWith("s.png\n"));
  EXPECT_TRUE(fs::exists(folder_ / "s.png"));
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    EXPECT_NE(entry.path().extension(), ".part");
    EXPECT_NE(entry.path().extension(), ".gp");
  }
}

TEST_F(Data, VerifyHasCode3ForBrokenAndCode4ForOtherFiles) {
  const Outcome other = Run({"verify"});
  EXPECT_EQ(other.code, 4);
  EXPECT_EQ(other.err, "normlab: MNIST in root/mnist: of 4 files 4 not the published one\n");
  EXPECT_THAT(other.out,
              AllOf(HasSubstr("  other     train-images-idx3-ubyte\n"),
                    HasSubstr("expected SHA-256 ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65"
                              "e87a2fc25776db\n"),
                    HasSubstr("found    SHA-256 " + Sha256(Images(20)))));
  WriteFile(folder_ / "root/mnist/t10k-labels-idx1-ubyte", Labels(10).substr(0, 12));
  const Outcome broken = Run({"verify", "mnist"});
  EXPECT_EQ(broken.code, 3);
  EXPECT_EQ(broken.err,
            "normlab: MNIST in root/mnist: of 4 files 1 broken, 3 not the published "
            "one\n");
  EXPECT_THAT(broken.out, HasSubstr("its header says 10 labels, so expected 18 bytes, found 12"));
  fs::remove(folder_ / "root/mnist/t10k-labels-idx1-ubyte");
  const Json files = RunJson({"verify", "mnist"}, 3)[0]["files"];
  EXPECT_EQ(files[3]["state"], "missing");
  EXPECT_TRUE(files[3]["found_sha256"].is_null());
  EXPECT_EQ(files[0]["state"], "other");
  const Outcome absent = Run({"verify", "cifar10", "mnist"});
  EXPECT_EQ(absent.code, 3);
  EXPECT_THAT(absent.err, AllOf(HasSubstr("CIFAR-10 was not found"), HasSubstr("1 missing")));
  EXPECT_EQ(std::ranges::count(absent.err, '\n'), 1);
}

TEST_F(Data, VerifyOfThePublishedFilesIsCode0) {
  NORMLAB_NEEDS_DATASET("fashion-mnist");
  const Outcome outcome =
      RunProgram(folder_, {"data", "verify", "fashion-mnist", "--data-dir", "/usr/share/datasets"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("  official  train-images-idx3-ubyte.gz\n"));
}

TEST_F(Data, AUsersOwnSetIsTakenEverywhere) {
  fs::copy(folder_ / "root/mnist", folder_ / "my letters");
  const std::string name = "idx:my letters";
  const std::string path = fs::canonical(folder_ / "my letters");
  EXPECT_THAT(Run({"list", name}).out, HasSubstr(" 20      10  " + path + " (its name)\n"));
  EXPECT_TRUE(RunJson({"list", name})[0]["licence"].is_null());
  EXPECT_EQ(RunJson({"where", name})[0]["taken"], path);
  EXPECT_THAT(Run({"where", name}).out, HasSubstr(path + ": its name says where"));
  EXPECT_EQ(RunJson({"stats", name})[0]["train"]["classes"][9]["images"], 2);
  EXPECT_EQ(RunJson({"verify", name})[0]["files"][0]["state"], "readable");
  EXPECT_THAT(Run({"samples", name}).out, StartsWith("./my-letters-train-samples.png\n"));
  const Outcome fetch = Run({"fetch", name});
  EXPECT_EQ(fetch.code, 2);
  EXPECT_THAT(fetch.err, HasSubstr("cannot be fetched: expected one of mnist"));
  EXPECT_EQ(Run({"stats", "idx:nowhere"}).code, 3);
  EXPECT_EQ(Run({"stats", "folder:nowhere"}).code, 3);
}

// A name from the file system must not steer a terminal.
TEST_F(Data, PathsAreMadeHarmless) {
  const std::string evil = "e\x1b[31m\nvil";
  WriteMnist(folder_ / evil + "/mnist");
  for (const char* command : {"list", "where", "verify"}) {
    const Outcome outcome = RunProgram(folder_, {"data", command, "mnist", "--data-dir", evil});
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr("e?[31m?vil/mnist")) << command;
    EXPECT_THAT(outcome.out + outcome.err, ::testing::Not(HasSubstr("\x1b"))) << command;
  }
}

TEST_F(Data, MistakesHaveOneLineThatNamesThem) {
  struct Mistake {
    std::vector<std::string> arguments;
    int code;
    std::string named;
  };
  WriteFile(folder_ / "file", "");
  fs::create_directory(folder_ / "empty");
  WriteMnist(folder_ / "two/mnist");
  WriteMnist(folder_ / "two/cifar-10-batches-bin");
  for (const Mistake& mistake : std::vector<Mistake>{
           {{}, 2, "expected list, where, stats"},
           {{"lst"}, 2, "lst"},
           {{"list", "mnits"}, 2, "'mnist'"},
           {{"where", "cifar"}, 2, "'cifar10'"},
           {{"stats", "--jsn"}, 2, "--jsn"},
           {{"samples", "--json"}, 2, "--json"},
           {{"samples", "--count", "0"}, 2, "--count"},
           {{"samples", "--count", "1e3"}, 2, "--count"},
           {{"samples", "--seed", "-1"}, 2, "--seed"},
           {{"samples", "--split", "validation"}, 2, "validation"},
           {{"samples", "mnist", "--data-dir", "root", "--out", "file/below.png"}, 1, "file/below"},
           {{"samples", "mnist", "--data-dir", "root", "--out", "file"},
            1,
            "cannot make the folder"},
           {{"samples", "mnist", "--data-dir", "root", "--count", "1000"}, 0, ""},
           {{"stats", "mnist", "--data-dir", "empty"}, 3, "MNIST was not found"},
           {{"stats", "--data-dir", "empty"}, 3, "no data set was found"},
           {{"stats", "--data-dir", "nowhere"}, 3, "no data set was found"},
           {{"verify", "mnist", "--data-dir", "nowhere"}, 3, "nowhere (no such folder)"},
           {{"verify", "--data-dir", "file"}, 3, "no data set was found"},
           {{"samples", "--data-dir", "empty"}, 3, "no data set was found"},
           {{"fetch"}, 2, "datasets"},
           {{"fetch", "imagenet"}, 2, "unknown data set"},
           {{"fetch", "mnist", "--timeout", "0"}, 2, "--timeout"},
           {{"fetch", "mnist", "--timeout", "nan"}, 2, "--timeout"},
           {{"fetch", "mnist", "--timeout", "1e99"}, 2, "--timeout"},
           {{"fetch", "mnist", "--mirror", "ftp://a/"}, 2, "ftp://a/"},
           {{"fetch", "mnist", "--to", "file/x", "--mirror", "http://a.invalid/"}, 1, "file/x"}}) {
    std::vector<std::string> arguments = mistake.arguments;
    arguments.insert(arguments.begin(), "data");
    const Outcome outcome = RunProgram(folder_, arguments);
    EXPECT_EQ(outcome.code, mistake.code) << mistake.named << ": " << outcome.err;
    if (mistake.code == 0) continue;
    EXPECT_EQ(outcome.out, "") << mistake.named;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_THAT(outcome.err, StartsWith("normlab: "));
    EXPECT_THAT(outcome.err, HasSubstr(mistake.named));
  }
}

TEST_F(Data, OnePictureIsNotForTwoSets) {
  fs::create_directories(folder_ / "root/fashion-mnist");
  WriteMnist(folder_ / "root/fashion-mnist");
  const Outcome outcome = Run({"samples", "--out", "both.png"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("expected a folder for the pictures of 2 data sets"));
}

TEST_F(Data, HelpOfEverySubcommandBeginsWithTwoExamples) {
  for (const char* command : {"list", "where", "stats", "samples", "fetch", "verify"}) {
    const Outcome help = RunProgram(folder_, {"data", command, "--help"});
    EXPECT_EQ(help.code, 0);
    const std::string example = fmt::format("  normlab data {}", command);
    EXPECT_THAT(help.out, StartsWith("Examples:\n" + example));
    EXPECT_THAT(help.out.substr(help.out.find('\n', 12)), StartsWith("\n" + example));
  }
}

}  // namespace
}  // namespace normlab
