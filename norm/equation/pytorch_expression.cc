#include "norm/equation/pytorch_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "norm/equation/pytorch_names.h"
#include "norm/equation/statistics.h"

namespace normlab::equation {
namespace {

// How tightly an expression holds together.
enum Binding { kSum, kProduct, kSigned, kPower, kAtom };

struct Python {
  std::string text;
  Binding binding = kAtom;
  bool plain = false;  // a number of Python, no tensor

  std::string At(Binding least) const { return binding < least ? "(" + text + ")" : text; }
};

// Functions of one value, of tensors and of plain numbers.
struct Call {
  Function function;
  std::string_view tensor, plain;
};
constexpr std::array kCalls = {
    Call{Function::kSqrt, "torch.sqrt({})", "math.sqrt({})"},
    Call{Function::kExp, "torch.exp({})", "math.exp({})"},
    Call{Function::kLog, "torch.log({})", "math.log({})"},
    Call{Function::kAbs, "torch.abs({})", "abs({})"},
    Call{Function::kTanh, "torch.tanh({})", "math.tanh({})"},
    Call{Function::kSigmoid, "torch.sigmoid({})", "(0.5 + 0.5 * math.tanh(0.5 * ({})))"},
    // The threshold from which on PyTorch leaves the logarithm away would be 20, too early in
    // float64.
    Call{Function::kSoftplus, "functional.softplus({}, threshold=40)", "math.log1p(math.exp({}))"},
    Call{Function::kErf, "torch.erf({})", "math.erf({})"},
    Call{Function::kRelu, "torch.relu({})", "max({}, 0.0)"},
};

class Printer {
 public:
  Printer(const Equation& equation, const PytorchAxes& axes, std::size_t statement)
      : equation_(equation), axes_(axes), statement_(statement), plain_(PlainNodes(equation)) {}

  Python Print(std::size_t index) const {
    for (std::size_t i = 0; i < statement_; ++i) {
      if (equation_.statements[i].node != index) continue;
      return {"s_" + equation_.statements[i].name, kAtom, plain_[index]};
    }
    const Node& node = equation_.nodes[index];
    switch (node.kind) {
      case Node::Kind::kNumber:
        return {fmt::format("{}", node.number), kAtom, true};
      case Node::Kind::kKey:
        return KeyText(node.key);
      case Node::Kind::kRamp:
        return {fmt::format("self.ramp({}, {}, {}, {})", node.ramp[0], node.ramp[1], node.ramp[2],
                            node.ramp[3]),
                kAtom, true};
      case Node::Kind::kInput:
        return {InputName(equation_.domain)};
      case Node::Kind::kLearned: {
        const Learned& learned = equation_.learned[node.index];
        const bool number = learned.axes.empty() && equation_.domain == Domain::kMap;
        return {number ? "self." + PytorchName(learned.name) : "l_" + learned.name};
      }
      case Node::Kind::kRunning:
        return {"r_" + equation_.statements[node.index].name};
      case Node::Kind::kReduction:
        return {PytorchReduction(axes_, node, Print(node.arguments[0]).At(kAtom))};
      case Node::Kind::kFunction:
        return Applied(node);
    }
    return {};
  }

 private:
  static Python KeyText(Key key) {
    switch (key) {
      case Key::kEps:
        return {"self.eps", kAtom, true};
      case Key::kMomentum:
        return {"self.momentum", kAtom, true};
      case Key::kGroups:
        return {"self.groups", kAtom, true};
      case Key::kGhost:
        return {"(self.ghost or len(x))", kAtom, true};
      case Key::kFanIn:
        return {"w[0].numel()", kAtom, true};
    }
    return {};
  }

  Python Applied(const Node& node) const {
    const Python a = Print(node.arguments[0]);
    for (const Call& call : kCalls) {
      if (call.function != node.function) continue;
      return {fmt::format(fmt::runtime(a.plain ? call.plain : call.tensor), a.text), kAtom,
              a.plain};
    }
    if (node.function == Function::kNegate) return {"-" + a.At(kPower), kSigned, a.plain};
    if (node.function == Function::kStop) {
      return a.plain ? a : Python{a.At(kAtom) + ".detach()"};
    }
    const Python b = Print(node.arguments[1]);
    if (node.function == Function::kClip) return Clipped(a, b, Print(node.arguments[2]));
    if (node.function == Function::kMax) return Larger("max", a, b);
    if (node.function == Function::kMin) return Larger("min", a, b);
    return Operator(node.function, a, b);
  }

  static Python Operator(Function function, const Python& a, const Python& b) {
    const bool plain = a.plain && b.plain;
    switch (function) {
      case Function::kAdd:
        return {a.At(kSum) + " + " + b.At(kProduct), kSum, plain};
      case Function::kSubtract:
        return {a.At(kSum) + " - " + b.At(kProduct), kSum, plain};
      case Function::kMultiply:
        return {a.At(kProduct) + " * " + b.At(kSigned), kProduct, plain};
      case Function::kDivide:
        return {a.At(kProduct) + " / " + b.At(kSigned), kProduct, plain};
      default:
        return {a.At(kAtom) + " ** " + b.At(kSigned), kPower, plain};
    }
  }

