// Galleries of sets that are unlike the three: many classes, some without images, large and narrow
// images.
#include "report/figures/gallery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "data/fit_image.h"
#include "data/image_file.h"
#include "random_run.h"

namespace normlab {
namespace {

using testing::HasSubstr;

std::vector<std::string> Names(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("class" + std::to_string(i));
  return names;
}

// The tiles as drawn, in one row.
Image Strip(const Figure& figure) {
  for (const auto& [name, bytes] : figure.data) {
    if (name.ends_with("-images.png")) return DecodeImage(bytes, name);
  }
  return {};
}

std::string Table(const Figure& figure) {
  for (const auto& [name, bytes] : figure.data) {
    if (name.ends_with(".csv")) return bytes;
  }
  return "";
}

TEST(SamplesGallery, ShowsTheFirstTenClassesThatHaveImages) {
  Dataset dataset = RandomDataset(1, {1, 8, 8}, Names(100));
  for (std::uint8_t& label : dataset.train.labels) label = static_cast<std::uint8_t>(label + 30);
  const Figure figure = SamplesGallery(dataset, nullptr, 1);
  EXPECT_THAT(figure.script, HasSubstr("one each of 10 of the 100 classes"));
  EXPECT_THAT(Table(figure), testing::StartsWith("class,train image\nclass30,0\nclass31,1\n"));
  EXPECT_THAT(Table(figure), testing::EndsWith("\nclass39,9\n"));
  EXPECT_EQ(Strip(figure).shape, (Shape{3, 96, 10 * 96}));
}

TEST(SamplesGallery, SaysThatEveryClassIsThereOnlyWhereItIs) {
  EXPECT_THAT(SamplesGallery(RandomDataset(1, {1, 8, 8}, Names(10)), nullptr, 1).alt,
              HasSubstr("one of each class"));
  Dataset hole = RandomDataset(1, {1, 8, 8}, Names(3));
  for (std::uint8_t& label : hole.train.labels) label = std::max<std::uint8_t>(label, 1);
  EXPECT_THAT(SamplesGallery(hole, nullptr, 1).alt, HasSubstr("one each of 2 of the 3 classes"));
}

TEST(SamplesGallery, LargeImagesAreMadeSmallerAndNarrowOnesFit) {
  const Dataset large = RandomDataset(1, {3, 100, 300}, Names(2));
  const Image strip = Strip(SamplesGallery(large, nullptr, 1));
  EXPECT_EQ(strip.shape, (Shape{3, 32, 2 * 96}));
  // The first tile is the first image of class 0, as small as torchvision would make it.
  const std::vector<std::uint8_t> pixels(large.train.pixels.begin(), large.train.pixels.end());
  const std::string table = Table(SamplesGallery(large, nullptr, 1));
  const std::size_t image = std::stoul(table.substr(table.find("class0,") + 7));
  const auto first = pixels.begin() + static_cast<std::ptrdiff_t>(image * large.shape.size());
  const Image whole{large.shape, {first, first + static_cast<std::ptrdiff_t>(large.shape.size())}};
  const Image small = FitImage(whole, {3, 32, 96});
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t y = 0; y < 32; ++y) {
      for (std::size_t x = 0; x < 96; ++x) {
        ASSERT_EQ(strip.pixels[(c * 32 + y) * 192 + x], small.pixels[(c * 32 + y) * 96 + x]);
      }
    }
  }
  EXPECT_EQ(Strip(SamplesGallery(RandomDataset(1, {1, 1000, 2}, Names(2)), nullptr, 1)).shape,
            (Shape{3, 96, 2}));
  EXPECT_EQ(Strip(SamplesGallery(RandomDataset(1, {1, 1, 1}, Names(2)), nullptr, 1)).shape,
            (Shape{3, 96, 2 * 96}));
}

TEST(MisclassifiedGallery, LargeImagesAreMadeSmaller) {
  const Dataset dataset = RandomDataset(1, {3, 300, 200}, Names(20));
  const ArmRecord arm = RandomArm(1, "batch", dataset, 2, 3);
  RunRecord run;
  run.class_names = dataset.class_names;
  const Figure figure = MisclassifiedGallery(run, arm, dataset, "misses");
  EXPECT_EQ(Strip(figure).shape, (Shape{3, 150, 3 * 100}));
}

}  // namespace
}  // namespace normlab
