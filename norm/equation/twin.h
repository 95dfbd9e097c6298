// The plain twin of an equation: its statements over whole arrays, in any scalar, with the gradient
// by reverse mode. Every other form of the equation is held to it.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <span>
#include <vector>

#include "norm/equation/equation.h"
#include "norm/equation/extents.h"
#include "norm/equation/scalar_functions.h"

namespace normlab::equation {

// What keys and the training's progress give.
struct Constants {
  double eps = 1e-5, momentum = 0.1;
  double step = 0;  // optimizer steps completed
};

double RampAt(const Node& ramp, double step);
double KeyValue(Key key, const Constants& constants, const Extents& extents);

template <class T>
class Twin {
 public:
  using Values = std::vector<T>;

  Twin(const Equation& equation, const Extents& extents, const Constants& constants)
      : equation_(equation), extents_(extents), constants_(constants) {}

  // `x`: a value for each place of all axes. `learned`: as equation.learned. `running`: as
  // equation.statements, without values where none is kept: as the application began. In evaluation
  // a statement with a running value has that.
  void Forward(const Values& x, const std::vector<Values>& learned,
               const std::vector<Values>& running, bool training);

  const Values& value(std::size_t node) const { return values_[node]; }
  const Values& y() const { return values_[equation_.output()]; }

  // After Forward: from the gradient of y.
  void Backward(const Values& y_gradient);
  const Values& x_gradient() const { return x_gradient_; }
  const Values& learned_gradient(std::size_t learned) const { return learned_gradients_[learned]; }
  // Of any node; empty where y does not depend on it.
  const Values& gradient(std::size_t node) const { return gradients_[node]; }

  // What moves a statement's running value: the mean over the ghost batches of what was pooled, of
  // a variance unbiased (of a lone value: 0). Requires a statement that keeps one, and a training
  // pass.
  Values Observed(std::size_t statement) const;

 private:
  Values Expanded(const Node& node, const Values& running) const;
  Values Compute(std::size_t node) const;
  Values Applied(const Node& node) const;
  Values Reduced(const Node& node) const;
  Values Counted(const Node& node) const;
  void Pass(std::size_t node, const Values& gradient);
  void PassReduced(const Node& node, std::size_t self, const Values& gradient);

  // Where the values of a node with `axes` stand that lie beside a row of another one's.
  struct Beside {
    std::size_t first = 0, step = 0;
    std::size_t operator[](std::size_t column) const { return first + column * step; }
  };
  Beside BesideRow(Axes axes, const Place& place) const {
    return {IndexAt(extents_, axes, place), axes.Has(Axes::Columns()) ? 1u : 0u};
  }
  // Calls visit(index, indices of its arguments) for each value of a node.
  template <class Visit>
  void ForEachApplied(const Node& node, const Visit& visit) const {
    ForEachRow(extents_, node.axes, [&](std::size_t index, const Place& place, int columns) {
      Beside beside[3];
      for (std::size_t a = 0; a < node.arguments.size(); ++a) {
        beside[a] = BesideRow(equation_.nodes[node.arguments[a]].axes, place);
      }
      for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c, ++index) {
        visit(index, std::array{beside[0][c], beside[1][c], beside[2][c]});
      }
    });
  }
  // Calls visit(index of what is pooled, index of the result) for each value that a node pools.
  template <class Visit>
  void ForEachPooled(const Node& node, const Visit& visit) const {
    const Axes from = equation_.nodes[node.arguments[0]].axes;
    ForEachRow(extents_, from, [&](std::size_t index, const Place& place, int columns) {
      const Beside result = BesideRow(node.axes, place);
      for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) visit(index++, result[c]);
    });
  }

  const Equation& equation_;
  Extents extents_;
  Constants constants_;
  bool training_ = true;
  std::vector<Values> values_, gradients_;
  std::vector<bool> constant_;  // nodes that are read and not computed
  Values x_gradient_;
  std::vector<Values> learned_gradients_;
};

