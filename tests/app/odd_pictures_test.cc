// Folders of pictures as people have them, through every command that reads one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "report/figures/png.h"
#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;
using Json = nlohmann::json;

void Write(const std::string& path, const std::string& bytes) {
  fs::create_directories(fs::path(path).parent_path());
  WriteFile(path, bytes);
}

std::string Picture(int label, int number, int red = -1) {
  RgbImage image{8, 8, {}};
  for (int i = 0; i < 64; ++i) {
    for (int c = 0; c < 3; ++c) {
      const int value = (c == label ? 200 : 20) + number + i % 30;
      image.pixels.push_back(static_cast<std::uint8_t>(c == 0 && red >= 0 ? red : value));
    }
  }
  return EncodePng(image);
}

void WritePhotos(const std::string& folder, int red = -1) {
  for (int label = 0; label < 2; ++label) {
    for (int i = 0; i < 12; ++i) {
      Write(folder + (i < 8 ? "/train/" : "/test/") + (label == 0 ? "cat/" : "dog/") +
                std::to_string(10 + i) + ".png",
            Picture(label + 1, i, red));
    }
  }
}

std::vector<std::string> Train(const std::string& dataset) {
  return {"run",        "fashion",
          "--norms",    "layer",
          "--epochs",   "1",
          "--set",      "validation=0",
          "--set",      "batch_size=8",
          "--set",      "augment=none",
          "--set",      "dataset=" + dataset,
          "--set",      "model=C2 GAP c2!",
          "--progress", "none",
          "--out",      "r"};
}

std::size_t Times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(OddPictures, WhatIsPassedOverIsSaidOnceByEveryCommand) {
  const TemporaryFolder folder;
  WritePhotos(folder / "p");
  fs::rename(folder / "p/train/cat/10.png", folder / "p/train/cat/10.jfif");
  fs::rename(folder / "p/train/cat/11.png", folder / "p/train/cat/11");
  Write(folder / "p/train/cat/a.webp", std::string("RIFF\x24\0\0\0WEBPVP8 ", 16));
  Write(folder / "p/train/cat/b.jpg", std::string("RIFF\x24\0\0\0WEBPVP8 ", 16));
  Write(folder / "p/test/dog/list.txt", "a list");
  Write(folder / "p/test/dog/._10.png", "litter");
  const std::string set = "folder:p@3x8x8";
  const std::string warning =
      "normlab: warning: folder:" + fs::canonical(folder / "p").string() +
      "@3x8x8: 3 files are no PNG or JPEG and passed over: 2 WebP, 1 text file; convert the WebP "
      "to PNG or JPEG to have them read\n";
  const std::vector<std::vector<std::string>> commands = {
      Train(set),
      Train(set),  // finished by now
      {"evaluate", "r/layer-seed1"},
      {"data", "list", set},
      {"data", "stats", set},
      {"data", "verify", set},
      {"data", "samples", set, "--out", "s"},
  };
  for (const std::vector<std::string>& command : commands) {
    const Outcome outcome = RunProgram(folder, command);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(Times(outcome.err, warning), 1u) << command[0] << ' ' << command[1] << outcome.err;
    EXPECT_EQ(Times(outcome.err, "passed over"), 1u) << outcome.err;
  }
  for (const char* command : {"list", "stats", "verify"}) {
    const Json json = Json::parse(RunProgram(folder, {"data", command, set, "--json"}).out);
    EXPECT_EQ(json["datasets"][0]["passed_over"],
              Json::parse(R"([{"kind":"WebP","files":2},{"kind":"text file","files":1}])"));
  }
  const Outcome list = RunProgram(folder, {"data", "list", set});
  EXPECT_THAT(list.out, HasSubstr("16       8")) << "the pictures without an ending among them";
  const Outcome predict =
      RunProgram(folder, {"predict", "r/layer-seed1", "p/train/cat", "p/test/dog"});
  EXPECT_EQ(predict.code, 0) << predict.err;
  EXPECT_EQ(Times(predict.out, "(8x8, colour)"), 12u);
  EXPECT_THAT(predict.err, AllOf(HasSubstr("p/train/cat: 2 files are"),
                                 HasSubstr("p/test/dog: 1 file is"), Not(HasSubstr("._10"))));
}

// A PNG whose camera was held so that it is to be turned right (orientation 6).
std::string Turned(const std::string& png) {
  constexpr std::size_t kHeader = 33;  // the signature and IHDR
  const std::string chunk(
      "\0\0\0\x1a"
      "eXIfMM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
      "\xd6\x67\x4b\x69",
      38);
  return png.substr(0, kHeader) + chunk + png.substr(kHeader);
}

