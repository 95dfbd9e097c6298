#include "norm/program/observed.h"

#include "norm/program/scalar.h"

namespace normlab::program {

std::vector<double> ObservedValues::values() const {
  std::vector<double> values;
  for (std::size_t s = 0; s < equation_.statements.size(); ++s) {
    const equation::Statement& statement = equation_.statements[s];
    if (!statement.running) continue;
    ForEachCell(program_.expressions->graph.extents(), equation_.nodes[statement.node].axes,
                [&](const Cell& cell) { values.push_back(Mean(s, cell)); });
  }
  return values;
}

// Over the ghost batches; a variance unbiased, that of a lone value 0.
double ObservedValues::Mean(std::size_t index, const Cell& cell) const {
  const equation::Statement& statement = equation_.statements[index];
  const Axes pooled = equation_.nodes[statement.node].pooled;
  const bool pools_all = !CrossesImages(equation_.nodes[statement.node].axes);
  const double local =
      static_cast<double>(program_.expressions->graph.extents().size(LocalAxes(pooled)));
  const int node = program_.expressions->observed[index];
  const auto unbiased = [&](const ImageRange& images) {
    const double count = local * (images.end - images.first);
    const double factor = !statement.running->unbiased ? 1 : count > 1 ? count / (count - 1) : 0;
    return factor * At(node, cell, images.first);
  };
  if (pools_all) return unbiased({ghosts_.front().first, ghosts_.back().end});
  double sum = 0;
  for (const ImageRange& ghost : ghosts_) sum += unbiased(ghost);
  return sum / static_cast<double>(ghosts_.size());
}

double ObservedValues::At(int index, const Cell& cell, int image) const {
  const auto at = static_cast<std::size_t>(index);
  const Node& node = program_.expressions->graph[index];
  if (program_.uniform_operands[at]) return uniform_.at(index, cell);
  if (node.op == Op::kNumber) return node.number;
  if (IsLaneReduction(node.op) || node.op == Op::kRuntime) {
    return stored_of_(
        image)[OffsetOf(*program_.stored[at], cell) + static_cast<std::size_t>(image % kBlock)];
  }
  const std::vector<int>& from = program_.arguments[at];
  double result = node.op == Op::kProduct ? 1 : 0;
  if (node.op == Op::kSum || node.op == Op::kProduct) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      const double value = At(from[i], cell, image);
      result = node.op == Op::kProduct ? result * value : result + node.weights[i] * value;
    }
    return result;
  }
  double arguments[3] = {};
  for (std::size_t i = 0; i < from.size(); ++i) arguments[i] = At(from[i], cell, image);
  return Evaluate(node.op, arguments);
}

void PutUniform(const Program& program, const UniformValues& uniform, int node, Axes learned,
                int block, const PartialGradient& gradient) {
  const Graph& graph = program.expressions->graph;
  std::size_t element = 0;
  ForEachCell(graph.extents(), learned, [&](const Cell& cell) {
    const double value = node < 0                        ? 0
                         : graph[node].op == Op::kNumber ? graph[node].number
                                                         : uniform.at(node, cell);
    gradient.Put(block, element++, static_cast<float>(value));
  });
}

}  // namespace normlab::program
