#include "report/report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "random_run.h"
#include "records/csv.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
  std::size_t Colors() const {
    std::vector<std::uint32_t> colors;
    for (std::size_t i = 0; i < rgb.size(); i += 3) {
      colors.push_back(rgb[i] << 16 | rgb[i + 1] << 8 | rgb[i + 2]);
    }
    std::sort(colors.begin(), colors.end());
    return std::unique(colors.begin(), colors.end()) - colors.begin();
  }
};

Picture Decode(const std::string& path) {
  const std::string bytes = ReadFile(path);
  png_image header;
  std::memset(&header, 0, sizeof header);
  header.version = PNG_IMAGE_VERSION;
  Picture picture;
  EXPECT_TRUE(png_image_begin_read_from_memory(&header, bytes.data(), bytes.size())) << path;
  header.format = PNG_FORMAT_RGB;
  picture.width = static_cast<int>(header.width);
  picture.height = static_cast<int>(header.height);
  picture.rgb.resize(PNG_IMAGE_SIZE(header));
  EXPECT_TRUE(png_image_finish_read(&header, nullptr, picture.rgb.data(), 0, nullptr)) << path;
  return picture;
}

class Report : public testing::Test {
 protected:
  Report() : dataset_(RandomDataset(7, {1, 6, 5}, {"zero", "one", "two"})) {}

  std::string Write(const RunRecord& run) {
    LayDown(run);
    warnings_ = WriteReport(ReadRunFolder(run.path), dataset_, nullptr);
    return ReadFile(run.path + "/README.md");
  }
  bool Exists(const std::string& name) const {
    return std::filesystem::exists(folder_.path() + "/figures/" + name);
  }

  TemporaryFolder folder_;
  Dataset dataset_;
  std::vector<std::string> warnings_;
};

