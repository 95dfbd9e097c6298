// Pictures in files against the same images in an evaluation.
#include "inference/prediction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "inference/evaluation.h"
#include "report/figures/png.h"
#include "tests/inference/make_checkpoint.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Grey as equal red, green and blue, which the 601 weights give back exactly.
std::string GreyPng(const std::uint8_t* pixels, int width, int height) {
  RgbImage image{width, height, {}};
  for (int p = 0; p < width * height; ++p) image.pixels.insert(image.pixels.end(), 3, pixels[p]);
  return EncodePng(image);
}

std::string WriteTestImage(const SmallStudy& study, int image) {
  const std::string path = study.folder / ("image" + std::to_string(image) + ".png");
  WriteFile(path, GreyPng(&study.dataset.test.pixels[image * study.dataset.shape.size()], 28, 28));
  return path;
}

std::vector<Prediction> Predict(const SmallStudy& study, const std::vector<std::string>& paths,
                                const PredictionOptions& options = {}) {
  const Checkpoint checkpoint = OpenCheckpoint(study.path);
  std::vector<Prediction> pictures = ListPictures(paths).pictures;
  PredictPictures(checkpoint, PreparationOf(checkpoint, study.data), options, pictures);
  return pictures;
}

TEST(Predict, GivesATestImageTheBitsOfItsEvaluation) {
  for (const char* norm : {"batch", "layer", "group"}) {
    const SmallStudy study{SmallConfig(norm)};
    EvaluationOptions evaluation;
    evaluation.data_dir = study.data;
    const EvaluationReport report = EvaluateCheckpoint(OpenCheckpoint(study.path), evaluation);
    std::vector<std::string> paths;
    for (int i = 0; i < 37; ++i) paths.push_back(WriteTestImage(study, i));
    PredictionOptions options;
    options.top = 10;
    const std::vector<Prediction> pictures = Predict(study, paths, options);
    ASSERT_EQ(pictures.size(), 37u);
    for (int i = 0; i < 37; ++i) {
      EXPECT_EQ(pictures[i].error, "");
      ASSERT_EQ(pictures[i].top.size(), 10u);
      for (const PredictedClass& each : pictures[i].top) {
        EXPECT_EQ(each.log_probability, report.score.log_probabilities[i * 10 + each.index]);
      }
      for (int k = 1; k < 10; ++k) {
        EXPECT_GE(pictures[i].top[k - 1].log_probability, pictures[i].top[k].log_probability);
      }
    }
  }
}

TEST(Predict, OneBadPictureAmongManyHasItsOwnLine) {
  const SmallStudy study;
  const std::string good = WriteTestImage(study, 3), bad = study.folder / "bad.png";
  WriteFile(bad, "not a picture");
  const std::string missing = study.folder / "missing.jpg";
  const auto pictures = Predict(study, {bad, good, missing});
  ASSERT_EQ(pictures.size(), 3u);
  EXPECT_THAT(pictures[0].error, HasSubstr(bad));
  EXPECT_TRUE(pictures[0].top.empty());
  EXPECT_EQ(pictures[1].error, "");
  EXPECT_EQ(pictures[1].top.size(), 5u);
  EXPECT_THAT(pictures[2].error, HasSubstr(missing));
  const auto alone = Predict(study, {good});
  EXPECT_EQ(pictures[1].top[0].log_probability, alone[0].top[0].log_probability);
  const Checkpoint checkpoint = OpenCheckpoint(study.path);
  const auto json = nlohmann::json::parse(PredictionJson(checkpoint, {}, pictures));
  EXPECT_EQ(json["images"][0]["path"], bad);
  EXPECT_TRUE(json["images"][0].contains("error"));
  EXPECT_EQ(json["images"][1]["classes"].size(), 5u);
  const std::string table = PredictionTable(checkpoint, pictures);
  EXPECT_THAT(table, HasSubstr(good + " (28x28, colour)"));
  EXPECT_EQ(std::ranges::count(table, '\n'), 6);
}

TEST(Predict, ManyPicturesAreTakenInTurns) {
  const SmallStudy study;
  const std::string first = WriteTestImage(study, 0), second = WriteTestImage(study, 1);
  std::vector<std::string> paths;
  for (int i = 0; i < 600; ++i) paths.push_back(i % 7 == 0 ? second : first);
  const auto pictures = Predict(study, paths);
  for (int i = 0; i < 600; ++i) {
    EXPECT_EQ(pictures[i].top[0].log_probability,
              pictures[i % 7 == 0 ? 0 : 1].top[0].log_probability)
        << i;
  }
}

TEST(Predict, TakesPicturesOfAnySize) {
  const SmallStudy study;
  const std::vector<std::uint8_t> pixels(300 * 200, 128);
  for (const auto& [width, height] : {std::pair{1, 1}, {300, 200}, {200, 300}, {17, 33}, {28, 1}}) {
    const std::string path = study.folder / "any.png";
    WriteFile(path, GreyPng(pixels.data(), width, height));
    const auto pictures = Predict(study, {path});
    EXPECT_EQ(pictures[0].error, "") << width << "x" << height;
    EXPECT_EQ(pictures[0].shape, (Shape{3, height, width}));
  }
}

