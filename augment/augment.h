// uint8 image + address (seed, epoch, image) -> transformed image; pure functions.
//
// A pipeline is written as torchvision's transforms are called, one after the other:
//   "none"
//   "flip(0.5) shift(2)"
//   "rotation(7, fill=1) affine(7, translate=0.1, scale=0.8..1.2, shear=10) jitter(brightness=0.4,
//   contrast=0.4)"
// or by the name of a shipped one (docs/augmentation.md): "mnist-seed", "flip-shift".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/shape.h"

namespace normlab {

struct AugmentAddress {
  std::uint64_t seed;
  std::uint32_t epoch;
  std::uint32_t image;  // index in the training split
};

class Augmentation {
 public:
  virtual ~Augmentation() = default;
  virtual bool identity() const = 0;
  // The pipeline written out with every argument: what goes into the resolved recipe.
  virtual std::string text() const = 0;
  // Reads `image` and writes `result`, both [channel][row][column], of the shape given when parsed;
  // they must not overlap. Thread-safe; no allocation after the first call of a thread.
  virtual void Apply(const std::uint8_t* image, const AugmentAddress& address,
                     std::uint8_t* result) const = 0;
};

// Throws UsageError: unknown transform or argument (with the nearest name), a value out of range.
std::unique_ptr<Augmentation> ParseAugmentation(std::string_view text, Shape shape);

}  // namespace normlab
