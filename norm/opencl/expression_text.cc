#include "norm/opencl/expression_text.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <cmath>

#include "operations/opencl/launches.h"

namespace normlab::opencl {
namespace {

using equation::Axes;
using program::Node;
using program::Op;

struct Axis {
  Axes axes;
  const char* name;
  const char* size;
};

std::array<Axis, 4> AxesOfAnImage() {
  return {Axis{Axes::Groups(), "g", "GROUPS"}, Axis{Axes::GroupChannels(), "k", "MEMBERS"},
          Axis{Axes::Rows(), "h", "HEIGHT"}, Axis{Axes::Columns(), "w", "WIDTH"}};
}

}  // namespace

std::vector<std::pair<std::string, int>> ExtentSizes(const program::ImageExtents& extents) {
  return {{"GROUPS", extents.groups},
          {"MEMBERS", extents.group_channels},
          {"HEIGHT", extents.rows},
          {"WIDTH", extents.columns}};
}

std::string CellIndex(Axes axes) {
  std::string index;
  for (const Axis& axis : AxesOfAnImage()) {
    if (!axes.Has(axis.axes)) continue;
    index = index.empty() ? axis.name : fmt::format("({} * {} + {})", index, axis.size, axis.name);
  }
  return index.empty() ? "0" : index;
}

std::size_t CellCount(const program::ImageExtents& extents, Axes axes) {
  return extents.size(program::LocalAxes(axes));
}

std::string CellPlaces(Axes axes, const std::string& index) {
  std::string text, inside = index;
  const auto all = AxesOfAnImage();
  for (auto axis = all.rbegin(); axis != all.rend(); ++axis) {
    if (!axes.Has(axis->axes)) continue;
    text += fmt::format("const int {} = {} % {};\n", axis->name, inside, axis->size);
    inside = fmt::format("({} / {})", inside, axis->size);
  }
  return text;
}

int ExpressionText::Resolved(int node) const {
  while (graph_[node].op == Op::kStop) node = graph_[node].arguments[0];
  return node;
}

void ExpressionText::Need(Argument argument) {
  arguments_.emplace(argument.name, std::move(argument));
}

std::vector<Argument> ExpressionText::arguments() const {
  std::vector<Argument> all;
  for (const auto& [name, argument] : arguments_) all.push_back(argument);
  return all;
}

std::vector<std::pair<std::string, int>> ExpressionText::sizes() const {
  auto sizes = ExtentSizes(graph_.extents());
  sizes.emplace_back("GHOST", stored_.ghost);
  sizes.emplace_back("FIRST_RAMP", stored_.ramp_word);
  return sizes;
}

std::string ExpressionText::Vector(int node) {
  node = Resolved(node);
  const std::string value = Value(node);
  return HasImages(node) ? value : fmt::format("(V)({})", value);
}

std::string ExpressionText::Value(int node) {
  node = Resolved(node);
  if (graph_[node].op == Op::kNumber) return Number(graph_[node].number);
  const auto known = known_.find(node);
  if (known != known_.end()) return known->second;
  const std::string expression = Compute(node);
  const std::string name = fmt::format("t{}", known_.size());
  (IsInner(node) ? inner_text_ : outer_) +=
      fmt::format("const {} {} = {};\n", HasImages(node) ? "V" : "float", name, expression);
  known_[node] = name;
  return name;
}

// Small whole numbers stay what they are; others are handed over when the kernel runs.
std::string ExpressionText::Number(double value) {
  constexpr double kMostWritten = 4;
  if (std::abs(value) <= kMostWritten && (value == std::floor(value) || std::abs(value) == 0.5)) {
    return Literal(value);
  }
  const auto number = static_cast<float>(value);
  for (const auto& [name, known] : numbers_) {
    if (known == number) return name;
  }
  numbers_.emplace_back(fmt::format("c{}", numbers_.size()), number);
  return numbers_.back().first;
}

// A leaf, or what a kernel before this one has stored.
std::string ExpressionText::Load(int node) {
  const Node& of = graph_[node];
  const std::string cell = CellIndex(of.axes);
  const auto stored = stored_.scratch.find(node);
  if (stored != stored_.scratch.end()) {
    const auto [known, is_new] = scratch_names_.try_emplace(stored->second, "");
    if (is_new) known->second = fmt::format("s{}", scratch_names_.size());
    const std::string& name = known->second;
    const bool images = HasImages(node);
    Need({name, Slot::kScratch, stored->second, images});
    return images ? fmt::format("{}[(size_t){} * LANES + lane]", name, cell)
                  : fmt::format("{}[{}]", name, cell);
  }
  switch (of.op) {
    case Op::kX:
      Need({"x", Slot::kInput});
      return fmt::format("x[(size_t){} * LANES + lane]", cell);
    case Op::kDy:
      Need({"dy", Slot::kOutputGradient});
      return fmt::format("dy[(size_t){} * LANES + lane]", cell);
    case Op::kLearned:
      Need({fmt::format("fp{}", of.index), Slot::kParameters, of.index});
      return fmt::format("fp{}[{}]", of.index, cell);
    case Op::kRunning: {
      const int state = stored_.states[static_cast<std::size_t>(of.index)];
      Need({fmt::format("fr{}", state), Slot::kStates, state});
      return fmt::format("fr{}[{}]", state, cell);
    }
    default:
      break;
  }
  assert(of.op == Op::kRuntime);
  Need({"pass", Slot::kPass});
  if (of.index == program::kGhostImages) return "GHOST_IMAGES(lane, GHOST)";
  if (of.index == program::kImages) return "(float)pass[COUNT]";
  if (of.index == program::kGhostBatches) return "(float)pass[GHOST_BATCHES]";
  return fmt::format("as_float(pass[FIRST_RAMP + {}])", of.index - program::kFirstRamp);
}

std::string ExpressionText::SumText(const Node& node, bool vector) {
  std::string text;
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    const double weight = node.weights[i];
    const int argument = Resolved(node.arguments[i]);
    if (graph_[argument].op == Op::kNumber) {
      text +=
          fmt::format("{}{}", text.empty() ? "" : " + ", Number(weight * graph_[argument].number));
      continue;
    }
    const std::string value = vector ? Vector(argument) : Value(argument);
    if (weight == 1 || weight == -1) {
      text += fmt::format("{}{}", weight < 0 ? " - " : text.empty() ? "" : " + ", value);
    } else {
      text += fmt::format("{}{} * {}", text.empty() ? "" : " + ", Number(weight), value);
    }
  }
  return text;
}

