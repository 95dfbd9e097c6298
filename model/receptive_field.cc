#include "model/receptive_field.h"

#include <algorithm>

#include "norm/equation/statistics.h"

namespace normlab {
namespace {

FieldAxis AfterWindow(const FieldAxis& before, const WindowAxis& window) {
  return {.extent = before.extent + (window.extent - 1) * before.jump,
          .jump = before.jump * window.step,
          .padding = before.padding + window.padding * before.jump};
}

FieldAxis Both(const FieldAxis& a, const FieldAxis& b) {
  const std::int64_t first = std::min(a.first(0), b.first(0));
  const std::int64_t last = std::max(a.last(0), b.last(0));
  return {.extent = last - first + 1, .jump = std::max(a.jump, b.jump), .padding = -first};
}

ReceptiveField OfOutput(const Plan& plan, const PlanOperation& operation,
                        const std::vector<ReceptiveField>& fields) {
  ReceptiveField field = fields[At(operation.inputs.front())];
  for (const int input : operation.inputs) {
    const ReceptiveField& other = fields[At(input)];
    field = {Both(field.rows, other.rows), Both(field.columns, other.columns)};
  }
  if (operation.kind->window == nullptr) return field;
  const SlidingWindow window =
      operation.kind->window(operation.attributes, plan.InputShape(operation));
  return {AfterWindow(field.rows, window.rows), AfterWindow(field.columns, window.columns)};
}

}  // namespace

std::vector<ReceptiveField> ValueFields(const Plan& plan) {
  std::vector<ReceptiveField> fields(plan.values.size());
  for (const PlanOperation& operation : plan.operations) {
    fields[At(operation.output)] = OfOutput(plan, operation, fields);
  }
  return fields;
}

std::vector<ReceptiveField> UnitFields(const Plan& plan) {
  const std::vector<ReceptiveField> values = ValueFields(plan);
  std::vector<ReceptiveField> fields;
  for (const PlanUnit& unit : plan.units) {
    const int last = plan.operations[At(unit.end - 1)].output;
    fields.push_back(values[At(last)]);
  }
  return fields;
}

std::vector<ReceptiveField> ReceptiveFields(const Architecture& architecture) {
  const std::vector<ReceptiveField> of_units = UnitFields(*architecture.plan);
  std::vector<ReceptiveField> fields;
  std::size_t units = 0;
  for (const Layer& layer : architecture.layers) {
    units += static_cast<std::size_t>(layer.repeat);
    fields.push_back(of_units[units - 1]);
  }
  return fields;
}

namespace {

// With running values in the place of what pools images.
Reach EvaluationReach(const NormMethod& method) {
  const equation::Equation& equation = method.equation->equation;
  const std::vector<bool> used = NodesOfOutput(equation, false);
  constexpr equation::Axes kPixels = equation::Axes::Rows().With(equation::Axes::Columns());
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    const equation::Node& node = equation.nodes[i];
    const bool pools_pixels =
        node.kind == equation::Node::Kind::kReduction && node.pooled.HasAny(kPixels);
    if (used[i] && pools_pixels && !node.pooled.HasAny(equation::Axes::Images())) {
      return Reach::kImage;
    }
  }
  return Reach::kField;
}

}  // namespace

Reach ReachOf(const NormMethod& method, bool training) {
  if (!training && method.operation.evaluates_differently) return EvaluationReach(method);
  switch (method.operation.coupling) {
    case Coupling::kPixel:
      return Reach::kField;
    case Coupling::kImage:
      return Reach::kImage;
    case Coupling::kBatch:
      return Reach::kBatch;
  }
  return Reach::kField;
}

}  // namespace normlab
