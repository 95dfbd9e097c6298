// An equation and its gradient as expressions of one graph: reverse mode over the equation's nodes,
// as the twin has it (norm/equation/twin.h), with expressions in the place of numbers.
#pragma once

#include <vector>

#include "norm/equation/equation.h"
#include "norm/program/graph.h"

namespace normlab::program {

struct Settings {
  ImageExtents extents;
  bool has_ghosts = false;
  int ghost = 0;  // images of a ghost batch; 0: the batch is one
  double eps = 1e-5, momentum = 0.1;
};

// What a learned value's gradient is the sum of. -1: nothing.
struct LearnedGradient {
  int of_batch = -1;   // known for the whole batch
  int of_images = -1;  // of each image, to be added over the images
};

struct Expressions {
  Graph graph;
  std::size_t learned_count = 0;  // values that are learned
  std::vector<Axes> learned_axes = {};
  int y = 0;
  std::vector<int> observed = {};  // beside statements: what was pooled; -1: none kept
  std::vector<const equation::Node*> ramps = {};  // by index - kFirstRamp
  int dx = -1;                                    // -1 without a backward pass
  std::vector<LearnedGradient> learned = {};      // beside the equation's
};

// `training`: statements have what they pool, and there is a gradient; else running values.
Expressions Express(const equation::Equation& equation, const Settings& settings, bool training,
                    bool has_backward);

}  // namespace normlab::program
