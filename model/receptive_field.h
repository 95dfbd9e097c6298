// Which pixels of the image can reach a value of a layer's map through convolutions and pools.
//
// Value i of a map (rows and columns alike) is computed from the pixels
//
//   i * jump - padding  ...  i * jump - padding + extent - 1
//
// and from no other; what lies outside the image is zero padding and is counted. A window of k
// values that moves by s, after p rows of padding, changes them as follows (Araujo, Norris & Sim,
// "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019, doi
// 10.23915/distill.00021, which names them receptive field size, effective stride and effective
// padding):
//
//   extent += (k - 1) jump     padding += p jump     jump *= s
//
// ReLU and dropout look at one value and change nothing. Normalization can reach further: ReachOf.
#pragma once

#include <cstdint>
#include <vector>

#include "base/shape.h"
#include "model/architecture.h"

namespace normlab {

// Along one axis, in pixels of the image.
struct FieldAxis {
  std::int64_t extent = 1;
  std::int64_t jump = 1;     // from a value's first pixel to its neighbour's
  std::int64_t padding = 0;  // how far the first value's field begins outside the image
  std::int64_t first(std::int64_t value) const { return value * jump - padding; }
  std::int64_t last(std::int64_t value) const { return first(value) + extent - 1; }
  friend bool operator==(const FieldAxis&, const FieldAxis&) = default;
};

// As begun: a pixel of the image itself.
struct ReceptiveField {
  FieldAxis rows, columns;
  friend bool operator==(const ReceptiveField&, const ReceptiveField&) = default;
};

// Of each value of the plan. A max pool reads the whole of its window, whichever value wins. The
// window of a global pool is its map, and so is the step to the next one, which only a larger image
// would have. What has several inputs sees all that any of them sees; they move by the same step.
std::vector<ReceptiveField> ValueFields(const Plan& plan);

// Of what each unit of the plan gives.
std::vector<ReceptiveField> UnitFields(const Plan& plan);

// Of each layer's output, after all applications of the layer.
std::vector<ReceptiveField> ReceptiveFields(const Architecture& architecture);

// What a normalized value depends on through its statistics. Every later layer inherits it.
enum class Reach {
  kField,  // nothing more than the map at its own pixel: the receptive field is the whole story
  kImage,  // the whole map of its image, so all pixels that any value of that map sees
  kBatch   // the maps of all images of the batch
};

// In evaluation running statistics are constants, and a value depends on its own field again.
Reach ReachOf(const NormMethod& method, bool training);

}  // namespace normlab