std::string ExpressionText::Select(bool vector, const std::string& condition,
                                   const std::string& yes, const std::string& no) const {
  return vector ? fmt::format("SELECT({}, {}, {})", condition, yes, no)
                : fmt::format("(({}) ? ({}) : ({}))", condition, yes, no);
}

std::string ExpressionText::Function(const Node& node, bool vector) {
  std::array<std::string, 3> a;
  for (std::size_t i = 0; i < node.arguments.size() && i < a.size(); ++i) {
    a[i] = vector ? Vector(node.arguments[i]) : Value(node.arguments[i]);
  }
  const auto number = [&](const char* digits) {
    return vector ? fmt::format("(V)({})", digits) : std::string(digits);
  };
  const std::string one = number("1.0f"), zero = number("0.0f"), half = number("0.5f");
  const auto select = [&](const std::string& condition, const std::string& yes,
                          const std::string& no) { return Select(vector, condition, yes, no); };
  const auto call = [&](const char* name) { return fmt::format("{}({})", name, a[0]); };
  switch (node.op) {
    case Op::kReciprocal:
      return one + " / " + a[0];
    case Op::kSqrt:
      return call("sqrt");
    case Op::kExp:
      return call("exp");
    case Op::kLog:
      return call("log");
    case Op::kAbs:
      return call("fabs");
    case Op::kTanh:
      return call("tanh");
    case Op::kErf:
      return call("erf");
    case Op::kSigmoid:
      return fmt::format("{} / ({} + exp(-{}))", one, one, a[0]);
    case Op::kSoftplus:
      return fmt::format("{} + log1p(exp(-fabs({})))", select(a[0] + " > " + zero, a[0], zero),
                         a[0]);
    case Op::kRelu:
      return select(a[0] + " <= " + zero, zero, a[0]);
    case Op::kStep:
      return select(a[0] + " > " + zero, one, zero);
    case Op::kSign:
      return select(a[0] + " > " + zero, one, zero) + " - " +
             select(a[0] + " < " + zero, one, zero);
    case Op::kMax:
      return select(fmt::format("({} >= {}) | isnan({})", a[0], a[1], a[0]), a[0], a[1]);
    case Op::kMin:
      return select(fmt::format("({} <= {}) | isnan({})", a[0], a[1], a[0]), a[0], a[1]);
    case Op::kPower:
      return fmt::format("pow({}, {})", a[0], a[1]);
    case Op::kShare:
      return select(fmt::format("{} > {}", a[0], a[1]), one,
                    select(fmt::format("{} == {}", a[0], a[1]), half, zero));
    case Op::kEqual:
      return select(fmt::format("{} == {}", a[0], a[1]), one, zero);
    case Op::kBelow:
      return select(fmt::format("{} < {}", a[0], a[1]), one, zero);
    case Op::kQuotient:
      return a[0] + " / " + a[1];
    case Op::kRatio:
      return select(a[1] + " > " + zero, a[0] + " / " + a[1], zero);
    case Op::kClip:
      return select(fmt::format("{} < {}", a[0], a[1]), a[1],
                    select(fmt::format("{} > {}", a[0], a[2]), a[2], a[0]));
    case Op::kInside:
      return select(fmt::format("({} < {}) | ({} > {})", a[0], a[1], a[0], a[2]), zero, one);
    case Op::kOnlyAbove:
      return select(fmt::format("{} < {}", a[0], a[1]), zero,
                    select(fmt::format("{} > {}", a[0], a[2]), one, zero));
    default:
      assert(false && "reductions are stored before they are read");
      return zero;
  }
}

std::string ExpressionText::Compute(int node) {
  const Node& of = graph_[node];
  if (stored_.scratch.contains(node)) return Load(node);
  const bool vector = HasImages(node);
  switch (of.op) {
    case Op::kX:
    case Op::kDy:
    case Op::kLearned:
    case Op::kRunning:
    case Op::kRuntime:
      return Load(node);
    case Op::kSum:
      return SumText(of, vector);
    case Op::kProduct: {
      std::string text;
      for (const int factor : of.arguments) {
        text += (text.empty() ? "" : " * ") + (vector ? Vector(factor) : Value(factor));
      }
      return text;
    }
    default:
      return Function(of, vector);
  }
}

}  // namespace normlab::opencl