TEST(OddPictures, WhatWasTurnedAndDrawnIsSaidByEveryCommand) {
  const TemporaryFolder folder;
  for (int label = 0; label < 2; ++label) {
    for (int i = 0; i < 7 + 5 * label; ++i) {
      const std::string picture = Picture(label + 1, i);
      Write(folder / (label == 0 ? "p/cat/" : "p/dog/") + std::to_string(10 + i) + ".png",
            i % 5 == 0 ? Turned(picture) : picture);
    }
  }
  const std::string set = "folder:p@3x8x8",
                    name = "folder:" + fs::canonical(folder / "p").string() + "@3x8x8: ",
                    drawn =
                        "o split: 1 in 5 pictures of each class, drawn with seed 1, are the "
                        "test images",
                    turned = "5 pictures were turned as their camera notes (EXIF)";
  const std::vector<std::vector<std::string>> commands = {Train(set),
                                                          {"evaluate", "r/layer-seed1"},
                                                          {"data", "list", set},
                                                          {"data", "where", set},
                                                          {"data", "stats", set},
                                                          {"data", "verify", set},
                                                          {"data", "samples", set, "--out", "s"}};
  for (const std::vector<std::string>& command : commands) {
    const Outcome outcome = RunProgram(folder, command);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(Times(outcome.err, name + "n" + drawn + "\n"), 1u) << command[1] << outcome.err;
    EXPECT_EQ(Times(outcome.err, name + turned + "\n"), 1u) << command[1] << outcome.err;
  }
  EXPECT_THAT(ReadFile(folder / "r/README.md"),
              AllOf(HasSubstr("16 training and 3 test images"), HasSubstr("\nN" + drawn + ".\n"),
                    HasSubstr("\n" + turned + ".\n")));
  const Json split = Json::parse(R"({"test_one_in": 5, "seed": 1})");
  const Json environment = Json::parse(ReadFile(folder / "r/environment.json"));
  EXPECT_EQ(environment["drawn_split"], split);
  EXPECT_EQ(environment["turned_pictures"], 5);
  for (const char* command : {"list", "stats", "verify"}) {
    const Json json = Json::parse(RunProgram(folder, {"data", command, set, "--json"}).out);
    EXPECT_EQ(json["datasets"][0]["drawn_split"], split);
    EXPECT_EQ(json["datasets"][0]["turned_pictures"], 5);
  }
  const Outcome predict = RunProgram(folder, {"predict", "r/layer-seed1", "p/cat"});
  EXPECT_EQ(Times(predict.out, "(8x8, colour, turned as its camera notes (EXIF))"), 2u);
  EXPECT_EQ(Times(predict.out, "(8x8, colour)"), 5u);
  // Other pixels, other results: the finished run is not taken for one of the pictures as stored.
  Write(folder / "p/cat/11.png", Turned(Picture(1, 1)));
  EXPECT_NE(RunProgram(folder, Train(set)).code, 0);
}

TEST(OddPictures, VerifyNamesEveryBrokenOne) {
  const TemporaryFolder folder;
  WritePhotos(folder / "p");
  const std::string half = Picture(1, 1).substr(0, 60);
  for (const char* name : {"train/cat/11.png", "train/cat/15.png", "train/dog/new"}) {
    Write(folder / "p/" + std::string(name), half);
  }
  Write(folder / "p/test/dog/18.png", "");
  const Outcome outcome = RunProgram(folder, {"data", "verify", "folder:p"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("of 25 pictures 4 broken"));
  EXPECT_EQ(Times(outcome.out, "  broken    "), 4u) << outcome.out;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("  broken    train/cat/11.png\n"),
                                 HasSubstr("  broken    train/cat/15.png\n"),
                                 HasSubstr("  broken    train/dog/new\n"),
                                 HasSubstr("  broken    test/dog/18.png\n")));
  const Json json = Json::parse(RunProgram(folder, {"data", "verify", "folder:p", "--json"}).out);
  EXPECT_EQ(json["datasets"][0]["files"].size(), 4u);
  EXPECT_EQ(json["datasets"][0]["pictures"], 25);
  const Outcome two = RunProgram(folder, {"data", "verify", "folder:nowhere", "folder:p"});
  EXPECT_EQ(two.code, 3);
  EXPECT_THAT(two.err, AllOf(HasSubstr("nowhere"), HasSubstr("of 25 pictures 4 broken")));
}

TEST(OddPictures, AConstantChannelIsRefusedBeforeTraining) {
  const TemporaryFolder folder;
  WritePhotos(folder / "p", 0);
  const Outcome run = RunProgram(folder, Train("folder:p@3x8x8"));
  EXPECT_EQ(run.code, 3);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, AllOf(HasSubstr("found red is 0 of 255 in every pixel of every training "
                                       "image"),
                             HasSubstr("/p@1x8x8)")));
  EXPECT_EQ(std::ranges::count(run.err, '\n'), 1);
  EXPECT_FALSE(fs::exists(folder / "r/README.md"));
  EXPECT_FALSE(fs::exists(folder / "r/DONE"));
  const Outcome stats = RunProgram(folder, {"data", "stats", "folder:p@3x8x8"});
  EXPECT_EQ(stats.code, 0);
  EXPECT_THAT(stats.out, AllOf(HasSubstr("trains no network on these images"),
                               HasSubstr("red is 0 of 255"), Not(HasSubstr("Normalize"))));
  const Outcome grey = RunProgram(folder, Train("folder:p@1x8x8"));
  EXPECT_EQ(grey.code, 0) << grey.err;
}

}  // namespace
}  // namespace normlab
