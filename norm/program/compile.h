// Expressions to a program: what is computed in which pass over a block's maps, and where values
// lie.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "norm/program/expressions.h"
#include "norm/program/instruction.h"

namespace normlab::program {

// In floats, of the maps that the program reads and writes.
struct MapStrides {
  std::size_t channel = 0, row = 0;
};

struct CompileOptions {
  MapStrides x, y, dy, dx;
  bool has_y = true;   // else its readers compute it, from `affine`
  bool gated = false;  // Gate::positive, with Gate::slope
  float gate_slope = 0;
  std::vector<bool> accumulates;  // of each learned value: its gradient is added to what is there
  KernelTable kernels = nullptr;
};

// A sum, a largest value, moments over images: from values of each image.
struct LaneReduction {
  int node = 0;
  std::vector<Operand> from;
  Operand to;  // of lanes, where ghost batches have values of their own; else the batch's numbers
};

struct Program {
  std::shared_ptr<const Expressions> expressions;
  int forward_rounds = 0, backward_rounds = 0;
  bool gives_affine = false;

  std::vector<Segment> gathers;  // a round each, forward then backward
  Segment forward, restore, backward;
  std::vector<std::vector<LaneReduction>> reductions;  // of each round
  // Nodes of the batch, to be evaluated at the beginning, then after each round.
  std::vector<std::vector<int>> uniform;
  // Of each node: its arguments, as they are computed; where it is among the batch's numbers, if it
  // is one.
  std::vector<std::vector<int>> arguments;
  std::vector<std::optional<Operand>> uniform_operands;
  std::vector<Operand> ghost_counts;  // where kGhostImages lies; none or one
  std::vector<float> numbers;
  std::vector<std::optional<Operand>> stored;  // of each node that is

  std::size_t uniform_size = 0;   // numbers
  std::size_t stored_size = 0;    // floats of a block
  std::size_t scratch_size = 0;   // floats of a worker, beside the registers
  std::size_t register_size = 0;  // floats of all registers of the largest tile
};

Program Compile(const Expressions& expressions, const CompileOptions& options);

}  // namespace normlab::program
