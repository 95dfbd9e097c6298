#include "train/batches.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "base/shuffle.h"

namespace normlab {
namespace {

// One augmented image, [C][H][W]. One a thread, grown once.
std::uint8_t* Scratch(std::size_t bytes) {
  static thread_local std::vector<std::uint8_t> scratch;
  if (scratch.size() < bytes) scratch.resize(bytes);
  return scratch.data();
}

// Told that the three do not overlap: reading every byte anew after each store takes three times as
// long.
void LookUp(const float* __restrict table, const std::uint8_t* __restrict pixels, std::size_t count,
            float* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = table[pixels[i]];
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

std::vector<int> ClassesLeftEmpty(const Dataset& dataset, int validation, std::uint64_t seed) {
  const std::vector<std::uint8_t>& labels = dataset.train.labels;
  const HoldOut split = ChooseHoldOut(static_cast<std::uint32_t>(labels.size()),
                                      static_cast<std::uint32_t>(validation), seed);
  std::vector<bool> trained(dataset.class_names.size()), held_out(trained);
  for (const std::uint32_t image : split.training) trained[labels[image]] = true;
  for (const std::uint32_t image : split.validation) held_out[labels[image]] = true;
  std::vector<int> empty;
  for (std::size_t c = 0; c < trained.size(); ++c) {
    if (held_out[c] && !trained[c]) empty.push_back(static_cast<int>(c));
  }
  return empty;
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
  return {.count = count,
          .source = this,
          .labels = labels_.data(),
          .image_ids = images_.data(),
          .completed_steps = completed_steps_};
}

void ImageBatch::Fill(int first, int count, float* images) const {
  assert(first >= 0 && first + count <= static_cast<int>(images_.size()));
  for (int i = first; i < first + count; ++i) {
    const std::uint32_t image = images_[static_cast<std::size_t>(i)];
    const std::uint8_t* pixels = Pixels(image);
    if (augmentation_ != nullptr) {
      std::uint8_t* result = Scratch(shape_.size());
      augmentation_->Apply(pixels, {seed_, epoch_, image}, result);
      pixels = result;
    }
    for (int c = 0; c < shape_.channels; ++c) {
      LookUp(table_.channel(c), pixels, shape_.pixels(), images);
      pixels += shape_.pixels();
      images += shape_.pixels();
    }
  }
}

void ImageBatch::FillBytes(int first, int count, std::uint8_t* images) const {
  assert(first >= 0 && first + count <= static_cast<int>(images_.size()));
  for (int i = first; i < first + count; ++i) {
    const std::uint32_t image = images_[static_cast<std::size_t>(i)];
    if (augmentation_ != nullptr) {
      augmentation_->Apply(Pixels(image), {seed_, epoch_, image}, images);
    } else {
      std::copy_n(Pixels(image), shape_.size(), images);
    }
    images += shape_.size();
  }
}

ImagePool ImageBatch::pool() const {
  if (augmentation_ != nullptr) return {};
  return {split_.pixels, split_.identity.handle()};
}

}  // namespace normlab