TEST(Predict, TurnsAPictureAsItsCameraNotes) {
  const SmallStudy study;
  const std::vector<std::uint8_t> stored = {10, 20, 30, 40, 50, 60},  // two rows
      upright = {40, 10, 50, 20, 60, 30};                             // three
  constexpr std::size_t kHeader = 33;                                 // the signature and IHDR
  const std::string note(
      "\0\0\0\x1a"
      "eXIfMM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
      "\xd6\x67\x4b\x69",
      38);
  const std::string png = GreyPng(stored.data(), 3, 2);
  WriteFile(study.folder / "turned.png", png.substr(0, kHeader) + note + png.substr(kHeader));
  WriteFile(study.folder / "upright.png", GreyPng(upright.data(), 2, 3));
  const auto pictures = Predict(study, {study.folder / "turned.png", study.folder / "upright.png"});
  EXPECT_EQ(pictures[0].shape, (Shape{3, 3, 2}));
  EXPECT_EQ(pictures[0].orientation, 6);
  EXPECT_EQ(pictures[1].orientation, 1);
  for (std::size_t i = 0; i < pictures[0].top.size(); ++i) {
    EXPECT_EQ(pictures[0].top[i].index, pictures[1].top[i].index);
    EXPECT_EQ(pictures[0].top[i].log_probability, pictures[1].top[i].log_probability);
  }
  const Checkpoint checkpoint = OpenCheckpoint(study.path);
  EXPECT_THAT(PredictionTable(checkpoint, pictures),
              HasSubstr("turned.png (2x3, colour, turned as its camera notes (EXIF))\n"));
  const auto json = nlohmann::json::parse(PredictionJson(checkpoint, {}, pictures));
  EXPECT_EQ(json["images"][0]["orientation"], 6);
  EXPECT_EQ(json["images"][1]["orientation"], 1);
}

TEST(ListPictures, TakesAFoldersPicturesByTheRuleOfFoldersOfPictures) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "pictures/below.png");
  std::filesystem::create_directories(folder / "empty");
  std::filesystem::create_directories(folder / "foreign");
  const std::uint8_t grey = 7;
  const std::string png = GreyPng(&grey, 1, 1);
  for (const char* name : {"b.PNG", "a.jpg", "c.jfif", "d", "below.png/d.png"}) {
    WriteFile(folder / "pictures/" + name, png);
  }
  WriteFile(folder / "pictures/e.jpeg", "");  // broken, not passed over
  for (const char* litter : {"._a.jpg", ".b.png", "Thumbs.db", "a.jpg:Zone.Identifier"}) {
    WriteFile(folder / "pictures/" + litter, "x");
  }
  WriteFile(folder / "pictures/notes.txt", "x");
  WriteFile(folder / "pictures/f.gif", "GIF89a");
  WriteFile(folder / "foreign/f.jpg", "GIF89a");
  const auto [pictures, warnings] =
      ListPictures({folder / "x.png", folder / "pictures", folder / "empty", folder / "foreign"});
  std::vector<std::string> paths;
  for (const Prediction& picture : pictures) paths.push_back(picture.path);
  EXPECT_THAT(paths,
              ElementsAre(folder / "x.png", folder / "pictures/a.jpg", folder / "pictures/b.PNG",
                          folder / "pictures/c.jfif", folder / "pictures/d",
                          folder / "pictures/e.jpeg", folder / "empty", folder / "foreign"));
  EXPECT_THAT(pictures[6].error, HasSubstr("holds no PNG and no JPEG; folders below"));
  EXPECT_THAT(pictures[7].error, HasSubstr("holds no PNG and no JPEG, but 1 GIF"));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("2 files are no PNG or JPEG and passed over: 1 GIF, 1 text "
                                     "file; convert the GIF"));
}

// Training pixels have the mean 0.1 and the deviation 0.3 here: 0.64 is as far as may be.
TEST(Predict, WarnsOfAPictureUnlikeTheTraining) {
  const SmallStudy study;
  TensorFile file = ReadTensors(study.path);
  file.metadata["dataset.mean"] = "[0.1]";
  file.metadata["dataset.deviation"] = "[0.3]";
  WriteTensors(study.path, file);
  std::vector<std::string> paths;
  for (const int value : {0, 160, 170, 255}) {
    const std::vector<std::uint8_t> pixels(28 * 28, static_cast<std::uint8_t>(value));
    paths.push_back(study.folder / ("grey" + std::to_string(value) + ".png"));
    WriteFile(paths.back(), GreyPng(pixels.data(), 28, 28));
  }
  const std::vector<Prediction> pictures = Predict(study, paths);
  EXPECT_EQ(pictures[0].warning, "");
  EXPECT_EQ(pictures[1].warning, "");
  EXPECT_THAT(pictures[2].warning, HasSubstr("far lighter than"));
  EXPECT_THAT(pictures[3].warning, HasSubstr("mean 1.00 of 1, training 0.10"));
  EXPECT_EQ(pictures[3].top.size(), 5u) << "predicted all the same";
}

}  // namespace
}  // namespace normlab