TEST_F(Report, ShowsTheNumbersOfTheRun) {
  const RunRecord run =
      RandomRun(folder_.path(), dataset_,
                {RandomArm(1, "batch", dataset_, 8, 17), RandomArm(1, "layer", dataset_, 8, 4)});
  const std::string readme = Write(run);
  EXPECT_THAT(warnings_, IsEmpty());
  for (const ArmRecord& arm : run.arms) {
    double maximum = 0;
    for (const EpochRecord& row : arm.metrics) maximum = std::max(maximum, row.test_accuracy);
    EXPECT_THAT(readme, HasSubstr(fmt::format("| {:.2f} |", maximum)));
    EXPECT_THAT(readme, HasSubstr(fmt::format("| {:.2f} |", arm.metrics.back().test_accuracy)));
    EXPECT_THAT(readme, HasSubstr(fmt::format("| {:.2f} |", arm.metrics.back().train_accuracy)));
    EXPECT_THAT(readme, HasSubstr(fmt::format("| {:.4f} |", arm.metrics.back().test_loss)));
    EXPECT_THAT(readme, HasSubstr(fmt::format("({}/log.txt)", arm.folder)));
  }
  EXPECT_THAT(readme, HasSubstr("mnist-8k"));
  EXPECT_THAT(readme, HasSubstr("a 6502"));
  EXPECT_THAT(readme, HasSubstr("    normlab run 'it'\\''s'\n"));
  EXPECT_THAT(readme, HasSubstr("picked on the validation split"));
  for (const char* name : {"test-loss", "test-accuracy", "curves-batch", "curves-layer",
                           "misclassified-batch", "misclassified-layer", "training-samples"}) {
    EXPECT_THAT(readme, HasSubstr(fmt::format("(figures/{}.png)", name)));
    EXPECT_TRUE(Exists(fmt::format("{}.gp", name))) << name;
    EXPECT_TRUE(Exists(fmt::format("{}.csv", name))) << name;
    EXPECT_THAT(ReadFile(folder_.path() + "/figures/" + name + ".svg"), HasSubstr("</svg>"));
    EXPECT_GT(Decode(folder_.path() + "/figures/" + name + ".png").Colors(), 8u) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/figures.part"));
}

TEST_F(Report, ChartDataAreTheMetrics) {
  const RunRecord run =
      RandomRun(folder_.path(), dataset_,
                {RandomArm(1, "batch", dataset_, 9, 0), RandomArm(1, "layer", dataset_, 7, 0)});
  Write(run);
  const std::string path = folder_.path() + "/figures/test-accuracy.csv";
  const CsvTable table(path, ReadFile(path));
  EXPECT_THAT(table.header(),
              ElementsAre("epoch", "batch: test accuracy (%)", "layer: test accuracy (%)"));
  ASSERT_EQ(table.rows(), 9u);
  for (std::size_t e = 0; e < 9; ++e) {
    EXPECT_EQ(table.Number(e, 0), e + 1.0);
    EXPECT_EQ(table.Number(e, 1), run.arms[0].metrics[e].test_accuracy);
    if (e < 7) {
      EXPECT_EQ(table.Number(e, 2), run.arms[1].metrics[e].test_accuracy);
    }
  }
  EXPECT_THROW(table.Number(8, 2), DataError);  // empty: the line has ended
}

TEST_F(Report, SeveralSeedsAreMeansWithABand) {
  const RunRecord run =
      RandomRun(folder_.path(), dataset_,
                {RandomArm(4, "group", dataset_, 3, 0), RandomArm(5, "group", dataset_, 3, 0)});
  const std::string readme = Write(run);
  const std::string path = folder_.path() + "/figures/test-loss.csv";
  const CsvTable table(path, ReadFile(path));
  ASSERT_EQ(table.header().size(), 4u);
  for (std::size_t e = 0; e < 3; ++e) {
    const double a = run.arms[0].metrics[e].test_loss, b = run.arms[1].metrics[e].test_loss;
    EXPECT_DOUBLE_EQ(table.Number(e, 1), (a + b) / 2);
    EXPECT_EQ(table.Number(e, 2), std::min(a, b));
    EXPECT_EQ(table.Number(e, 3), std::max(a, b));
  }
  const double a = run.arms[0].metrics[2].test_accuracy, b = run.arms[1].metrics[2].test_accuracy;
  EXPECT_THAT(readme, HasSubstr(fmt::format("{:.2f} ± {:.2f}", (a + b) / 2,
                                            std::abs(a - b) / std::sqrt(2.0))));
  EXPECT_THAT(ReadFile(folder_.path() + "/figures/test-loss.gp"), HasSubstr("mean of n = 2 seeds"));
}

// The gallery's pixels: each image pixel is a whole square, the surest error stands first.
TEST_F(Report, GalleryShowsTheSurestErrorsFirst) {
  RunRecord run = RandomRun(folder_.path(), dataset_, {RandomArm(2, "batch", dataset_, 2, 25)});
  Write(run);
  std::vector<ErrorRow> errors = run.arms[0].errors;
  std::sort(errors.begin(), errors.end(), [](const ErrorRow& a, const ErrorRow& b) {
    return a.prediction_probability > b.prediction_probability;
  });
  const std::string path = folder_.path() + "/figures/misclassified-batch.csv";
  const CsvTable table(path, ReadFile(path));
  ASSERT_EQ(table.rows(), 10u);
  const Picture strip = Decode(folder_.path() + "/figures/misclassified-batch-images.png");
  const int scale = strip.height / 6;
  ASSERT_EQ(strip.height, 6 * scale);
  ASSERT_EQ(strip.width, 10 * 5 * scale);
  const Picture drawn = Decode(folder_.path() + "/figures/misclassified-batch.png");
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(table.Number(i, table.Column("index")), errors[i].index);
    for (int y = 0; y < strip.height; ++y) {
      for (int x = 0; x < 5 * scale; ++x) {
        const std::uint8_t expected =
            dataset_.test.pixels[errors[i].index * 30 + y / scale * 5 + x / scale];
        for (int c = 0; c < 3; ++c) {
          ASSERT_EQ(strip.rgb[3 * (y * strip.width + i * 5 * scale + x) + c], expected)
              << i << ' ' << y << ' ' << x;
        }
      }
    }
  }
  // In the drawn figure the first image lies at the left margin: 18 and 2 x 18 pixels.
  const int inside = 2 * 18 + scale;
  int found = 0;
  for (int y = 0; y < drawn.height; ++y) {
    found +=
        drawn.rgb[3 * (y * drawn.width + inside)] == dataset_.test.pixels[errors[0].index * 30];
  }
  EXPECT_GE(found, 2 * scale - 2);
}