  // A plain number as a tensor of x's precision.
  static std::string AsTensor(const Python& a) {
    return a.plain ? "x.new_tensor(" + a.text + ")" : a.text;
  }

  static Python Larger(std::string_view name, const Python& a, const Python& b) {
    if (a.plain && b.plain) return {fmt::format("{}({}, {})", name, a.text, b.text), kAtom, true};
    return {fmt::format("torch.{}imum({}, {})", name, AsTensor(a), AsTensor(b))};
  }

  static Python Clipped(const Python& a, const Python& low, const Python& high) {
    if (low.plain && high.plain) {
      if (a.plain)
        return {fmt::format("min(max({}, {}), {})", a.text, low.text, high.text), kAtom, true};
      return {fmt::format("{}.clamp({}, {})", a.At(kAtom), low.text, high.text)};
    }
    return {fmt::format("torch.clamp({}, {}, {})", AsTensor(a), AsTensor(low), AsTensor(high))};
  }

  const Equation& equation_;
  const PytorchAxes& axes_;
  const std::size_t statement_;
  const std::vector<bool> plain_;
};

}  // namespace

PytorchAxes::PytorchAxes(const Equation& equation) {
  for (const Node& node : equation.nodes) {
    divides_channels_ |=
        node.axes.Divides(Axes::Channels()) || node.pooled.Divides(Axes::Channels());
  }
}

std::string PytorchAxes::Dimensions(Axes axes) const {
  std::vector<std::string> dimensions;
  const auto add = [&](Axes axis, int dimension) {
    if (axes.HasAny(axis)) dimensions.push_back(std::to_string(dimension));
  };
  const int more = divides_channels_;
  add(Axes::Images(), 0);
  add(divides_channels_ ? Axes::Groups() : Axes::Channels(), 1);
  if (divides_channels_) add(Axes::GroupChannels(), 2);
  add(Axes::Rows(), 2 + more);
  add(Axes::Columns(), 3 + more);
  return dimensions.size() == 1 ? dimensions[0] : "(" + Join(dimensions) + ")";
}

std::string PytorchAxes::AtItsPlace(const std::string& stored, Axes axes) const {
  if (axes.empty()) return stored;
  const bool both = divides_channels_ && axes.Has(Axes::Channels());
  const bool outputs = axes.HasAny(Axes::Images());  // of a filter
  std::vector<std::string> extents = {outputs ? "-1" : "1"}, indices = {outputs ? ":" : "None"};
  int count = outputs;
  const auto add = [&](Axes axis) {
    const bool has = axes.HasAny(axis);
    extents.emplace_back(has ? "-1" : "1");
    indices.emplace_back(has ? ":" : "None");
    count += has;
  };
  if (divides_channels_) {
    add(Axes::Groups());
    add(Axes::GroupChannels());
    if (both) extents[1] = "self.groups";
  } else {
    add(Axes::Channels());
  }
  add(Axes::Rows());
  add(Axes::Columns());
  if (count - both == 1) return fmt::format("{}.view({})", stored, Join(extents));
  while (indices.back() == ":") indices.pop_back();
  return fmt::format("{}{}[{}]", stored, both ? ".unflatten(0, (self.groups, -1))" : "",
                     Join(indices));
}

std::string PytorchReduction(const PytorchAxes& axes, const Node& reduction,
                             const std::string& pooled) {
  const std::string dimensions = axes.Dimensions(reduction.pooled);
  switch (reduction.reduction) {
    case Reduction::kAvg:
      return fmt::format("{}.mean({}, keepdim=True)", pooled, dimensions);
    case Reduction::kSum:
      return fmt::format("{}.sum({}, keepdim=True)", pooled, dimensions);
    case Reduction::kVar:
      return fmt::format("{}.var({}, unbiased=False, keepdim=True)", pooled, dimensions);
    case Reduction::kMax:
      return fmt::format("{}.amax({}, keepdim=True)", pooled, dimensions);
    case Reduction::kMin:
      return fmt::format("{}.amin({}, keepdim=True)", pooled, dimensions);
    case Reduction::kNorm:
      return fmt::format("torch.linalg.vector_norm({}, dim={}, keepdim=True)", pooled, dimensions);
  }
  return "";
}

std::string PytorchExpression(const Equation& equation, const PytorchAxes& axes, std::size_t node,
                              std::size_t statement) {
  return Printer(equation, axes, statement).Print(node).text;
}

std::string PytorchOperand(const Equation& equation, const PytorchAxes& axes, std::size_t node,
                           std::size_t statement) {
  return Printer(equation, axes, statement).Print(node).At(kAtom);
}

}  // namespace normlab::equation