template <class T>
void Twin<T>::Forward(const Values& x, const std::vector<Values>& learned,
                      const std::vector<Values>& running, bool training) {
  assert(x.size() == extents_.size(Axes::All()) && learned.size() == equation_.learned.size());
  training_ = training;
  values_.assign(equation_.nodes.size(), {});
  constant_.assign(equation_.nodes.size(), false);
  std::vector<const Values*> kept(equation_.nodes.size(), nullptr);
  for (std::size_t i = 0; i < equation_.statements.size(); ++i) {
    const Statement& statement = equation_.statements[i];
    if (!training && statement.running) kept[statement.node] = &running[i];
  }
  for (std::size_t i = 0; i < equation_.nodes.size(); ++i) {
    const Node& node = equation_.nodes[i];
    if (kept[i] != nullptr) {
      values_[i] = Expanded(node, *kept[i]);
      constant_[i] = true;
    } else if (node.kind == Node::Kind::kInput) {
      values_[i] = x;
    } else if (node.kind == Node::Kind::kLearned) {
      values_[i] = learned[node.index];
    } else if (node.kind == Node::Kind::kRunning) {
      values_[i] = running[node.index];
    } else {
      values_[i] = Compute(i);
    }
  }
}

template <class T>
typename Twin<T>::Values Twin<T>::Expanded(const Node& node, const Values& running) const {
  const Axes kept = node.axes.Without(Axes::Images());
  Values values(extents_.size(node.axes));
  ForEachPlace(extents_, node.axes, [&](std::size_t i, const Place& place) {
    values[i] = running[IndexAt(extents_, kept, place)];
  });
  return values;
}

template <class T>
typename Twin<T>::Values Twin<T>::Compute(std::size_t index) const {
  const Node& node = equation_.nodes[index];
  switch (node.kind) {
    case Node::Kind::kNumber:
      return {T(static_cast<Real<T>>(node.number))};
    case Node::Kind::kKey:
      return {T(static_cast<Real<T>>(KeyValue(node.key, constants_, extents_)))};
    case Node::Kind::kRamp:
      return {T(static_cast<Real<T>>(RampAt(node, constants_.step)))};
    case Node::Kind::kReduction:
      return Reduced(node);
    default:
      return Applied(node);
  }
}

template <class T>
typename Twin<T>::Values Twin<T>::Applied(const Node& node) const {
  Values values(extents_.size(node.axes));
  ForEachApplied(node, [&](std::size_t i, const std::array<std::size_t, 3>& at) {
    T arguments[3];
    for (std::size_t a = 0; a < node.arguments.size(); ++a) {
      arguments[a] = values_[node.arguments[a]][at[a]];
    }
    values[i] = Apply(node.function, arguments);
  });
  return values;
}

// How many values each one pools.
template <class T>
typename Twin<T>::Values Twin<T>::Counted(const Node& node) const {
  const std::size_t of_an_image = extents_.size(node.pooled.Without(Axes::Images()));
  Values counts(extents_.size(node.axes));
  ForEachPlace(extents_, node.axes, [&](std::size_t i, const Place& place) {
    const int images = node.pooled.Has(Axes::Images()) ? extents_.images
                       : node.pooled.Has(Axes::GhostImages())
                           ? extents_.GhostImages(place.ghost_batch)
                           : 1;
    counts[i] = T(static_cast<Real<T>>(of_an_image * static_cast<std::size_t>(images)));
  });
  return counts;
}

template <class T>
typename Twin<T>::Values Twin<T>::Reduced(const Node& node) const {
  const Values& pooled = values_[node.arguments[0]];
  const auto each = [&](const auto& visit) {
    ForEachPooled(node, [&](std::size_t i, std::size_t r) { visit(pooled[i], r); });
  };
  const std::size_t size = extents_.size(node.axes);
  Values result(size, T(0));
  const Values counts = Counted(node);
  if (node.reduction == Reduction::kMax || node.reduction == Reduction::kMin) {
    std::vector<bool> any(size, false);
    const int sign = node.reduction == Reduction::kMax ? 1 : -1;
    each([&](const T& value, std::size_t r) {
      if (!any[r] || SignOf(value - result[r]) == sign || IsNotANumber(value)) result[r] = value;
      any[r] = true;
    });
    return result;
  }
  const bool squares = node.reduction == Reduction::kNorm;
  each([&](const T& value, std::size_t r) { result[r] += squares ? value * value : value; });
  if (squares) std::ranges::transform(result, result.begin(), [](T v) { return std::sqrt(v); });
  if (squares || node.reduction == Reduction::kSum) return result;
  for (std::size_t r = 0; r < size; ++r) result[r] /= counts[r];
  if (node.reduction == Reduction::kAvg) return result;
  Values variance(size, T(0));
  each([&](const T& value, std::size_t r) {
    variance[r] += (value - result[r]) * (value - result[r]);
  });
  for (std::size_t r = 0; r < size; ++r) variance[r] /= counts[r];
  return variance;
}

