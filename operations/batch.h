// What a network is given: a number of images that can be laid out block by block, and their
// labels.
#pragma once

#include <cstdint>

#include "operations/fast/block.h"

namespace normlab {

// Where this pass's dropout decisions are addressed.
struct DropoutAddress {
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
};

struct BatchResult {
  double loss_sum = 0;  // negative log-likelihood, summed over the images in their order
  int correct = 0;      // images whose largest log-probability is the label's (first one on a tie)
};

// Fills the 16 lanes of one block. Called from the engine's threads, blocks in any order, so that
// decoding and augmenting a block happens beside the other blocks' convolutions.
class BlockSource {
 public:
  virtual ~BlockSource() = default;
  // Writes every pixel of every lane of `view`; lanes past the last image are written as zeros.
  virtual void FillBlock(int block, const BlockView& view) const = 0;
};

struct Batch {
  int count = 0;  // images, > 0
  const BlockSource* source = nullptr;
  const std::uint8_t* labels = nullptr;  // [count]
  const std::uint32_t* image_ids =
      nullptr;  // [count] index in the training split: dropout's address
  int blocks() const { return BlocksFor(count); }
};

}  // namespace normlab
