#include "report/figures/contact_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <cstring>
#include <set>

#include "base/error.h"
#include "random_run.h"

namespace normlab {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr int kMargin = 18, kGap = 6;  // of the sheet, in pixels of the SVG

struct Pixels {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
  std::uint8_t At(int x, int y, int c) const {
    return rgb[3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                    static_cast<std::size_t>(x)) +
               static_cast<std::size_t>(c)];
  }
};

Pixels Decoded(const std::string& png) {
  png_image header;
  std::memset(&header, 0, sizeof header);
  header.version = PNG_IMAGE_VERSION;
  EXPECT_TRUE(png_image_begin_read_from_memory(&header, png.data(), png.size()));
  header.format = PNG_FORMAT_RGB;
  Pixels pixels;
  pixels.width = static_cast<int>(header.width);
  pixels.height = static_cast<int>(header.height);
  pixels.rgb.resize(PNG_IMAGE_SIZE(header));
  EXPECT_TRUE(png_image_finish_read(&header, nullptr, pixels.rgb.data(), 0, nullptr));
  return pixels;
}

TEST(Samples, AreDifferentImagesOfTheirClassAndDependOnTheSeed) {
  const Dataset dataset = RandomDataset(3, {1, 4, 4}, {"a", "b", "c"});
  const std::vector<SheetRow> rows = DrawSamples(dataset, dataset.train, 4, 9);
  ASSERT_THAT(rows, SizeIs(3));
  for (std::size_t r = 0; r < 3; ++r) {
    EXPECT_EQ(rows[r].label, dataset.class_names[r]);
    EXPECT_THAT(rows[r].images, SizeIs(4));
    EXPECT_THAT(std::set<std::size_t>(rows[r].images.begin(), rows[r].images.end()), SizeIs(4));
    for (const std::size_t image : rows[r].images) EXPECT_EQ(dataset.train.labels[image], r);
  }
  EXPECT_EQ(DrawSamples(dataset, dataset.train, 4, 9)[1].images, rows[1].images);
  EXPECT_NE(DrawSamples(dataset, dataset.train, 4, 10)[1].images, rows[1].images);
  // A larger sheet begins with the same images; none is there twice when all are.
  const std::vector<SheetRow> all = DrawSamples(dataset, dataset.train, 1000000, 9);
  std::size_t count = 0;
  for (std::size_t r = 0; r < 3; ++r) {
    count += std::set<std::size_t>(all[r].images.begin(), all[r].images.end()).size();
    EXPECT_TRUE(std::equal(rows[r].images.begin(), rows[r].images.end(), all[r].images.begin()));
  }
  EXPECT_EQ(count, dataset.train.size());
}

TEST(Samples, OfAClassWithoutImagesAreNone) {
  Dataset dataset = RandomDataset(3, {1, 4, 4}, {"a", "b"});
  for (std::uint8_t& label : dataset.test.labels) label = 1;
  const std::vector<SheetRow> rows = DrawSamples(dataset, dataset.test, 2, 1);
  EXPECT_THAT(rows[0].images, SizeIs(0));
  EXPECT_THAT(rows[1].images, SizeIs(2));
  EXPECT_THAT(DrawContactSheets(dataset, dataset.test, rows, "n", "t", "s"), SizeIs(1));
}