template <class T>
void Twin<T>::Backward(const Values& y_gradient) {
  gradients_.assign(equation_.nodes.size(), {});
  x_gradient_.assign(extents_.size(Axes::All()), T(0));
  learned_gradients_.clear();
  for (const Learned& learned : equation_.learned) {
    learned_gradients_.emplace_back(extents_.size(learned.axes), T(0));
  }
  gradients_[equation_.output()] = y_gradient;
  for (std::size_t i = equation_.nodes.size(); i-- > 0;) {
    if (gradients_[i].empty() || constant_[i]) continue;
    Pass(i, gradients_[i]);
  }
}

template <class T>
void Twin<T>::Pass(std::size_t index, const Values& gradient) {
  const Node& node = equation_.nodes[index];
  const auto add = [](const Values& more, Values& to) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += more[i];
  };
  if (node.kind == Node::Kind::kInput) return add(gradient, x_gradient_);
  if (node.kind == Node::Kind::kLearned) return add(gradient, learned_gradients_[node.index]);
  for (const std::size_t argument : node.arguments) {
    if (gradients_[argument].empty()) {
      gradients_[argument].assign(extents_.size(equation_.nodes[argument].axes), T(0));
    }
  }
  if (node.kind == Node::Kind::kReduction) return PassReduced(node, index, gradient);
  ForEachApplied(node, [&](std::size_t i, const std::array<std::size_t, 3>& at) {
    T arguments[3];
    for (std::size_t a = 0; a < node.arguments.size(); ++a) {
      arguments[a] = values_[node.arguments[a]][at[a]];
    }
    for (std::size_t a = 0; a < node.arguments.size(); ++a) {
      // A constant exponent has no gradient, and a negative base no logarithm.
      if (equation_.nodes[node.arguments[a]].kind == Node::Kind::kNumber) continue;
      gradients_[node.arguments[a]][at[a]] +=
          gradient[i] * Derivative(node.function, arguments, values_[index][i], a);
    }
  });
}

template <class T>
void Twin<T>::PassReduced(const Node& node, std::size_t self, const Values& gradient) {
  const std::size_t argument = node.arguments[0];
  const Values &pooled = values_[argument], &result = values_[self], counts = Counted(node);
  Values means(result.size(), T(0)), ties(result.size(), T(0));
  ForEachPooled(node, [&](std::size_t i, std::size_t r) {
    means[r] += pooled[i] / counts[r];
    ties[r] += T(Real<T>(RealPart(pooled[i]) == RealPart(result[r])));
  });
  ForEachPooled(node, [&](std::size_t i, std::size_t r) {
    T slope(0);
    switch (node.reduction) {
      case Reduction::kAvg:
        slope = T(1) / counts[r];
        break;
      case Reduction::kSum:
        slope = T(1);
        break;
      case Reduction::kVar:
        slope = T(2) * (pooled[i] - means[r]) / counts[r];
        break;
      case Reduction::kMax:
      case Reduction::kMin:
        if (RealPart(pooled[i]) == RealPart(result[r])) slope = T(1) / ties[r];
        break;
      case Reduction::kNorm:
        if (RealPart(result[r]) > 0) slope = pooled[i] / result[r];
        break;
    }
    gradients_[argument][i] += gradient[r] * slope;
  });
}

template <class T>
typename Twin<T>::Values Twin<T>::Observed(std::size_t statement) const {
  const Statement& kept = equation_.statements[statement];
  assert(kept.running && training_);
  const Node& node = equation_.nodes[kept.node];
  const Axes axes = node.axes.Without(Axes::Images());
  const Values &pooled = values_[kept.node], counts = Counted(node);
  Values observed(extents_.size(axes), T(0));
  const T share = T(static_cast<Real<T>>(extents_.size(axes))) /
                  T(static_cast<Real<T>>(extents_.size(node.axes)));
  ForEachPlace(extents_, node.axes, [&](std::size_t i, const Place& place) {
    const bool lone = RealPart(counts[i]) < 2;
    const T unbiased = kept.running->unbiased && !lone ? counts[i] / (counts[i] - T(1)) : T(1);
    observed[IndexAt(extents_, axes, place)] += share * unbiased * pooled[i];
  });
  return observed;
}

}  // namespace normlab::equation