TEST_F(Report, TextIsNeverMarkup) {
  dataset_.class_names = {"<b>}`date`|", "it's [x](y)", "a\nb\x01"};
  const std::string label = "x}; system('touch evil') ` | <script> $(touch evil)\n\"_y_";
  RunRecord run = RandomRun(folder_.path(), dataset_, {RandomArm(1, label, dataset_, 7, 12)});
  run.recipe = "*bold* <img src=x> | [a](b)";
  const std::string readme = Write(run);
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_THAT(readme, Not(HasSubstr("<img")));
  EXPECT_THAT(readme, Not(HasSubstr("<script")));
  EXPECT_THAT(readme, HasSubstr("\\*bold\\* &lt;img src=x&gt; \\| \\[a\\](b)"));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    EXPECT_NE(entry.path().filename(), "evil");
    if (entry.path().extension() == ".svg") {
      EXPECT_THAT(ReadFile(entry.path()), Not(HasSubstr("<script")));
      EXPECT_THAT(ReadFile(entry.path()), HasSubstr("</svg>"));
    }
  }
  EXPECT_FALSE(std::filesystem::exists("evil"));
}

class WithoutGnuplot {
 public:
  WithoutGnuplot() : path_(std::getenv("PATH")) { setenv("PATH", "/nowhere", 1); }
  ~WithoutGnuplot() { setenv("PATH", path_.c_str(), 1); }

 private:
  std::string path_;
};

TEST_F(Report, SaysThatGnuplotIsMissing) {
  const RunRecord run =
      RandomRun(folder_.path(), dataset_, {RandomArm(1, "batch", dataset_, 3, 3)});
  const WithoutGnuplot without;
  const std::string readme = Write(run);
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_THAT(warnings_[0], HasSubstr("apt-get install gnuplot-nox"));
  EXPECT_EQ(warnings_[0].find('\n'), std::string::npos);
  EXPECT_THAT(readme, HasSubstr("install the package gnuplot-nox"));
  EXPECT_THAT(readme, Not(HasSubstr(".png")));
  EXPECT_THAT(readme,
              HasSubstr(fmt::format("| {:.2f} |", run.arms[0].metrics.back().test_accuracy)));
  EXPECT_TRUE(Exists("test-loss.gp"));
}

TEST_F(Report, OneEpochAndFewErrors) {
  const RunRecord run =
      RandomRun(folder_.path(), dataset_,
                {RandomArm(1, "batch", dataset_, 1, 0), RandomArm(1, "layer", dataset_, 1, 1)});
  const std::string readme = Write(run);
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_THAT(readme, HasSubstr("batch, seed 1: no test image is misclassified."));
  EXPECT_FALSE(Exists("misclassified-batch.png"));
  EXPECT_TRUE(Exists("misclassified-layer.png"));
  EXPECT_TRUE(Exists("curves-batch.png"));
}

TEST_F(Report, DivergedArmsAreSaidPlainly) {
  ArmRecord lost = RandomArm(1, "none", dataset_, 0, 0);
  lost.state = "diverged";
  lost.message = "the loss became NaN at step 12, layer C3";
  ArmRecord partly = RandomArm(1, "group", dataset_, 2, 0);
  partly.state = "diverged";
  ArmRecord pending = RandomArm(1, "layer", dataset_, 0, 0);
  pending.state = "pending";
  RunRecord run = RandomRun(folder_.path(), dataset_,
                            {lost, partly, pending, RandomArm(1, "batch", dataset_, 6, 2)});
  run.best_on_validation = false;
  const std::string readme = Write(run);
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_THAT(readme, HasSubstr("none, seed 1: diverged after 0 whole epochs (the loss became NaN "
                                "at step 12, layer C3)."));
  EXPECT_THAT(readme, HasSubstr("group, seed 1: diverged after 2 whole epochs"));
  EXPECT_THAT(readme, HasSubstr("layer, seed 1: pending"));
  EXPECT_THAT(readme, HasSubstr("picked on the test set, as the seed did"));
  EXPECT_THAT(ReadFile(folder_.path() + "/figures/test-loss.gp"), HasSubstr("group (diverged)"));
  EXPECT_FALSE(Exists("curves-none.png"));
}

