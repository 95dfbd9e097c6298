// A worked example: every number that a normalization computes on a small tensor, forward and
// backward, by its equation's plain twin in double. Computed once; the writers beside this file
// show it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explain/example_input.h"

namespace normlab {

// dL/dv of L = sum(dy * y), for each value of x, of a learned value or of a step.
struct WorkedGradient {
  Doubles values;  // empty where y does not depend on it, or only through numbers of the equation
  // The chain rule: what comes by each step that reads it, which together are `values`.
  struct Part {
    std::size_t step;
    Doubles values;
  };
  std::vector<Part> parts;
  // By a complex step, Im L(v + ih) / h, which rounds but does not cancel; of the first values
  // where the example has more than kFullyCheckedValues. Not of steps.
  Doubles numeric;
};

inline constexpr std::size_t kFullyCheckedValues = 1024;

// What is computed on the way from x to y: a statement, or a reduction within one.
struct WorkedStep {
  std::size_t node;
  std::string name;  // "m"; of a reduction within a statement its expression, "avg[H W](x^2)"
  std::string text;  // "m = avg[N H W](x)"; of a reduction within a statement its name
  std::optional<std::size_t> statement;
  bool reduces = false;
  bool from_running = false;  // evaluation: a running value stands there
  Axes axes;
  Doubles values;
  WorkedGradient gradient;
};

struct WorkedExample {
  ExampleInput input;
  std::vector<WorkedStep> steps;  // in the order of their nodes; y is the last
  std::vector<Doubles> running;   // beside the statements: after the pass
  std::vector<Doubles> observed;  // what moved them, in training
  WorkedGradient x_gradient;
  std::vector<WorkedGradient> learned_gradients;
  // Over x and learned values, relative to max(1, the largest of a gradient). Left out are `kinks`
  // values at which the derivatives from both sides differ, with the gradient between them.
  double largest_difference = 0;
  std::size_t checked = 0, kinks = 0;

  const equation::Node& node(const WorkedStep& step) const {
    return input.equation().nodes[step.node];
  }
  const Doubles& y() const { return steps.back().values; }
  // The values that a reduction pools, and of each the index of the result that it enters.
  const Doubles& pooled(const WorkedStep& step) const;
  std::vector<std::size_t> enters(const WorkedStep& step) const;
  // How many values each result pools.
  std::vector<std::size_t> counts(const WorkedStep& step) const;

  std::vector<Doubles> node_values;  // of every node
};

// Throws UsageError for groups that do not divide the channels, for a variance over one value, and
// where a value is not finite, with the numbers that it is computed from.
WorkedExample Work(const ExampleInput& input);

// The steps of an equation without values: what Work fills, in order.
std::vector<WorkedStep> StepsOf(const equation::Equation& equation);

}  // namespace normlab
