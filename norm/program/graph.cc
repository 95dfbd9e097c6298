#include "norm/program/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <optional>

#include "norm/program/scalar.h"

namespace normlab::program {

std::size_t ImageExtents::size(Axes axes) const {
  std::size_t size = 1;
  if (axes.Has(Axes::Groups())) size *= static_cast<std::size_t>(groups);
  if (axes.Has(Axes::GroupChannels())) size *= static_cast<std::size_t>(group_channels);
  if (axes.Has(Axes::Rows())) size *= static_cast<std::size_t>(rows);
  if (axes.Has(Axes::Columns())) size *= static_cast<std::size_t>(columns);
  return size;
}

bool IsLocalReduction(Op op) { return op >= Op::kLocalSum && op <= Op::kLocalVariance; }
bool IsLaneReduction(Op op) { return op >= Op::kLaneSum; }

int Graph::Add(Node node) {
  std::string key = fmt::format("{}|{}|{}|{:a}|{}", static_cast<int>(node.op), node.axes.text(),
                                node.pooled.text(), node.number, node.index);
  for (const int argument : node.arguments) key += fmt::format(" {}", argument);
  for (const double weight : node.weights) key += fmt::format(" {:a}", weight);
  const auto [found, is_new] = known_.try_emplace(std::move(key), size());
  if (is_new) nodes_.push_back(std::move(node));
  return found->second;
}

int Graph::Number(double number) { return Add({.op = Op::kNumber, .number = number}); }

int Graph::Leaf(Op op, Axes axes, int index) {
  return Add({.op = op, .axes = Present(axes), .index = index});
}

int Graph::Images() {
  return has_ghosts_ ? Leaf(Op::kRuntime, Axes::GhostBatches(), kGhostImages)
                     : Leaf(Op::kRuntime, Axes(), kImages);
}

int Graph::Apply(Op op, const std::vector<int>& arguments) {
  Node node{.op = op, .arguments = arguments};
  double numbers[3] = {};
  bool folds = true;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    node.axes = node.axes.With((*this)[arguments[i]].axes);
    folds = folds && IsNumber(arguments[i]);
    if (folds) numbers[i] = NumberOf(arguments[i]);
  }
  return folds ? Number(Evaluate(op, numbers)) : Add(std::move(node));
}

int Graph::Reciprocal(int node) {
  const Node& of = (*this)[node];
  if (of.op == Op::kReciprocal) return of.arguments[0];
  if (of.op == Op::kSum && of.arguments.size() == 1) {
    const double weight = of.weights[0];
    return Scale(1 / weight, Reciprocal(of.arguments[0]));
  }
  return Apply(Op::kReciprocal, {node});
}

// Terms of sums within it are its own, equal ones are added, numbers together are the last.
int Graph::Sum(const std::vector<std::pair<double, int>>& terms) {
  if (terms.size() == 1 && terms[0].first != 0 && terms[0].first != 1) {
    // A sum times a number stays a sum, so that a product takes the number alone out of it.
    const Node& of = (*this)[terms[0].second];
    if (of.op == Op::kSum && of.arguments.size() > 1) {
      return Add({.op = Op::kSum,
                  .axes = of.axes,
                  .arguments = {terms[0].second},
                  .weights = {terms[0].first}});
    }
  }
  std::map<int, double> weights;
  double number = 0;
  const auto add = [&](double weight, int node, const auto& self) -> void {
    const Node& term = (*this)[node];
    if (term.op == Op::kNumber) {
      number += weight * term.number;
    } else if (term.op == Op::kSum) {
      for (std::size_t i = 0; i < term.arguments.size(); ++i) {
        self(weight * term.weights[i], term.arguments[i], self);
      }
    } else {
      weights[node] += weight;
    }
  };
  for (const auto& [weight, node] : terms) add(weight, node, add);
  Node node{.op = Op::kSum};
  for (const auto& [term, weight] : weights) {
    if (weight == 0) continue;
    node.arguments.push_back(term);
    node.weights.push_back(weight);
    node.axes = node.axes.With((*this)[term].axes);
  }
  if (node.arguments.empty()) return Number(number);
  if (number != 0) {
    node.arguments.push_back(Number(1));
    node.weights.push_back(number);
  }
  const bool alone = node.arguments.size() == 1 && node.weights[0] == 1;
  return alone ? node.arguments[0] : Add(std::move(node));
}

int Graph::Product(const std::vector<int>& factors) {
  double number = 1;
  Node node{.op = Op::kProduct};
  const auto add = [&](int factor, const auto& self) -> void {
    const Node& of = (*this)[factor];
    if (of.op == Op::kNumber) {
      number *= of.number;
    } else if (of.op == Op::kSum && of.arguments.size() == 1) {
      number *= of.weights[0];
      self(of.arguments[0], self);
    } else if (of.op == Op::kProduct) {
      for (const int each : of.arguments) self(each, self);
    } else {
      node.arguments.push_back(factor);
      node.axes = node.axes.With(of.axes);
    }
  };
  for (const int factor : factors) add(factor, add);
  if (number == 0) return Number(0);
  if (node.arguments.empty()) return Number(number);
  std::ranges::sort(node.arguments);
  const int product = node.arguments.size() == 1 ? node.arguments[0] : Add(std::move(node));
  return number == 1 ? product : Scale(number, product);
}

std::pair<std::vector<int>, std::vector<int>> Graph::Split(int product, Axes axes) const {
  std::pair<std::vector<int>, std::vector<int>> parts;
  const Node& node = (*this)[product];
  const std::vector<int> alone = {product};
  for (const int factor : node.op == Op::kProduct ? node.arguments : alone) {
    ((*this)[factor].axes.HasAny(axes) ? parts.first : parts.second).push_back(factor);
  }
  return parts;
}

