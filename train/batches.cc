#include "train/batches.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "base/philox.h"

namespace normlab {
namespace {

// Fisher and Yates, from the front: after `count` exchanges the first `count` entries are a fair
// sample in fair order.
void ShuffleFront(std::vector<std::uint32_t>& items, std::size_t count, RandomStream& random) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto rest = static_cast<std::uint32_t>(items.size() - i);
    std::swap(items[i], items[i + random.Below(rest)]);
  }
}

// The augmented images of one block, [lane][C][H][W]. One a thread, grown once.
std::uint8_t* Scratch(std::size_t bytes) {
  static thread_local std::vector<std::uint8_t> scratch;
  if (scratch.size() < bytes) scratch.resize(bytes);
  return scratch.data();
}

// One row of 16 images: lanes are innermost, so the 16 images are read side by side.
void FillRow(const float* table, const std::uint8_t* const* rows, int width, float* out) {
  for (int x = 0; x < width; ++x) {
    for (int lane = 0; lane < kBlock; ++lane) *out++ = table[rows[lane][x]];
  }
}

// The same where the block's last lanes have no image.
void FillPartRow(const float* table, const std::uint8_t* const* rows, int lanes, int width,
                 float* out) {
  for (int x = 0; x < width; ++x, out += kBlock) {
    for (int lane = 0; lane < lanes; ++lane) out[lane] = table[rows[lane][x]];
    std::fill(out + lanes, out + kBlock, 0.0f);
  }
}

}  // namespace

std::vector<std::uint32_t> EpochOrder(const std::vector<std::uint32_t>& indices, bool shuffle,
                                      std::uint64_t seed, std::uint32_t epoch) {
  std::vector<std::uint32_t> order = indices;
  if (!shuffle) return order;
  RandomStream random(seed, Purpose::kShuffle, epoch, 0);
  ShuffleFront(order, order.size(), random);
  return order;
}

HoldOut ChooseHoldOut(std::uint32_t images, std::uint32_t count, std::uint64_t seed) {
  assert(count <= images);
  std::vector<std::uint32_t> all(images);
  std::iota(all.begin(), all.end(), 0u);
  RandomStream random(seed, Purpose::kValidation, 0, 0);
  ShuffleFront(all, count, random);
  HoldOut split{{all.begin() + count, all.end()}, {all.begin(), all.begin() + count}};
  std::sort(split.training.begin(), split.training.end());
  std::sort(split.validation.begin(), split.validation.end());
  return split;
}

std::vector<std::uint32_t> CleanTrainImages(const Split& split, const HoldOut& hold_out) {
  std::vector<std::uint32_t> all(split.size()), chosen;
  std::iota(all.begin(), all.end(), 0u);
  for (const std::uint32_t image : EpochOrder(all, true, 0, 0)) {
    if (chosen.size() == kCleanTrainImages) break;
    if (!std::ranges::binary_search(hold_out.validation, image)) chosen.push_back(image);
  }
  return chosen;
}

PixelTable::PixelTable(const ChannelStatistics& statistics) {
  for (std::size_t c = 0; c < statistics.mean.size(); ++c) {
    const float mean = static_cast<float>(statistics.mean[c]);
    const float deviation = static_cast<float>(statistics.deviation[c]);
    for (int value = 0; value < 256; ++value) {
      values_.push_back((static_cast<float>(value) / 255.0f - mean) / deviation);
    }
  }
}

ImageBatch::ImageBatch(const Split& split, Shape shape, const PixelTable& table,
                       const Augmentation* augmentation, std::uint64_t seed)
    : split_(split),
      shape_(shape),
      table_(table),
      augmentation_(augmentation != nullptr && !augmentation->identity() ? augmentation : nullptr),
      seed_(seed) {}

Batch ImageBatch::Take(const std::uint32_t* images, int count, std::uint32_t epoch) {
  epoch_ = epoch;
  images_.assign(images, images + count);
  labels_.resize(images_.size());
  for (std::size_t i = 0; i < images_.size(); ++i) labels_[i] = split_.labels[images_[i]];
  return {count, this, labels_.data(), images_.data()};
}

void ImageBatch::FillBlock(int block, const BlockView& view) const {
  assert(view.shape == shape_);
  const std::size_t first = static_cast<std::size_t>(block) * kBlock;
  const int lanes = static_cast<int>(std::min<std::size_t>(kBlock, images_.size() - first));
  const std::uint8_t* rows[kBlock];
  for (int lane = 0; lane < lanes; ++lane) {
    const std::uint32_t image = images_[first + static_cast<std::size_t>(lane)];
    const std::uint8_t* pixels = &split_.pixels[image * shape_.size()];
    if (augmentation_ != nullptr) {
      std::uint8_t* result =
          Scratch(kBlock * shape_.size()) + static_cast<std::size_t>(lane) * shape_.size();
      augmentation_->Apply(pixels, {seed_, epoch_, image}, result);
      pixels = result;
    }
    rows[lane] = pixels;
  }
  for (int c = 0; c < shape_.channels; ++c) {
    for (int y = 0; y < shape_.height; ++y) {
      if (lanes == kBlock) {
        FillRow(table_.channel(c), rows, shape_.width, view.at(c, y, 0));
      } else {
        FillPartRow(table_.channel(c), rows, lanes, shape_.width, view.at(c, y, 0));
      }
      for (int lane = 0; lane < lanes; ++lane) rows[lane] += shape_.width;
    }
  }
}

}  // namespace normlab