TEST_F(Report, NothingButDivergedArms) {
  ArmRecord lost = RandomArm(1, "batch", dataset_, 0, 0);
  lost.state = "diverged";
  const std::string readme = Write(RandomRun(folder_.path(), dataset_, {lost}));
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_THAT(readme, HasSubstr("batch, seed 1: diverged"));
  EXPECT_FALSE(Exists("test-loss.png"));
}

TEST_F(Report, LossesThatAreNoNumbersAreGaps) {
  ArmRecord arm = RandomArm(1, "batch", dataset_, 8, 0);
  arm.metrics[3].test_loss = NAN;
  arm.metrics[7].test_loss = INFINITY;
  Write(RandomRun(folder_.path(), dataset_, {arm}));
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_TRUE(Exists("test-loss.png"));
}

TEST_F(Report, RefusesAnotherDataset) {
  RunRecord run = RandomRun(folder_.path(), dataset_, {RandomArm(1, "batch", dataset_, 1, 3)});
  LayDown(run);
  const RunRecord read = ReadRunFolder(run.path);
  Dataset other = dataset_;
  other.test.labels[1] = 2;
  EXPECT_THROW(WriteReport(read, other, nullptr), DataError);
  other = dataset_;
  other.test.labels.resize(2);
  EXPECT_THROW(WriteReport(read, other, nullptr), DataError);
  other = dataset_;
  other.name = "mnist";
  EXPECT_THROW(WriteReport(read, other, nullptr), DataError);
}

TEST_F(Report, SamplesShowTheAugmentationOfTheFirstEpoch) {
  dataset_ = RandomDataset(3, {3, 4, 4}, {"zero", "one", "two"});
  RunRecord run = RandomRun(folder_.path(), dataset_, {RandomArm(9, "batch", dataset_, 1, 0)});
  class Shift : public Augmentation {
    bool identity() const override { return false; }
    std::string text() const override { return "shift"; }
    void Apply(const std::uint8_t* image, const AugmentAddress& address,
               std::uint8_t* result) const override {
      for (int i = 0; i < 48; ++i) {
        result[i] =
            static_cast<std::uint8_t>(image[i] + address.seed + address.epoch + address.image);
      }
    }
  } augmentation;
  LayDown(run);
  WriteReport(ReadRunFolder(run.path), dataset_, &augmentation);
  const std::string path = folder_.path() + "/figures/training-samples.csv";
  const CsvTable table(path, ReadFile(path));
  const Picture strip = Decode(folder_.path() + "/figures/training-samples-images.png");
  const int scale = strip.height / 4;
  ASSERT_EQ(strip.width, 6 * 4 * scale);
  ASSERT_EQ(table.rows(), 3u);
  for (std::size_t t = 0; t < 3; ++t) {
    const int image = table.Integer(t, 1, 0, 59);
    EXPECT_EQ(dataset_.train.labels[image], t);
    for (int i = 0; i < 48; ++i) {
      const int c = i / 16, y = i % 16 / 4, x = i % 4;
      const std::uint8_t before = dataset_.train.pixels[image * 48 + i];
      const auto at = [&](std::size_t tile) {
        return strip.rgb[3 * (y * scale * strip.width + (tile * 4 + x) * scale) + c];
      };
      EXPECT_EQ(at(t), before);
      EXPECT_EQ(at(t + 3), static_cast<std::uint8_t>(before + 9 + 1 + image));
    }
  }
}

}  // namespace
}  // namespace normlab
