// Images of a batch mixed with each other, and their labels with them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/choice.h"
#include "base/philox.h"
#include "base/shape.h"
#include "operations/batch.h"

namespace normlab {

//   none
//   mixup   alpha   torchvision.transforms.v2.MixUp
//   cutmix  alpha   torchvision.transforms.v2.CutMix
// One draw a batch; an image's partner is the one before it, the first image's the last.
const ChoiceFamily& MixFamily();

// Of one batch. `weight`, a multiple of 2^-24, is the share of an image's own label, of its own
// pixels too where there is no box.
struct BatchMix {
  double weight = 1;
  Box box;
};

// From Beta(alpha, alpha); of cutmix first that, then the box's middle, column and row, each a
// whole number below the image's width and height. The box has the root of what the share leaves of
// the sides and is cut at the borders, and the share is what it leaves in truth.
BatchMix DrawMix(const Choice& mix, Shape image, RandomStream& stream);

class BatchMixer {
 public:
  // `mix` has passed CheckChoice and is not none.
  BatchMixer(Choice mix, Shape image, int classes, std::uint64_t seed);

  // Sets the mixes and the distributions of a batch with labels, those of step `step` (from 0);
  // they live until the next call.
  void Apply(std::int64_t step, Batch& batch);

 private:
  Choice mix_;
  Shape image_;
  int classes_;
  std::uint64_t seed_;
  std::vector<Mix> mixes_;
  std::vector<float> distributions_;
};

}  // namespace normlab
