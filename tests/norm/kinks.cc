#include "tests/norm/kinks.h"

#include <algorithm>
#include <cmath>

namespace normlab::equation {
namespace {

class KinkFinder {
 public:
  KinkFinder(const EquationCase& one, const Twin<double>& twin, bool training)
      : equation_(one.equation),
        extents_(one.extents),
        twin_(twin),
        marks_(equation_.nodes.size()) {
    kept_.resize(equation_.nodes.size());
    for (const Statement& statement : equation_.statements) {
      if (!training && statement.running) kept_[statement.node] = true;
    }
  }

  Marks Run() {
    for (std::size_t i = 0; i < equation_.nodes.size(); ++i) {
      const Node& node = equation_.nodes[i];
      if (kept_[i]) continue;
      if (node.kind == Node::Kind::kReduction) Pooled(i);
      if (node.kind != Node::Kind::kFunction) continue;
      if (node.function == Function::kRelu || node.function == Function::kAbs) Near(i, 0, kZero);
      if (node.function == Function::kMax || node.function == Function::kMin) Near(i, 0, 1);
      if (node.function == Function::kClip) {
        Near(i, 0, 1);
        Near(i, 0, 2);
      }
    }
    return std::move(marks_);
  }

 private:
  static constexpr std::size_t kZero = 9;

  void Mark(std::size_t node, std::size_t at) {
    if (marks_[node].empty()) marks_[node].resize(twin_.value(node).size());
    marks_[node][at] = true;
  }

  double Threshold(std::size_t argument) const {
    return 1e-3 * std::min(1.0, Largest(twin_.value(argument)));
  }

  // Two arguments of a function that stand near each other.
  void Near(std::size_t index, std::size_t one, std::size_t other) {
    const Node& node = equation_.nodes[index];
    const std::size_t a = node.arguments[one];
    const std::size_t b = other == kZero ? a : node.arguments[other];
    double threshold = Threshold(a);
    if (other != kZero) threshold = std::max(threshold, Threshold(b));
    ForEachPlace(extents_, node.axes, [&](std::size_t, const Place& place) {
      const std::size_t at = IndexAt(extents_, equation_.nodes[a].axes, place);
      const std::size_t beside = IndexAt(extents_, equation_.nodes[b].axes, place);
      const double distance = twin_.value(a)[at] - (other == kZero ? 0 : twin_.value(b)[beside]);
      if (!(std::abs(distance) > threshold)) {
        Mark(a, at);
        if (other != kZero) Mark(b, beside);
      }
    });
  }

  void Pooled(std::size_t index) {
    const Node& node = equation_.nodes[index];
    const std::size_t of = node.arguments[0];
    const Doubles &pooled = twin_.value(of), &result = twin_.value(index);
    const double threshold = Threshold(of);
    if (node.reduction == Reduction::kNorm) {
      for (std::size_t r = 0; r < result.size(); ++r) {
        if (!(result[r] > threshold)) Mark(index, r);
      }
    }
    if (node.reduction != Reduction::kMax && node.reduction != Reduction::kMin) return;
    std::vector<int> near(result.size(), 0);
    for (const bool marks : {false, true}) {
      ForEachPlace(extents_, equation_.nodes[of].axes, [&](std::size_t i, const Place& place) {
        const std::size_t r = IndexAt(extents_, node.axes, place);
        if (std::abs(pooled[i] - result[r]) > threshold) return;
        if (!marks) ++near[r];
        if (marks && near[r] > 1) Mark(of, i);
      });
    }
  }

  const Equation& equation_;
  const Extents& extents_;
  const Twin<double>& twin_;
  std::vector<bool> kept_;
  Marks marks_;
};

}  // namespace

Marks NearKinks(const EquationCase& one, const Twin<double>& twin, bool training) {
  return KinkFinder(one, twin, training).Run();
}

bool Any(const Marks& marks) {
  return std::ranges::any_of(marks, [](const auto& node) { return !node.empty(); });
}

std::vector<bool> DependsOnX(const Equation& equation) {
  std::vector<bool> depends;
  for (const Node& node : equation.nodes) {
    bool any = node.kind == Node::Kind::kInput;
    for (const std::size_t argument : node.arguments) any = any || depends[argument];
    depends.push_back(any);
  }
  return depends;
}

bool NearKink(const EquationCase& one, bool training) {
  Twin<double> twin(one.equation, one.extents, one.constants);
  twin.Forward(one.x, one.learned, one.running, training);
  return Any(NearKinks(one, twin, training));
}

}  // namespace normlab::equation
