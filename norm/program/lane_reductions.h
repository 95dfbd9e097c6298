// Sums, moments and largest values over the images of a batch, or of each ghost batch: in double,
// in the order of the images, on the calling thread.
#pragma once

#include <vector>

#include "norm/program/compile.h"
#include "norm/program/uniform.h"

namespace normlab::program {

// Consecutive images, [first, end).
struct ImageRange {
  int first = 0, end = 0;
};
// Those of a batch: one, or as many as there are ghost batches, the last of which takes the rest.
std::vector<ImageRange> GhostBatches(int images, int ghost);

// The bases of each block in which images are.
using BlockBases = std::vector<std::vector<float*>>;

// Results go to `uniform`, or, of each ghost batch, to the lanes of its images.
void Reduce(const Program& program, const LaneReduction& reduction, const BlockBases& blocks,
            const std::vector<ImageRange>& ghosts, UniformValues& uniform);

}  // namespace normlab::program
