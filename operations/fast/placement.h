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
// that no map holds: (x - mean) * scale + bias, with [C][3][1] values a block: mean, scale, bias.
// `gradient` is null where nobody wants it.
struct PlacedMap {
  const BlockTensor* values = nullptr;
  const BlockTensor* affine = nullptr;
  const BlockTensor* gradient = nullptr;
};

// What a writer does to a value as it stores it.
enum class Store { kPlain, kPositivePart };

// The gradient of the input is masked by input > 0 and scaled as it is written.
struct Gate {
  bool positive = false;
  float scale = 1.0f;
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

  Store store = Store::kPlain;
  Gate gate;
  bool has_backward = true;  // false where others apply this operation's gradient

  const PlacedMap& x() const { return inputs.front(); }
};

}  // namespace normlab
