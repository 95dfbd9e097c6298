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

}  // namespace
}  // namespace normlab
