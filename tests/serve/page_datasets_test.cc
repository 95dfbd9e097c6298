#include "serve/page_datasets.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "report/figures/png.h"
#include "report/page/page.h"
#include "serve/study_page.h"
#include "tests/left_out.h"
#include "tests/report/random_run.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Two classes with five training and three test pictures each, all different.
void WritePhotos(const std::string& folder) {
  int number = 0;
  for (const char* label : {"cats", "dogs"}) {
    for (int i = 0; i < 8; ++i) {
      RgbImage image{9, 7, {}};
      for (int value = 0; value < 9 * 7 * 3; ++value) {
        image.pixels.push_back(static_cast<std::uint8_t>(13 * number + value));
      }
      const std::string place = fmt::format("{}/{}/{}", folder, i < 5 ? "train" : "test", label);
      std::filesystem::create_directories(place);
      WriteFile(fmt::format("{}/{}.png", place, i), EncodePng(image));
      ++number;
    }
  }
}

class Datasets : public testing::Test {
 protected:
  Datasets() : path_(folder_.path() + "/photos"), name_("folder:" + path_ + "@3x7x9") {}
  TemporaryFolder folder_;
  std::string path_, name_;
  std::vector<std::string> warnings_;
  PageDatasets datasets_{"", [this](const std::string& line) { warnings_.push_back(line); }};
};

TEST_F(Datasets, KeepTheTestImagesAloneAndHaveThemAgain) {
  WritePhotos(path_);
  const Dataset whole = LoadDataset(name_, "");
  ASSERT_EQ(whole.test.pixels.size(), 6u * 3 * 7 * 9);
  for (int build = 0; build < 3; ++build) {
    const Dataset* dataset = datasets_.Find(name_);
    ASSERT_NE(dataset, nullptr);
    EXPECT_EQ(datasets_.Find(name_), dataset);
    EXPECT_EQ(dataset->test.pixels, whole.test.pixels);
    EXPECT_EQ(dataset->test.labels, whole.test.labels);
    EXPECT_EQ(dataset->class_names, whole.class_names);
    EXPECT_TRUE(dataset->train.pixels.empty());
    datasets_.Release();
    EXPECT_EQ(dataset->test.pixels.capacity(), 0u);
    if (build == 0) std::filesystem::remove_all(path_);  // read once
  }
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(Datasets, OneThatIsNotAtHandIsSaidOnceAndTriedAgain) {
  EXPECT_EQ(datasets_.Find(name_), nullptr);
  EXPECT_EQ(datasets_.Find(name_), nullptr);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("photos")));
  datasets_.Release();
  WritePhotos(path_);
  EXPECT_NE(datasets_.Find(name_), nullptr);
  EXPECT_EQ(datasets_.Find("unheard-of"), nullptr);
  EXPECT_EQ(warnings_.size(), 2u);
}

TEST_F(Datasets, ThePageIsThatOfReportHtml) {
  if (!HasPage()) NORMLAB_LEFT_OUT("this build has no page; cmake -B build -DNORMLAB_WEB=ON");
  WritePhotos(path_);
  const Dataset dataset = LoadDataset(name_, "");
  const RunRecord run =
      RandomRun(folder_.path() + "/run", dataset, {RandomArm(1, "batch", dataset, 3, 4)});
  ASSERT_EQ(run.dataset, name_);
  const BuildLivePage build = StudyPage("", [](const std::string& line) { FAIL() << line; });
  const std::string data = PageData({{&run, &dataset}});
  EXPECT_THAT(data, HasSubstr("iVBORw0KGgo"));  // a PNG in Base64
  for (int again = 0; again < 2; ++again) {
    const LivePage page = build({run});
    EXPECT_EQ(page.data, data);
    EXPECT_EQ(page.html, PageHtml(data, true));
  }
}

}  // namespace
}  // namespace normlab