int Graph::CountOf(Axes pooled) {
  const int local = Number(static_cast<double>(extents_.size(pooled)));
  if (!pooled.Has(Axes::GhostImages())) return local;
  const bool all = pooled.Has(Axes::GhostBatches());
  return Product({local, all ? Leaf(Op::kRuntime, Axes(), kImages) : Images()});
}

// Pixels first, then channels: what is constant over the pixels of a channel leaves the inner sum.
int Graph::LocalSum(int of, Axes pooled) {
  const int inner = DrawnOut(of, Axes(pooled).Without(Axes::Channels()));
  return DrawnOut(inner, Axes(pooled).Without(Pixels()));
}

int Graph::DrawnOut(int of, Axes pooled) {
  const Node node = (*this)[of];
  const Axes missing = Axes(pooled).Without(node.axes);
  const double repeated = static_cast<double>(extents_.size(missing));
  pooled = pooled.Without(missing);
  if (pooled.empty()) return Scale(repeated, of);
  if (node.op == Op::kSum) {
    const bool scaled = node.arguments.size() == 1;
    const bool drawn = std::ranges::all_of(
        node.arguments, [&](int term) { return !Split(term, pooled).second.empty(); });
    if (scaled || drawn) {
      std::vector<std::pair<double, int>> terms;
      for (std::size_t i = 0; i < node.arguments.size(); ++i) {
        terms.emplace_back(repeated * node.weights[i], DrawnOut(node.arguments[i], pooled));
      }
      return Sum(terms);
    }
  }
  auto [inside, outside] = Split(of, pooled);
  const int rest = Product(inside);
  outside.push_back(Add({.op = Op::kLocalSum,
                         .axes = (*this)[rest].axes.Without(pooled),
                         .arguments = {rest},
                         .pooled = pooled}));
  return Scale(repeated, Product(outside));
}

// A value without M stands for each image of its ghost batch, and adds as often.
int Graph::LaneSum(int of, Axes pooled) {
  const Node node = (*this)[of];
  if (node.op == Op::kSum && node.arguments.size() == 1) {
    return Scale(node.weights[0], LaneSum(node.arguments[0], pooled));
  }
  const Axes lanes = pooled.Has(Axes::GhostBatches()) ? Axes::Images() : Axes::GhostImages();
  auto [inside, outside] = Split(of, lanes);
  const int rest = Product(inside);
  outside.push_back(Add({.op = Op::kLaneSum,
                         .axes = (*this)[rest].axes.Without(pooled),
                         .arguments = {rest},
                         .pooled = pooled}));
  return Product(outside);
}

int Graph::SumOver(int of, Axes pooled) {
  pooled = Present(pooled);
  int sum = LocalSum(of, LocalAxes(pooled));
  const Axes images = pooled.Without(LocalAxes(Axes::All()));
  if (images.empty()) return sum;
  const Axes axes = (*this)[sum].axes;
  const bool per_image = axes.Has(Axes::GhostImages());
  if (!images.Has(Axes::GhostImages())) {  // B alone: each ghost batch once
    if (!CrossesImages(axes)) {
      return Product({sum, Leaf(Op::kRuntime, Axes(), kGhostBatches)});
    }
    return LaneSum(Product({sum, Reciprocal(Images())}), Axes::Images());
  }
  const bool keeps_ghosts = has_ghosts_ && !images.Has(Axes::GhostBatches());
  if (keeps_ghosts) return per_image ? LaneSum(sum, images) : Product({sum, Images()});
  return CrossesImages(axes) ? LaneSum(sum, images) : Product({sum, CountOf(images)});
}

int Graph::ExtremeOver(int of, Axes pooled, bool largest) {
  pooled = Present(pooled);
  const auto reduce = [&](Op op, Axes over) {
    over = over.Without(Axes(over).Without((*this)[of].axes));
    if (over.empty()) return;
    of = Add({.op = op, .axes = (*this)[of].axes.Without(over), .arguments = {of}, .pooled = over});
  };
  reduce(largest ? Op::kLocalMax : Op::kLocalMin, LocalAxes(pooled));
  reduce(largest ? Op::kLaneMax : Op::kLaneMin, pooled.Without(LocalAxes(Axes::All())));
  return of;
}

int Graph::MeanOver(int of, Axes pooled) {
  pooled = Present(pooled);
  const Axes axes = (*this)[of].axes;
  const Axes local = LocalAxes(pooled).Without(LocalAxes(pooled).Without(axes));
  if (!local.empty()) {
    of = Add(
        {.op = Op::kLocalMean, .axes = axes.Without(local), .arguments = {of}, .pooled = local});
  }
  const Axes images = pooled.Without(LocalAxes(Axes::All()));
  if (!axes.HasAny(images)) return of;
  return Add({.op = Op::kLaneMean,
              .axes = (*this)[of].axes.Without(images),
              .arguments = {of},
              .pooled = images});
}

int Graph::VarianceOver(int of, Axes pooled) {
  pooled = Present(pooled);
  const Axes axes = (*this)[of].axes;
  const Axes local = LocalAxes(pooled).Without(LocalAxes(pooled).Without(axes));
  const Axes images = pooled.Without(LocalAxes(Axes::All()));
  if (!axes.HasAny(pooled)) return Number(0);
  std::vector<int> moments = {of};
  if (!local.empty()) {
    moments = {MeanOver(of, local), Add({.op = Op::kLocalVariance,
                                         .axes = axes.Without(local),
                                         .arguments = {of},
                                         .pooled = local})};
  }
  if (!axes.HasAny(images)) return moments[1];
  return Add({.op = Op::kLaneVariance,
              .axes = (*this)[moments[0]].axes.Without(images),
              .arguments = moments,
              .pooled = images});
}

}  // namespace normlab::program
