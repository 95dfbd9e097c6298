#include "norm/equation/pytorch_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "norm/equation/pytorch_expression.h"
#include "norm/equation/pytorch_names.h"

namespace normlab::equation {
namespace {

class ModuleWriter {
 public:
  explicit ModuleWriter(const Method& method)
      : method_(method), equation_(method.equation), axes_(method.equation) {
    FindNeeds();
  }

  PytorchText Run() {
    PytorchText text;
    text.class_name = PytorchWords(method_.name) + "Equation";
    Line(0, fmt::format("class {}(nn.Module):", text.class_name));
    Documentation();
    Constructor();
    Forward();
    if (pools_ghosts_) OverGhosts();
    if (keeps_) Keep();
    if (ramps_) Ramp();
    lines_.pop_back();
    text.definition = Join(lines_, "\n");
    text.call = fmt::format("{}({})", text.class_name, Arguments(true));
    return text;
  }

 private:
  void Line(int depth, const std::string& text) {
    lines_.push_back(std::string(static_cast<std::size_t>(4 * depth), ' ') + text);
  }
  void EmptyLine() { lines_.emplace_back(); }

  static Axes KeptAxes(const Node& node) { return node.axes.Without(Axes::Images()); }
  bool IsOverGhosts(const Statement& statement) const {
    return statement.running && !equation_.nodes[statement.node].pooled.Has(Axes::Images());
  }
  std::string StateName(std::size_t statement) const {
    return PytorchName(method_.states[statement]);
  }

  void FindNeeds() {
    const auto shape = [&](Axes axes) {
      const bool channels = axes.HasAny(Axes::Channels().Without(Axes::Groups()));
      channels_ |= channels;
      height_ |= axes.Has(Axes::Rows());
      width_ |= axes.Has(Axes::Columns());
      groups_ |= axes.Divides(Axes::Channels());
    };
    for (const Learned& learned : equation_.learned) shape(learned.axes);
    for (const Statement& statement : equation_.statements) {
      keeps_ |= statement.running.has_value();
      pools_ghosts_ |= IsOverGhosts(statement);
      if (statement.running) shape(KeptAxes(equation_.nodes[statement.node]));
    }
    groups_ |= axes_.divides_channels();
    ghost_ = pools_ghosts_;
    momentum_ = keeps_;
    for (const Node& node : equation_.nodes) {
      ramps_ |= node.kind == Node::Kind::kRamp;
      if (node.kind != Node::Kind::kKey) continue;
      eps_ |= node.key == Key::kEps;
      momentum_ |= node.key == Key::kMomentum;
      groups_ |= node.key == Key::kGroups;
      ghost_ |= node.key == Key::kGhost;
    }
  }

  // Of the class, or of a call of it.
  std::string Arguments(bool called) const {
    std::vector<std::string> arguments;
    if (channels_) arguments.emplace_back("channels");
    if (height_) arguments.emplace_back("height");
    if (width_) arguments.emplace_back("width");
    if (groups_) arguments.emplace_back("groups");
    if (ghost_) arguments.emplace_back(called ? "ghost=GHOST" : "ghost=0");
    if (eps_) arguments.emplace_back(called ? "eps=EPS" : "eps=1e-5");
    if (momentum_) arguments.emplace_back(called ? "momentum=MOMENTUM" : "momentum=0.1");
    return Join(arguments);
  }

  void Documentation() {
    Line(1, fmt::format("\"\"\"{}:", PytorchDocumentation(method_.title)));
    EmptyLine();
    std::size_t begin = 0;
    for (const std::string& text = equation_.text; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::string line = text.substr(begin, std::min(text.find('#', begin), end) - begin);
      const std::size_t last = line.find_last_not_of(" \t\r");
      if (last != std::string::npos) Line(2, PytorchDocumentation(line.substr(0, last + 1)));
      begin = end + 1;
    }
    Line(1, "\"\"\"");
    EmptyLine();
  }

  static std::string ShapeText(Axes axes) {
    std::vector<std::string> extents;
    if (axes.HasAny(Axes::Channels())) {
      extents.emplace_back(axes.Has(Axes::Channels()) ? "channels"
                           : axes.Has(Axes::Groups()) ? "groups"
                                                      : "channels // groups");
    }
    if (axes.Has(Axes::Rows())) extents.emplace_back("height");
    if (axes.Has(Axes::Columns())) extents.emplace_back("width");
    return "(" + Join(extents) + (extents.size() == 1 ? ",)" : ")");
  }

  void Constructor() {
    const std::string arguments = Arguments(false);
    Line(1, fmt::format("def __init__(self{}{}):", arguments.empty() ? "" : ", ", arguments));
    Line(2, "super().__init__()");
    for (const auto& [needed, name] : {std::pair(groups_, "groups"),
                                       {ghost_, "ghost"},
                                       {eps_, "eps"},
                                       {momentum_, "momentum"}}) {
      if (needed) Line(2, fmt::format("self.{0} = {0}", name));
    }
    if (ramps_)
      Line(2, "self.completed_steps = 0  # of the optimizer: a training loop counts them");
    for (std::size_t i = 0; i < equation_.learned.size(); ++i) {
      Line(2,
           fmt::format("self.{} = nn.Parameter(torch.full({}, {}))",
                       PytorchName(equation_.learned[i].name), ShapeText(equation_.learned[i].axes),
                       FloatText(method_.learned[i].initial)));
    }
    for (std::size_t i = 0; i < equation_.statements.size(); ++i) {
      const Statement& statement = equation_.statements[i];
      if (!statement.running) continue;
      Line(2, fmt::format("self.register_buffer(\"{}\", torch.full({}, {}))", StateName(i),
                          ShapeText(KeptAxes(equation_.nodes[statement.node])),
                          FloatText(statement.running->start)));
    }
    if (keeps_) Line(2, "self.register_buffer(\"num_batches_tracked\", torch.tensor(0))");
    EmptyLine();
  }

