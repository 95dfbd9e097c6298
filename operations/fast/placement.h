// Where an operation of the fast engine finds everything that it reads and writes, and what a
// fusion has given it to do beside its own work.
#pragma once

#include <cstdint>
#include <vector>

#include "operations/attributes.h"
#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"
#include "operations/fast/simd.h"
#include "operations/fast/workspace.h"

namespace normlab {

// A map as an operation meets it. `affine` is set where the value is a normalization of `values`
// that no map holds: (x - mean) * scale + bias, with [C][3][1] values a block: mean, scale, bias;
// `rectified` where it is a ReLU of that. `gradient` is null where nobody wants it.
struct PlacedMap {
  const BlockTensor* values = nullptr;
  const BlockTensor* affine = nullptr;
  const BlockTensor* gradient = nullptr;
  bool rectified = false;
};

// How a writer stores a value x: as it is, or rectified: x where it is positive, else slope * x.
struct Store {
  bool rectified = false;
  float slope = 0.0f;
};

// What the gradient of the input is multiplied by as it is written, told by the sign of the input:
// `scale` where that is positive, else slope * scale. Without `positive`: 1.
struct Gate {
  bool positive = false;
  float scale = 1.0f;
  float slope = 0.0f;
};

struct Placement {
  Attributes attributes;
  Simd simd = BestSimd();
  int max_blocks = 1;
  std::vector<PlacedMap> inputs;
  // `values` is null where its readers compute it: the operation fills `affine` instead.
  PlacedMap output;
  // In the order of the kind's declarations.
  std::vector<const float*> parameters;
  std::vector<PartialGradient> gradients;
  std::vector<float*> states;
  std::int64_t* counter = nullptr;
  double* batch_statistics = nullptr;  // NetworkState::batch, of this application; or null
  Workspace* workspace = nullptr;      // allocated before the first pass

  Store store;
  Gate gate;
  // The gradient of the only input holds what others who read it gave: this part is added, and the
  // gate is applied to the sum.
  bool adds_gradient = false;
  // Its readers see its output rectified, and the gradient is that of what they see.
  bool rectified_by_readers = false;
  // Where a max pool of 2x2 windows is the only one of them: its output; output.gradient is of
  // that.
  const BlockTensor* pooled = nullptr;
  bool has_backward = true;  // false where others apply this operation's gradient

  const PlacedMap& x() const { return inputs.front(); }
};

}  // namespace normlab
