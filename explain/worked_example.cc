#include "explain/worked_example.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "base/error.h"
#include "base/printable.h"
#include "explain/arithmetic.h"
#include "norm/equation/source_text.h"

namespace normlab {
namespace {

using equation::Equation;
using equation::Node;

bool IsComputed(const Node& node) {
  return node.kind == Node::Kind::kFunction || node.kind == Node::Kind::kReduction;
}

bool AllFinite(const Doubles& values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

void Forward(WorkedExample& example) {
  const ExampleInput& input = example.input;
  const Equation& equation = input.equation();
  equation::Twin<double> twin(equation, input.extents, input.constants);
  twin.Forward(input.x, input.learned, input.running, input.training);
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    example.node_values.push_back(twin.value(i));
  }
  for (WorkedStep& step : example.steps) {
    step.values = twin.value(step.node);
    step.from_running =
        !input.training && step.statement && equation.statements[*step.statement].running;
  }
  example.running = input.running;
  example.observed.resize(equation.statements.size());
  for (std::size_t i = 0; i < equation.statements.size(); ++i) {
    if (!input.training || !equation.statements[i].running) continue;
    example.observed[i] = twin.Observed(i);
    const double momentum = input.constants.momentum;
    for (std::size_t p = 0; p < example.running[i].size(); ++p) {
      double& kept = example.running[i][p];
      kept = (1 - momentum) * kept + momentum * example.observed[i][p];
    }
  }
}

void Add(const Doubles& more, std::size_t step, WorkedGradient& to) {
  if (to.values.empty()) to.values.assign(more.size(), 0);
  for (std::size_t i = 0; i < more.size(); ++i) to.values[i] += more[i];
  to.parts.push_back({step, more});
}

// One step of the chain rule after the other, from y back. What a step reads of others stands there
// as a number: the equation is cut at the steps.
class ChainRule {
 public:
  explicit ChainRule(WorkedExample& example) : example_(example), cut_(example.input.equation()) {
    running_ = example.input.running;
    for (const WorkedStep& step : example.steps) {
      Node& node = cut_.nodes[step.node];
      if (IsComputed(node)) {
        node = {.kind = Node::Kind::kRunning, .axes = node.axes, .index = running_.size()};
      }
      running_.push_back(step.values);
    }
  }

  void Run() {
    example_.steps.back().gradient.values = example_.input.dy;
    for (std::size_t i = example_.steps.size(); i-- > 0;) {
      const WorkedStep& step = example_.steps[i];
      if (!step.gradient.values.empty() && !step.from_running) Pass(i);
    }
  }

 private:
  void Pass(std::size_t reader) {
    const ExampleInput& input = example_.input;
    const Equation& whole = input.equation();
    const WorkedStep& step = example_.steps[reader];
    Equation one = cut_;
    one.nodes[step.node] = whole.nodes[step.node];
    one.statements = {{.name = "y", .node = step.node, .offset = 0, .running = {}}};
    equation::Twin<double> twin(one, input.extents, input.constants);
    twin.Forward(input.x, input.learned, running_, true);
    twin.Backward(step.gradient.values);
    for (std::size_t i = 0; i < reader; ++i) {
      WorkedStep& read = example_.steps[i];
      const Doubles& gradient = twin.gradient(read.node);
      if (IsComputed(whole.nodes[read.node]) && !gradient.empty()) {
        Add(gradient, reader, read.gradient);
      }
    }
    for (std::size_t i = 0; i < whole.learned.size(); ++i) {
      if (Reads(twin, Node::Kind::kLearned, i)) {
        Add(twin.learned_gradient(i), reader, example_.learned_gradients[i]);
      }
    }
    if (Reads(twin, Node::Kind::kInput, 0)) {
      Add(twin.x_gradient(), reader, example_.x_gradient);
    }
  }

  bool Reads(const equation::Twin<double>& twin, Node::Kind kind, std::size_t index) const {
    for (std::size_t i = 0; i < cut_.nodes.size(); ++i) {
      const Node& node = cut_.nodes[i];
      if (node.kind == kind && node.index == index && !twin.gradient(i).empty()) return true;
    }
    return false;
  }

  WorkedExample& example_;
  Equation cut_;
  std::vector<Doubles> running_;  // those of the statements, then the values of the steps
};

// The derivative of L by one value: the forward pass once more, over complex numbers.
class ComplexStep {
 public:
  using Complex = std::complex<double>;
  using Values = std::vector<Complex>;

  explicit ComplexStep(const ExampleInput& input)
      : input_(input),
        twin_(input.equation(), input.extents, input.constants),
        x_(input.x.begin(), input.x.end()) {
    for (const Doubles& each : input.learned) learned_.emplace_back(each.begin(), each.end());
    for (const Doubles& each : input.running) running_.emplace_back(each.begin(), each.end());
  }

  Values& x() { return x_; }
  Values& learned(std::size_t i) { return learned_[i]; }

  // At the value and `beside` it.
  double Derivative(Complex& value, double beside = 0) {
    constexpr double kStep = 1e-100;
    const Complex kept = value;
    value += Complex(beside, kStep);
    twin_.Forward(x_, learned_, running_, input_.training);
    value = kept;
    double sum = 0;
    for (std::size_t e = 0; e < x_.size(); ++e) sum += input_.dy[e] * twin_.y()[e].imag();
    return sum / kStep;
  }

