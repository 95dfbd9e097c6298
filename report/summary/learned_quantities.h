// What a model's layers learned beside their filters, value by value: learned.csv.
#pragma once

#include <string>
#include <vector>

#include "report/summary/summary.h"

namespace normlab {

struct LearnedLayer {
  std::string layer;
  int count = 1;  // of elements
  // Epochs 1, 2, 3, ... up to the last that all of the model's trainings recorded: the mean over
  // the elements, of the seeds; NaN where a training has none.
  std::vector<CurvePoint> points;
  double lowest = 0, highest = 0;  // of all elements of all seeds, at the last epoch
};

enum class LearnedKind {
  kStatement,  // of the equation, made of learned values
  kOwn,        // a learned value that not every normalization has
  kAffine      // weight and bias
};

struct LearnedQuantity {
  std::string part, name;
  LearnedKind kind = LearnedKind::kOwn;
  std::vector<LearnedLayer> layers;  // in the order of the forward pass
};

// Statements first, weight and bias last. Of a model that diverged what its trainings left; none
// where nothing was recorded.
std::vector<LearnedQuantity> LearnedQuantities(const Model& model);

// Those of what is learned that tell most of a method: its statements, or without any its own
// learned values; and the others.
struct LearnedParts {
  std::vector<LearnedQuantity> first, rest;
};
LearnedParts PartsOf(std::vector<LearnedQuantity> quantities);

}  // namespace normlab
