// What belongs to the batch and not to an image, in double: computed once, on the calling thread.
#pragma once

#include <functional>
#include <vector>

#include "norm/program/compile.h"

namespace normlab::program {

// A place of a value within an image.
struct Cell {
  int group = 0, group_channel = 0, row = 0, column = 0;
};

// Calls visit(cell) for each cell of a value with `axes`, the last axis innermost.
template <class Visit>
void ForEachCell(const ImageExtents& extents, Axes axes, const Visit& visit) {
  const int groups = axes.Has(Axes::Groups()) ? extents.groups : 1;
  const int members = axes.Has(Axes::GroupChannels()) ? extents.group_channels : 1;
  const int rows = axes.Has(Axes::Rows()) ? extents.rows : 1;
  const int columns = axes.Has(Axes::Columns()) ? extents.columns : 1;
  Cell cell;
  for (cell.group = 0; cell.group < groups; ++cell.group) {
    for (cell.group_channel = 0; cell.group_channel < members; ++cell.group_channel) {
      for (cell.row = 0; cell.row < rows; ++cell.row) {
        for (cell.column = 0; cell.column < columns; ++cell.column) visit(cell);
      }
    }
  }
}

inline std::size_t OffsetOf(const Operand& operand, const Cell& cell) {
  return operand.offset + operand.group * static_cast<std::size_t>(cell.group) +
         operand.group_channel * static_cast<std::size_t>(cell.group_channel) +
         operand.row * static_cast<std::size_t>(cell.row) +
         operand.column * static_cast<std::size_t>(cell.column);
}

// Where leaves have their values: learned and running ones, what a pass knows.
struct Leaves {
  std::vector<const float*> learned, running;
  std::vector<double> runtime;  // by index; of kGhostImages nothing
};

class UniformValues {
 public:
  explicit UniformValues(const Program& program)
      : program_(program), values_(program.uniform_size), floats_(program.uniform_size) {}

  // The nodes of program.uniform[stage], from what was evaluated before.
  void Evaluate(std::size_t stage, const Leaves& leaves);

  double at(int node, const Cell& cell) const { return values_[IndexOf(node, cell)]; }
  void Set(int node, const Cell& cell, double value) {
    values_[IndexOf(node, cell)] = value;
    floats_[IndexOf(node, cell)] = static_cast<float>(value);
  }
  const float* floats() const { return floats_.data(); }

 private:
  const Node& NodeOf(int node) const { return program_.expressions->graph[node]; }
  std::size_t IndexOf(int node, const Cell& cell) const {
    return OffsetOf(*program_.uniform_operands[static_cast<std::size_t>(node)], cell);
  }
  void EvaluateNode(int node, const Leaves& leaves);
  double ValueOf(int node, const Cell& cell, const Leaves& leaves) const;
  void Reduce(int node);

  const Program& program_;
  std::vector<double> values_;
  std::vector<float> floats_;  // the same, for instructions
};

}  // namespace normlab::program