 private:
  const ExampleInput& input_;
  equation::Twin<Complex> twin_;
  Values x_;
  std::vector<Values> learned_, running_;
};

// Forward values that all checks of one array may compute together.
constexpr std::size_t kBudget = std::size_t{1} << 20;

void Check(ComplexStep& step, ComplexStep::Values& values, WorkedGradient& gradient,
           WorkedExample& example) {
  constexpr double kSame = 1e-9, kBeside = 1e-6;
  if (gradient.values.empty()) gradient.values.assign(values.size(), 0);
  const std::size_t cells = example.input.x.size();
  const std::size_t count =
      cells <= kFullyCheckedValues
          ? values.size()
          : std::min(values.size(), std::max<std::size_t>(1, kBudget / cells));
  double scale = 1;
  for (const double value : gradient.values) scale = std::max(scale, std::abs(value));
  for (std::size_t i = 0; i < count; ++i) {
    const double taken = gradient.values[i], numeric = step.Derivative(values[i]);
    gradient.numeric.push_back(numeric);
    const double difference = std::abs(taken - numeric) / scale;
    if (!(difference <= kSame)) {
      const double far = kBeside * std::max(1.0, std::abs(values[i].real()));
      const auto [low, high] =
          std::minmax({step.Derivative(values[i], -far), step.Derivative(values[i], far)});
      const bool kink = high - low > 1e-3 * scale && taken >= low - kBeside * scale &&
                        taken <= high + kBeside * scale;
      example.kinks += kink;
      if (kink) continue;
    }
    ++example.checked;
    example.largest_difference = std::max(example.largest_difference, difference);
  }
}

void CheckGradients(WorkedExample& example) {
  ComplexStep step(example.input);
  Check(step, step.x(), example.x_gradient, example);
  for (std::size_t i = 0; i < example.learned_gradients.size(); ++i) {
    Check(step, step.learned(i), example.learned_gradients[i], example);
  }
}

void CheckPooled(const WorkedExample& example) {
  if (DividesChannels(example.input.equation())) {
    CheckGroups(example.input.extents.groups, example.input.extents.channels);
  }
  for (const WorkedStep& step : example.steps) {
    const bool variance = step.reduces && example.node(step).reduction == equation::Reduction::kVar;
    const bool running = !example.input.training && step.statement &&
                         example.input.equation().statements[*step.statement].running.has_value();
    if (!variance || running || std::ranges::min(example.counts(step)) > 1) continue;
    throw UsageError(
        fmt::format("{}: on {} {} would be over one value, of which the variance is always 0; "
                    "expected more than one value per statistic",
                    Printable(example.input.method->name), InputExtentsText(example.input),
                    Printable(step.text)));
  }
}

void CheckFinite(const WorkedExample& example) {
  const std::string name = Printable(example.input.method->name);
  for (const WorkedStep& step : example.steps) {
    const auto broken =
        std::ranges::find_if(step.values, [](double v) { return !std::isfinite(v); });
    if (broken == step.values.end()) continue;
    const auto i = static_cast<std::size_t>(broken - step.values.begin());
    throw UsageError(fmt::format("{}: {}; expected finite results: smaller values, or eps > 0",
                                 name, Printable(ArithmeticLines(example, step, i).back(), 300)));
  }
  std::vector<const Doubles*> gradients = {&example.x_gradient.values, &example.x_gradient.numeric};
  for (const WorkedGradient& each : example.learned_gradients) gradients.push_back(&each.values);
  for (const Doubles& each : example.running) gradients.push_back(&each);
  if (std::ranges::all_of(gradients, [](const Doubles* each) { return AllFinite(*each); })) return;
  throw UsageError(
      fmt::format("{}: these values are too large, or too near to where an expression has no "
                  "gradient; expected gradients that are finite",
                  name));
}

}  // namespace

std::vector<WorkedStep> StepsOf(const Equation& equation) {
  std::vector<WorkedStep> steps;
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    const Node& node = equation.nodes[i];
    const std::size_t statement = equation::StatementOf(equation, i);
    const bool named = statement != equation::kNoStatement,
               reduces = node.kind == Node::Kind::kReduction;
    const bool copies = node.kind == Node::Kind::kInput || node.kind == Node::Kind::kLearned ||
                        node.kind == Node::Kind::kRunning;
    if (i != equation.output() && (copies || !(named || reduces))) continue;
    WorkedStep step;
    step.node = i;
    step.reduces = reduces;
    step.axes = node.axes;
    step.name = i == equation.output() ? "y" : equation::NodeText(equation, i);
    const std::string expression = equation::ExpressionText(equation, i);
    step.text = named ? fmt::format("{} = {}", step.name, expression) : expression;
    if (named) step.statement = statement;
    steps.push_back(std::move(step));
    if (i == equation.output()) break;
  }
  return steps;
}

const Doubles& WorkedExample::pooled(const WorkedStep& step) const {
  return node_values[node(step).arguments[0]];
}

std::vector<std::size_t> WorkedExample::enters(const WorkedStep& step) const {
  return Beside(input.extents, input.equation().nodes[node(step).arguments[0]].axes, step.axes);
}

std::vector<std::size_t> WorkedExample::counts(const WorkedStep& step) const {
  std::vector<std::size_t> counts(input.extents.size(step.axes));
  for (const std::size_t result : enters(step)) ++counts[result];
  return counts;
}

WorkedExample Work(const ExampleInput& input) {
  WorkedExample example;
  example.input = input;
  example.steps = StepsOf(input.equation());
  example.learned_gradients.resize(input.learned.size());
  CheckPooled(example);
  Forward(example);
  CheckFinite(example);
  ChainRule(example).Run();
  CheckGradients(example);
  CheckFinite(example);
  return example;
}

}  // namespace normlab