// Every pixel of every image, in the place that its row and its turn give it, in the finished
// picture.
TEST(ContactSheet, ShowsTheImagesPixelForPixel) {
  for (const Shape shape : {Shape{1, 6, 5}, Shape{3, 4, 9}, Shape{3, 70, 66}}) {
    const Dataset dataset = RandomDataset(5, shape, {"one", "two", "a third class, long of name"});
    const std::vector<SheetRow> rows = DrawSamples(dataset, dataset.train, 3, 2);
    const std::vector<Figure> sheets =
        DrawContactSheets(dataset, dataset.train, rows, "sheet", "Title", "subtitle");
    ASSERT_THAT(sheets, SizeIs(1));
    const Pixels picture = Decoded(RenderPng(sheets[0]));
    const int scale = std::max(1, 64 / std::max(shape.height, shape.width));
    const int step_x = shape.width * scale + kGap, step_y = shape.height * scale + kGap;
    // The PNG has two pixels a side for each of the SVG; the images end at the margins.
    const int left = picture.width / 2 - kMargin - 3 * step_x + kGap;
    const int top = picture.height / 2 - kMargin - 3 * step_y + kGap;
    for (int r = 0; r < 3; ++r) {
      for (int i = 0; i < 3; ++i) {
        const std::uint8_t* image = dataset.train.pixels.data() + rows[r].images[i] * shape.size();
        for (int y = 0; y < shape.height; ++y) {
          for (int x = 0; x < shape.width; ++x) {
            for (int c = 0; c < 3; ++c) {
              const std::size_t channel = shape.channels == 3 ? static_cast<std::size_t>(c) : 0;
              ASSERT_EQ(
                  picture.At(2 * (left + i * step_x) + 2 * x * scale + scale,
                             2 * (top + r * step_y) + 2 * y * scale + scale, c),
                  image[channel * shape.pixels() + static_cast<std::size_t>(y * shape.width + x)])
                  << r << ' ' << i << ' ' << y << ' ' << x << ' ' << c;
            }
          }
        }
      }
    }
  }
}

TEST(ContactSheet, ManyClassesGoToSeveralPictures) {
  std::vector<std::string> names;
  for (int i = 0; i < 250; ++i) names.push_back("class " + std::to_string(i));
  const Dataset dataset = RandomDataset(5, {1, 32, 32}, names);
  const std::vector<Figure> sheets = DrawContactSheets(
      dataset, dataset.train, DrawSamples(dataset, dataset.train, 1, 1), "n", "t", "s");
  ASSERT_THAT(sheets, SizeIs(3));  // (8000 - 70 - 18) / (64 + 6) = 113 rows a picture
  EXPECT_EQ(sheets[0].name, "n-1");
  EXPECT_EQ(sheets[2].name, "n-3");
  EXPECT_THAT(sheets[0].script, HasSubstr("'class 112'"));
  EXPECT_THAT(sheets[1].script, HasSubstr("row_0 = 'class 113'"));
  EXPECT_THAT(sheets[2].script, HasSubstr("'class 249'"));
}

TEST(ContactSheet, TooWideARowIsRefused) {
  const Dataset dataset = RandomDataset(5, {1, 32, 32}, {"a", "b"});
  const std::vector<SheetRow> rows = {{"a", std::vector<std::size_t>(120, 0)}, {"b", {}}};
  try {
    DrawContactSheets(dataset, dataset.train, rows, "n", "t", "s");
    FAIL() << "no error";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("fewer with --count"));
  }
}

TEST(ContactSheet, NamesAreNeverCommands) {
  Dataset dataset = RandomDataset(5, {1, 8, 8}, {"'; system('touch evil') #", "`touch evil`"});
  const std::vector<SheetRow> rows = DrawSamples(dataset, dataset.train, 1, 1);
  const std::vector<Figure> sheets =
      DrawContactSheets(dataset, dataset.train, rows, "n", "'\n!touch evil", "\x01");
  EXPECT_GT(Decoded(RenderPng(sheets[0])).width, 0);
}

TEST(RenderPng, SaysWhatGnuplotSays) {
  Figure figure;
  figure.name = "f";
  figure.script = "nonsense\n";
  try {
    RenderPng(figure);
    FAIL() << "no error";
  } catch (const RunError& error) {
    EXPECT_THAT(error.what(),
                testing::AllOf(HasSubstr("the picture cannot be drawn: gnuplot says: "),
                               HasSubstr("invalid command"), HasSubstr("normlab doctor")));
  }
}

}  // namespace
}  // namespace normlab
