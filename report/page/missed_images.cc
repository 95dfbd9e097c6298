#include "report/page/missed_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/escape.h"
#include "base/html.h"
#include "report/figures/png.h"

namespace normlab {
namespace {

std::string PicturePng(const Dataset& dataset, int index) {
  const Shape shape = dataset.shape;
  const std::uint8_t* image = &dataset.test.pixels[static_cast<std::size_t>(index) * shape.size()];
  const std::size_t pixels = shape.pixels();
  if (shape.channels == 1) {
    return EncodeGrayPng({shape.width, shape.height, {image, image + pixels}});
  }
  RgbImage picture{shape.width, shape.height, std::vector<std::uint8_t>(3 * pixels)};
  for (std::size_t p = 0; p < pixels; ++p) {
    for (std::size_t c = 0; c < 3; ++c) picture.pixels[3 * p + c] = image[c * pixels + p];
  }
  return EncodePng(picture);
}

}  // namespace

std::vector<MissedImage> RankMisses(const std::vector<const ArmRecord*>& arms) {
  std::map<int, MissedImage> missed;
  for (const ArmRecord* arm : arms) {
    for (const ErrorRow& row : arm->errors) {
      MissedImage& image = missed[row.index];
      image.index = row.index;
      image.truth = row.truth;
      ++image.trainings;
    }
  }
  std::vector<MissedImage> images;
  images.reserve(missed.size());
  for (const auto& [index, image] : missed) images.push_back(image);
  std::ranges::stable_sort(images, std::greater<>(), &MissedImage::trainings);
  return images;
}

std::size_t ImagesWithin(const std::vector<MissedImage>& images, std::size_t rows) {
  std::size_t count = 0;
  for (const MissedImage& image : images) {
    const auto misses = static_cast<std::size_t>(image.trainings);
    if (misses > rows) break;
    rows -= misses;
    ++count;
  }
  return count;
}

std::vector<std::string> Pictures(const std::vector<MissedImage>& images, const Dataset& dataset,
                                  std::size_t bytes) {
  constexpr std::size_t kQuotesAndComma = 3;
  std::vector<std::string> pictures;
  for (const MissedImage& image : images) {
    std::string picture = Base64(PicturePng(dataset, image.index));
    if (picture.size() + kQuotesAndComma > bytes) break;
    bytes -= picture.size() + kQuotesAndComma;
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

void CheckMisses(const RunRecord& run, const Dataset& dataset) {
  const auto images = dataset.test.size();
  for (const ArmRecord& arm : run.arms) {
    for (const ErrorRow& row : arm.errors) {
      const std::string where =
          fmt::format("{}/{}/errors.csv", PlainLine(run.path), PlainLine(arm.folder));
      const auto index = static_cast<std::size_t>(row.index);
      if (row.index < 0 || index >= images) {
        throw DataError(fmt::format("{}: index: expected one of the {} test images of {}, found {}",
                                    where, images, dataset.title, row.index));
      }
      if (dataset.test.labels[index] != row.truth) {
        throw DataError(
            fmt::format("{}: truth: expected class {} for test image {} of {}, found {}", where,
                        dataset.test.labels[index], row.index, dataset.title, row.truth));
      }
    }
  }
}

}  // namespace normlab
