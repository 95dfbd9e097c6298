#include "norm/program/analysis.h"

#include <algorithm>

namespace normlab::program {

Analysis::Analysis(Expressions& expressions)
    : expressions_(expressions), graph_(expressions.graph) {
  const int count = graph_.size();
  for (int node = 0; node < count; ++node) {
    if (graph_[node].op == Op::kLocalVariance && Merges(node)) merged_.push_back(node);
  }
  FindForward(expressions.y);
  for (const int observed : expressions.observed) {
    if (observed >= 0) FindForward(observed);
  }
  // The mean of a variance's values, which its gradient asks for, is gathered with it.
  for (int node = 0; node < graph_.size(); ++node) {
    if (graph_[node].op == Op::kLaneMean && ComesWithVariance(node)) FindForward(node);
  }
  for (const int node : forward_) forward_rounds_ = std::max(forward_rounds_, WaitsBefore(node));
  waits_.clear();
  forward_known_ = true;
}

bool Analysis::ComesWithVariance(int mean) {
  const std::vector<int> of = Arguments(mean);
  return std::ranges::any_of(forward_, [&](int node) {
    return graph_[node].op == Op::kLaneVariance && graph_[node].pooled == graph_[mean].pooled &&
           Arguments(node)[0] == of[0];
  });
}

// Over whole channels of values that are computed tile by tile.
bool Analysis::Merges(int variance) {
  const Node& node = graph_[variance];
  return node.pooled.Has(Pixels()) && IsTile(graph_[node.arguments[0]].axes);
}

int Analysis::VarianceWith(int mean) const {
  const Node& of = graph_[mean];
  for (const int variance : merged_) {
    const Node& node = graph_[variance];
    if (node.arguments == of.arguments && node.pooled == of.pooled) return variance;
  }
  return -1;
}

int Analysis::Resolve(int node) {
  const auto found = resolved_.find(node);
  if (found != resolved_.end()) return found->second;
  const int resolved = Substitute(node);
  resolved_[node] = resolved;
  return resolved;
}

int Analysis::Substitute(int index) {
  const Node node = graph_[index];
  if (node.op == Op::kStop) return Resolve(node.arguments[0]);
  if (!CrossesImages(node.axes)) return index;
  // Divided and not multiplied by a share: the mean of equal values is each of them.
  const auto mean = [&](int of) {
    const int count = graph_.Number(static_cast<double>(graph_.extents().size(node.pooled)));
    return Resolve(graph_.Apply(Op::kQuotient, {graph_.SumOver(of, node.pooled), count}));
  };
  if (node.op == Op::kLocalMean && VarianceWith(index) < 0) return mean(node.arguments[0]);
  if (node.op == Op::kLocalVariance && std::ranges::find(merged_, index) == merged_.end()) {
    const int of = node.arguments[0];
    const int distance = graph_.Sum({{1, of}, {-1, graph_.MeanOver(of, node.pooled)}});
    return mean(graph_.Product({distance, distance}));
  }
  return index;
}

std::vector<int> Analysis::Arguments(int node) {
  std::vector<int> arguments = graph_[node].arguments;
  for (int& argument : arguments) argument = Resolve(argument);
  return arguments;
}

void Analysis::FindForward(int node) {
  node = Resolve(node);
  if (!forward_.insert(node).second) return;
  for (const int argument : Arguments(node)) FindForward(argument);
}

int Analysis::WaitsBefore(int node) {
  node = Resolve(node);
  const auto found = waits_.find(node);
  if (found != waits_.end()) return found->second;
  int waits = graph_[node].op == Op::kDy ? forward_rounds_ : 0;
  for (const int argument : Arguments(node)) waits = std::max(waits, WaitsBefore(argument));
  if (IsLaneReduction(graph_[node].op)) {
    const bool backward = forward_known_ && !forward_.contains(node);
    waits = (backward ? std::max(waits, forward_rounds_) : waits) + 1;
  }
  waits_[node] = waits;
  return waits;
}

std::pair<std::vector<int>, std::vector<int>> Analysis::SplitPixels(int node) {
  const Node& of = graph_[node];
  std::vector<int> factors = of.op == Op::kProduct ? Arguments(node) : std::vector<int>{node};
  std::pair<std::vector<int>, std::vector<int>> parts;
  for (const int factor : factors) {
    (HasPixels(graph_[factor].axes) ? parts.first : parts.second).push_back(factor);
  }
  return parts;
}

std::optional<std::pair<int, int>> Analysis::Shifted(int index) {
  const Node node = graph_[index];
  if (node.op != Op::kSum) return std::nullopt;
  const std::vector<int> arguments = Arguments(index);
  int with_pixels = -1;
  std::vector<std::pair<double, int>> rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!HasPixels(graph_[arguments[i]].axes)) {
      rest.emplace_back(-node.weights[i], arguments[i]);
    } else if (with_pixels >= 0 || node.weights[i] != 1) {
      return std::nullopt;
    } else {
      with_pixels = arguments[i];
    }
  }
  if (with_pixels < 0 || rest.empty()) return std::nullopt;
  return std::pair{with_pixels, Resolve(graph_.Sum(rest))};
}

LinearForm Analysis::LinearOf(int index) {
  const Node node = graph_[index];
  const bool is_sum = node.op == Op::kSum;
  const std::vector<int> arguments = is_sum ? Arguments(index) : std::vector<int>{index};
  LinearForm form;
  std::vector<std::pair<double, int>> constants;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const double weight = is_sum ? node.weights[i] : 1;
    const auto [pixels, others] = SplitPixels(arguments[i]);
    const int coefficient = graph_.Product(others);
    if (pixels.empty()) {
      constants.emplace_back(weight, coefficient);
      continue;
    }
    LinearTerm term = {Resolve(graph_.Scale(weight, coefficient)), graph_.Product(pixels), -1};
    if (pixels.size() == 1) {
      if (const auto shifted = Shifted(pixels[0])) std::tie(term.core, term.shift) = *shifted;
    }
    form.terms.push_back(term);
  }
  form.constant = Resolve(graph_.Sum(constants));
  return form;
}

std::optional<LinearForm> Analysis::AffineOf(int y) {
  const LinearForm form = LinearOf(Resolve(y));
  if (form.terms.size() != 1 || graph_[form.terms[0].core].op != Op::kX) return std::nullopt;
  return form;
}

}  // namespace normlab::program
