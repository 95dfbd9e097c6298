// From a data set to the batches of an epoch: order, augmentation, normalization to mean 0 and
// deviation 1.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "augment/augment.h"
#include "data/dataset.h"
#include "operations/batch.h"
#include "operations/byte_images.h"

namespace normlab {

// A permutation of `indices` drawn from (seed, epoch), or `indices` as they are.
std::vector<std::uint32_t> EpochOrder(const std::vector<std::uint32_t>& indices, bool shuffle,
                                      std::uint64_t seed, std::uint32_t epoch);

// `count` training images chosen from (seed) to be held out, and the rest, both ascending.
struct HoldOut {
  std::vector<std::uint32_t> training;
  std::vector<std::uint32_t> validation;
};
HoldOut ChooseHoldOut(std::uint32_t images, std::uint32_t count, std::uint64_t seed);

// Classes whose training images are all held out, ascending; a class that has none is not among
// them.
std::vector<int> ClassesLeftEmpty(const Dataset& dataset, int validation, std::uint64_t seed);

// Training images to look at without training on them: up to kCleanTrainImages by a fixed draw, the
// same ones for every training on the same images.
inline constexpr int kCleanTrainImages = 10000;
std::vector<std::uint32_t> CleanTrainImages(const Split& split, const HoldOut& hold_out);

// uint8 value -> (value / 255 - mean) / deviation in float32, as ToTensor and Normalize compute it.
class PixelTable {
 public:
  explicit PixelTable(const ChannelStatistics& statistics);
  const float* channel(int c) const { return &values_[static_cast<std::size_t>(c) * 256]; }
  std::span<const float> values() const { return values_; }  // [C][256]

 private:
  std::vector<float> values_;
};

// The batch `images` (indices into `split`) of one epoch; augmented unless `augmentation` is null.
class ImageBatch : public ImageSource, public ByteImages {
 public:
  ImageBatch(const Split& split, Shape shape, const PixelTable& table,
             const Augmentation* augmentation, std::uint64_t seed);
  // Takes the next images; no allocation once the largest batch was seen.
  Batch Take(const std::uint32_t* images, int count, std::uint32_t epoch);
  // Batch::completed_steps of what is taken from now on.
  void set_completed_steps(std::int64_t steps) { completed_steps_ = steps; }
  void Fill(int first, int count, float* images) const override;

  const ByteImages* bytes() const override { return this; }
  std::span<const float> table() const override { return table_.values(); }
  void FillBytes(int first, int count, std::uint8_t* images) const override;
  ImagePool pool() const override;
  const std::uint32_t* places() const override { return images_.data(); }

 private:
  const std::uint8_t* Pixels(std::uint32_t image) const {
    return &split_.pixels[image * shape_.size()];
  }

  const Split& split_;
  Shape shape_;
  const PixelTable& table_;
  const Augmentation* augmentation_;
  std::uint64_t seed_;
  std::uint32_t epoch_ = 0;
  std::int64_t completed_steps_ = 0;
  std::vector<std::uint32_t> images_;
  std::vector<std::uint8_t> labels_;
};

}  // namespace normlab