  void Forward() {
    Line(1, "def forward(self, x):");
    if (axes_.divides_channels()) Line(2, "x = x.unflatten(1, (self.groups, -1))");
    for (const Learned& learned : equation_.learned) {
      if (learned.axes.empty()) continue;
      Line(2, fmt::format("l_{} = {}", learned.name,
                          axes_.AtItsPlace("self." + PytorchName(learned.name), learned.axes)));
    }
    for (std::size_t i = 0; i < equation_.statements.size(); ++i) {
      const bool reads = std::ranges::any_of(equation_.nodes, [&](const Node& node) {
        return node.kind == Node::Kind::kRunning && node.index == i;
      });
      if (reads) Line(2, fmt::format("r_{} = {}", equation_.statements[i].name, Kept(i)));
    }
    for (std::size_t i = 0; i < equation_.statements.size(); ++i) StatementLines(i);
    if (keeps_) {
      Line(2, "if self.training:");
      Line(3, "self.num_batches_tracked += 1");
    }
    Line(2, axes_.divides_channels() ? "return s_y.flatten(1, 2)" : "return s_y");
    EmptyLine();
  }

  // The running value of a statement, at its place in a map.
  std::string Kept(std::size_t statement) const {
    return axes_.AtItsPlace("self." + StateName(statement),
                            KeptAxes(equation_.nodes[equation_.statements[statement].node]));
  }

  void StatementLines(std::size_t index) {
    const Statement& statement = equation_.statements[index];
    const std::string name = "s_" + statement.name;
    if (!statement.running) {
      Line(2, fmt::format("{} = {}", name,
                          PytorchExpression(equation_, axes_, statement.node, index)));
      return;
    }
    Line(2, "if self.training:");
    PooledLines(index, name);
    Line(2, "else:");
    Line(3, fmt::format("{} = {}", name, Kept(index)));
  }

  // A reduction over images, in training.
  void PooledLines(std::size_t index, const std::string& name) {
    const Statement& statement = equation_.statements[index];
    const Node& node = equation_.nodes[statement.node];
    const std::size_t of = node.arguments[0];
    if (IsOverGhosts(statement)) {
      Line(3, fmt::format("{}, observed = self.over_ghosts(", name));
      Line(4, fmt::format("{}, lambda part: {}{})", PytorchExpression(equation_, axes_, of, index),
                          PytorchReduction(axes_, node, "part"),
                          statement.running->unbiased ? ", unbiased=True" : ""));
      Line(3, fmt::format("self.keep(\"{}\", observed)", StateName(index)));
      return;
    }
    std::string pooled = PytorchOperand(equation_, axes_, of, index);
    if (!statement.running->unbiased) {
      Line(3, fmt::format("{} = {}", name, PytorchReduction(axes_, node, pooled)));
      Line(3, fmt::format("self.keep(\"{}\", {})", StateName(index), name));
      return;
    }
    if (pooled != "x" && !pooled.starts_with("s_")) {  // which are read twice as they are
      Line(3, fmt::format("pooled = {}", PytorchExpression(equation_, axes_, of, index)));
      pooled = "pooled";
    }
    Line(3, fmt::format("{} = {}", name, PytorchReduction(axes_, node, pooled)));
    Line(3, fmt::format("n = {}.numel() // {}.numel()", pooled, name));
    Line(3, fmt::format("self.keep(\"{}\", {} * (n / (n - 1)))", StateName(index), name));
  }

  void OverGhosts() {
    for (const char* line :
         {"    def over_ghosts(self, values, reduce, unbiased=False):",
          "        \"\"\"What each ghost batch gives, at each of its images; and the mean over "
          "them.\"\"\"",
          "        parts, observed = [], []",
          "        for part in values.split(self.ghost or len(values)):",
          "            pooled = reduce(part)", "            n = part.numel() // pooled.numel()",
          "            parts.append(pooled.expand(len(part), *pooled.shape[1:]))",
          "            observed.append(pooled * (n / (n - 1)) if unbiased else pooled)",
          "        return torch.cat(parts), sum(observed) / len(observed)", ""}) {
      lines_.emplace_back(line);
    }
  }

  void Keep() {
    for (const char* line :
         {"    @torch.no_grad()", "    def keep(self, name, observed):",
          "        \"\"\"Moves a running value, which this pass has read already.\"\"\"",
          "        running = getattr(self, name)",
          "        observed = observed.reshape(running.shape)",
          "        setattr(self, name, (1 - self.momentum) * running + self.momentum * observed)",
          ""}) {
      lines_.emplace_back(line);
    }
  }

  void Ramp() {
    for (const char* line :
         {"    def ramp(self, a, b, first, last):",
          "        \"\"\"From a to b, between two counts of completed steps.\"\"\"",
          "        if self.completed_steps >= last:", "            return b",
          "        passed = max(0, self.completed_steps - first)",
          "        return a + (b - a) * passed / (last - first)", ""}) {
      lines_.emplace_back(line);
    }
  }

  // Never a whole number, which would make a tensor of whole numbers.
  static std::string FloatText(double value) {
    const std::string text = fmt::format("{}", value);
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
  }

  const Method& method_;
  const Equation& equation_;
  const PytorchAxes axes_;
  bool channels_ = false, height_ = false, width_ = false, groups_ = false, ghost_ = false,
       eps_ = false, momentum_ = false;
  bool keeps_ = false, pools_ghosts_ = false, ramps_ = false;
  std::vector<std::string> lines_;
};

}  // namespace

PytorchText PytorchTextOf(const Method& method) { return ModuleWriter(method).Run(); }

}  // namespace normlab::equation
