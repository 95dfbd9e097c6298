#include "norm/equation_operation.h"

#include <algorithm>

#include "norm/equation/learned_role.h"
#include "norm/equation/same_trees.h"
#include "norm/equation/statistics.h"
#include "norm/fast/equation_norm.h"
#include "norm/opencl/equation_work.h"
#include "norm/reference/equation_norm.h"

namespace normlab {
namespace {

using equation::Axes;
using equation::Equation;
using equation::Node;
using equation::Reduction;
using equation::Statement;

using SharedMethod = std::shared_ptr<const equation::Method>;

std::vector<int> ShapeOfValue(Axes axes, const equation::Extents& extents) {
  std::vector<int> shape;
  if (axes.HasAny(Axes::Channels())) shape.push_back(extents.ChannelExtent(axes));
  if (axes.Has(Axes::Rows())) shape.push_back(extents.rows);
  if (axes.Has(Axes::Columns())) shape.push_back(extents.columns);
  return shape;
}

std::vector<ParameterDeclaration> EquationParameters(const equation::Method& method,
                                                     const equation::Extents& extents) {
  std::vector<ParameterDeclaration> parameters;
  for (std::size_t i = 0; i < method.equation.learned.size(); ++i) {
    const equation::Learned& learned = method.equation.learned[i];
    const equation::LearnedRow& row = method.learned[i];
    parameters.push_back({learned.name,
                          ShapeOfValue(learned.axes, extents),
                          equation::RoleNamed(learned.name),
                          {InitialKind::kConstant, row.initial},
                          row.decays,
                          {row.lowest, row.highest}});
  }
  return parameters;
}

// Of an image's values, how many a reduction pools.
std::size_t PooledOfAnImage(const Node& reduction, const equation::Extents& extents) {
  return extents.size(reduction.pooled.Without(Axes::Images()));
}

// The pair of a mean and a variance, statements by their places among those that keep a value: of
// the same expression, over the same axes, all images together.
// `same`: SameExpressions.
std::optional<RunningMoments> PairOf(const Equation& equation, const std::vector<std::size_t>& same,
                                     const Statement& mean, const Statement& variance,
                                     const equation::Extents& extents) {
  const Node &m = equation.nodes[mean.node], &v = equation.nodes[variance.node];
  const bool moments = m.reduction == Reduction::kAvg && v.reduction == Reduction::kVar &&
                       variance.running->unbiased && m.pooled == v.pooled &&
                       same[m.arguments[0]] == same[v.arguments[0]];
  const bool all_images = extents.ghost == 0 || m.pooled.Has(Axes::Images());
  if (!moments || !all_images) return std::nullopt;
  const Axes kept = m.axes.Without(Axes::Images());
  return RunningMoments{.values = PooledOfAnImage(m, extents),
                        .of_channels = equation.nodes[m.arguments[0]].kind == Node::Kind::kInput &&
                                       kept == Axes::Channels()};
}

StateDeclarations EquationStates(const equation::Method& method, const equation::Extents& extents) {
  StateDeclarations states;
  std::vector<const Statement*> kept;
  for (std::size_t i = 0; i < method.equation.statements.size(); ++i) {
    const Statement& statement = method.equation.statements[i];
    if (!statement.running) continue;
    const Axes axes = method.equation.nodes[statement.node].axes.Without(Axes::Images());
    states.tensors.push_back(
        {method.states[i], ShapeOfValue(axes, extents), statement.running->start});
    kept.push_back(&statement);
  }
  if (kept.empty()) return states;
  states.counter = "num_batches_tracked";
  states.running_statistics = true;
  const std::vector<std::size_t> same = SameExpressions(method.equation);
  std::vector<bool> paired(kept.size(), false);
  for (std::size_t v = 0; v < kept.size(); ++v) {
    for (std::size_t m = 0; m < kept.size(); ++m) {
      if (paired[m] || paired[v]) continue;
      std::optional<RunningMoments> pair =
          PairOf(method.equation, same, *kept[m], *kept[v], extents);
      if (!pair) continue;
      pair->mean = m;
      pair->variance = v;
      paired[m] = paired[v] = true;
      states.moments.push_back(*pair);
    }
  }
  return states;
}

Coupling CouplingOf(const Equation& equation) {
  Coupling coupling = Coupling::kPixel;
  for (const Node& node : equation.nodes) {
    if (node.kind != Node::Kind::kReduction) continue;
    if (node.pooled.HasAny(Axes::Images())) return Coupling::kBatch;
    if (node.pooled.HasAny(Axes::Rows().With(Axes::Columns()))) coupling = Coupling::kImage;
  }
  return coupling;
}

bool KeepsRunningValues(const Equation& equation) {
  return std::ranges::any_of(equation.statements, [](const Statement& statement) {
    return statement.running.has_value();
  });
}

// A value for each node, and their gradients while they pass: at the most as many again.
std::size_t TwinValues(const Equation& equation, const equation::Extents& extents) {
  std::size_t values = 0;
  for (const Node& node : equation.nodes) values += 2 * extents.size(node.axes);
  return values;
}

void AddMakers(const SharedMethod& method, OperationKind& kind) {
  kind.make_fast = [method](const Placement& placement) {
    return MakeEquationProgram(method, placement);
  };
  kind.make_float = [method](const reference::Placement<float>& placement) {
    return reference::MakeEquationNorm(method, placement);
  };
  kind.make_double = [method](const reference::Placement<double>& placement) {
    return reference::MakeEquationNorm(method, placement);
  };
  kind.make_opencl = [method](const opencl::DevicePlacement& placement) {
    return opencl::EquationWork(method, placement);
  };
}

}  // namespace

equation::Extents ExtentsOf(const Attributes& attributes, Shape shape, int images) {
  const int groups = attributes.integer("groups");
  return {.images = images,
          .ghost = static_cast<int>(attributes.Or("ghost", 0)),
          .channels = shape.channels,
          .groups = groups > 0 && shape.channels % groups == 0 ? groups : 1,
          .rows = shape.height,
          .columns = shape.width};
}

equation::Constants ConstantsOf(const Attributes& attributes, std::int64_t completed_steps) {
  return {.eps = attributes["eps"],
          .momentum = attributes["momentum"],
          .step = static_cast<double>(completed_steps)};
}

OperationKind EquationOperation(SharedMethod method) {
  const auto program =
      Lazy<ProgramTraits>::By([method] { return ProgramTraitsOf(method->equation); });
  OperationKind kind = {
      .name = method->name + " norm",
      .parameters =
          [method](const Attributes& attributes, Shape, Shape output) {
            return EquationParameters(*method, ExtentsOf(attributes, output, 1));
          },
      .states =
          [method](const Attributes& attributes, Shape input) {
            return EquationStates(*method, ExtentsOf(attributes, input, 1));
          },
      .objection =
          [method](const Attributes& attributes, Shape input, int images) {
            return EquationObjection(*method, attributes, input, images);
          },
      .doubts = [method](const Attributes& attributes, Shape input,
                         int images) { return EquationDoubts(*method, attributes, input, images); },
      .divides_channels = NamesGroups(method->equation),
      .coupling = CouplingOf(method->equation),
      .evaluates_differently = KeepsRunningValues(method->equation),
      .rounds = Lazy<Rounds>::By([program] { return program().rounds; }),
      .traits = {.restores = true, .applies_gate = true, .gives_affine = Lazy<bool>::By([program] {
                                                           return program().gives_affine;
                                                         })},
      .kept_bytes = [method](
                        const Attributes& attributes, Shape output, bool,
                        Held) { return ProgramKeptBytes(method->equation, attributes, output); },
      .working_bytes =
          [method](const Attributes& attributes, Shape output) {
            return ProgramWorkingBytes(method->equation, attributes, output);
          },
      .plain_values =
          [method](const Attributes& attributes, Shape output, int images) {
            return TwinValues(method->equation, ExtentsOf(attributes, output, images));
          },
      .first_non_finite =
          [method](const BrokenPass& pass) { return FirstNonFiniteStatement(*method, pass); },
      .pytorch_module = "",
      .pytorch = [](const Attributes&) -> std::string { return "self.norm(x)"; }};
  AddMakers(method, kind);
  return kind;
}

}  // namespace normlab
