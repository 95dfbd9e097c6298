#include "norm/program/uniform.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "norm/program/scalar.h"
#include "norm/program/storage.h"

namespace normlab::program {
namespace {

double Larger(double a, double b) {
  const double arguments[] = {a, b};
  return Evaluate(Op::kMax, arguments);
}

}  // namespace

void UniformValues::Evaluate(std::size_t stage, const Leaves& leaves) {
  for (const int node : program_.uniform[stage]) EvaluateNode(node, leaves);
}

void UniformValues::EvaluateNode(int index, const Leaves& leaves) {
  const Node& node = NodeOf(index);
  if (IsLocalReduction(node.op)) return Reduce(index);
  ForEachCell(program_.expressions->graph.extents(), node.axes,
              [&](const Cell& cell) { Set(index, cell, ValueOf(index, cell, leaves)); });
}

double UniformValues::ValueOf(int index, const Cell& cell, const Leaves& leaves) const {
  const Node& node = NodeOf(index);
  const std::vector<int>& from = program_.arguments[static_cast<std::size_t>(index)];
  const auto leaf = [&](const std::vector<const float*>& values) {
    const ImageExtents& extents = program_.expressions->graph.extents();
    return double{values[static_cast<std::size_t>(node.index)]
                        [OffsetOf(Contiguous(extents, node.axes, 0, 0, 1), cell)]};
  };
  switch (node.op) {
    case Op::kNumber:
      return node.number;
    case Op::kRuntime:
      return leaves.runtime[static_cast<std::size_t>(node.index)];
    case Op::kLearned:
      return leaf(leaves.learned);
    case Op::kRunning:
      return leaf(leaves.running);
    case Op::kSum: {
      double sum = 0;
      for (std::size_t i = 0; i < from.size(); ++i) {
        sum += node.weights[i] * at(from[i], cell);
      }
      return sum;
    }
    case Op::kProduct: {
      double product = 1;
      for (const int factor : from) product *= at(factor, cell);
      return product;
    }
    default: {
      double arguments[3] = {};
      for (std::size_t i = 0; i < from.size(); ++i) {
        arguments[i] = at(from[i], cell);
      }
      return program::Evaluate(node.op, arguments);
    }
  }
}

// Plain, in two passes where there is a mean.
void UniformValues::Reduce(int index) {
  const Node& node = NodeOf(index);
  const ImageExtents& extents = program_.expressions->graph.extents();
  const int of = program_.arguments[static_cast<std::size_t>(index)][0];
  const Axes from = NodeOf(of).axes;
  const auto count = static_cast<double>(extents.size(node.pooled));
  const bool extreme = node.op == Op::kLocalMax || node.op == Op::kLocalMin;
  const double infinity = std::numeric_limits<double>::infinity();
  const auto each = [&](const auto& visit) {
    ForEachCell(extents, from, [&](const Cell& cell) { visit(cell, at(of, cell)); });
  };
  const auto start = [&](double value) {
    ForEachCell(extents, node.axes, [&](const Cell& cell) { Set(index, cell, value); });
  };
  start(!extreme ? 0 : node.op == Op::kLocalMax ? -infinity : infinity);
  each([&](const Cell& cell, double value) {
    const double before = at(index, cell);
    Set(index, cell,
        node.op == Op::kLocalMax   ? Larger(before, value)
        : node.op == Op::kLocalMin ? -Larger(-before, -value)
        : node.op == Op::kLocalSum ? before + value
                                   : before + value / count);
  });
  if (node.op != Op::kLocalVariance) return;
  std::vector<double> means;
  ForEachCell(extents, node.axes, [&](const Cell& cell) { means.push_back(at(index, cell)); });
  start(0);
  const Operand mean = Contiguous(extents, node.axes, 0, 0, 1);
  each([&](const Cell& cell, double value) {
    const double distance = value - means[OffsetOf(mean, cell)];
    Set(index, cell, at(index, cell) + distance * distance / count);
  });
}

}  // namespace normlab::program
