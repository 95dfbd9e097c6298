#include "norm/equation/pytorch_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "norm/equation/pytorch_expression.h"
#include "norm/equation/pytorch_names.h"

namespace normlab::equation {
namespace {

// What nn.Conv2d has beside nn.Module.
constexpr std::array<std::string_view, 12> kTaken = {
    "stride",     "padding",        "dilation", "groups",       "kernel_size", "in_channels",
    "transposed", "output_padding", "filter",   "padding_mode", "weight",      "out_channels"};

std::string ShapeText(Axes axes) {
  std::vector<std::string> extents;
  if (axes.Has(Axes::Images())) extents.emplace_back("outputs");
  if (axes.Has(Axes::Channels())) extents.emplace_back("inputs");
  if (axes.Has(Axes::Rows())) extents.emplace_back("rows");
  if (axes.Has(Axes::Columns())) extents.emplace_back("columns");
  return "(" + Join(extents) + (extents.size() == 1 ? ",)" : ")");
}

class FilterWriter {
 public:
  explicit FilterWriter(const Method& method)
      : method_(method), equation_(method.equation), axes_(method.equation) {}

  std::string Run() {
    Line(0, fmt::format("class {}(nn.Conv2d):", PytorchFilterClass(method_)));
    Line(1, fmt::format("\"\"\"{}: the filter that is applied is made of the learned weight w.",
                        PytorchDocumentation(method_.title)));
    EmptyLine();
    for (const std::string& line : SplitLines(equation_.text)) {
      if (!line.empty()) Line(2, PytorchDocumentation(line));
    }
    Line(1, "\"\"\"");
    EmptyLine();
    if (!equation_.learned.empty()) Constructor();
    Filter();
    Line(1, "def forward(self, x):");
    Line(2, "return functional.conv2d(x, self.filter(), self.bias, self.stride, self.padding)");
    return Join(lines_, "\n");
  }

 private:
  void Line(int depth, const std::string& text) {
    lines_.push_back(std::string(static_cast<std::size_t>(4 * depth), ' ') + text);
  }
  void EmptyLine() { lines_.emplace_back(); }

  static std::vector<std::string> SplitLines(const std::string& text) {
    std::vector<std::string> lines(1);
    for (const char c : text) {
      if (c == '\n') {
        lines.emplace_back();
      } else {
        lines.back() += c;
      }
    }
    return lines;
  }

  void Constructor() {
    Line(1, "def __init__(self, *arguments, **keywords):");
    Line(2, "super().__init__(*arguments, **keywords)");
    Line(2, "w = self.weight.detach()");
    Line(2, "outputs, inputs, rows, columns = w.shape");
    for (std::size_t i = 0; i < equation_.learned.size(); ++i) {
      const Learned& learned = equation_.learned[i];
      Line(2, fmt::format("self.{} = nn.Parameter({})", PytorchFilterName(learned.name),
                          Initial(method_.learned[i], learned)));
    }
    EmptyLine();
  }

  std::string Initial(const LearnedRow& row, const Learned& learned) const {
    if (!row.initial_of_filter) {
      return fmt::format("torch.full({}, float({}))", ShapeText(learned.axes), row.initial);
    }
    const Equation& initial = *row.initial_of_filter;
    return fmt::format("{}.reshape({})",
                       PytorchOperand(initial, PytorchAxes(initial), initial.output(), 0),
                       ShapeText(learned.axes));
  }

  void Filter() {
    Line(1, "def filter(self):");
    Line(2, "w = self.weight");
    for (const Learned& learned : equation_.learned) {
      Line(2,
           fmt::format("l_{} = {}", learned.name,
                       axes_.AtItsPlace("self." + PytorchFilterName(learned.name), learned.axes)));
    }
    for (std::size_t i = 0; i < equation_.statements.size(); ++i) {
      const Statement& statement = equation_.statements[i];
      Line(2, fmt::format("s_{} = {}", statement.name,
                          PytorchExpression(equation_, axes_, statement.node, i)));
    }
    Line(2, "return s_y");
    EmptyLine();
  }

  const Method& method_;
  const Equation& equation_;
  const PytorchAxes axes_;
  std::vector<std::string> lines_;
};

}  // namespace

std::string PytorchFilterName(std::string_view name) {
  if (std::ranges::find(kTaken, name) != kTaken.end()) return fmt::format("learned_{}", name);
  return PytorchName(name);
}

std::string PytorchFilterClass(const Method& method) {
  return PytorchWords(method.name) + "Convolution";
}

std::string PytorchFilterDefinition(const Method& method) { return FilterWriter(method).Run(); }

}  // namespace normlab::equation
