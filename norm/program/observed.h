// What a training pass hands on beside its maps: what moves the running values, and gradients that
// are known for the whole batch.
#pragma once

#include <functional>
#include <vector>

#include "norm/equation/equation.h"
#include "norm/program/lane_reductions.h"
#include "operations/fast/operation.h"

namespace normlab::program {

// As equation::Twin::Observed has it, after the last round of a forward pass.
class ObservedValues {
 public:
  // `stored_of`: where the block of an image has its stored values.
  ObservedValues(const Program& program, const UniformValues& uniform,
                 const std::vector<ImageRange>& ghosts, const equation::Equation& equation,
                 std::function<const float*(int image)> stored_of)
      : program_(program),
        uniform_(uniform),
        ghosts_(ghosts),
        equation_(equation),
        stored_of_(std::move(stored_of)) {}

  // Of the statements that keep running values, one after the other.
  std::vector<double> values() const;

 private:
  double Mean(std::size_t statement, const Cell& cell) const;
  double At(int node, const Cell& cell, int image) const;

  const Program& program_;
  const UniformValues& uniform_;
  const std::vector<ImageRange>& ghosts_;
  const equation::Equation& equation_;
  std::function<const float*(int image)> stored_of_;
};

// Puts a value of the batch into a block's part of a learned value's gradient, of which it may lack
// axes. -1: zeros.
void PutUniform(const Program& program, const UniformValues& uniform, int node, Axes learned,
                int block, const PartialGradient& gradient);

}  // namespace normlab::program
