#include "norm/equation/formula.h"

#include <fmt/format.h>

#include <algorithm>

#include "norm/equation/source_text.h"

namespace normlab::equation {
namespace {

bool Divides(const Equation& equation, Axes whole, Key key) {
  return std::ranges::any_of(equation.nodes, [&](const Node& node) {
    return node.axes.Divides(whole) || node.pooled.Divides(whole) ||
           (node.kind == Node::Kind::kKey && node.key == key);
  });
}

}  // namespace

std::vector<FormulaPiece> FormulaOf(const Equation& equation, std::size_t node) {
  constexpr char kMark = '\x1f';  // in no equation
  const auto is_read = [&](std::size_t i) {
    const Node::Kind kind = equation.nodes[i].kind;
    return StatementOf(equation, i) != kNoStatement || kind == Node::Kind::kReduction ||
           (kind != Node::Kind::kFunction && kind != Node::Kind::kNumber);
  };
  const Node::Kind kind = equation.nodes[node].kind;
  if (kind != Node::Kind::kFunction && kind != Node::Kind::kReduction) return {{"", node}};
  const std::string text =
      ExpressionText(equation, node, [&](std::size_t i) -> std::optional<std::string> {
        if (!is_read(i)) return std::nullopt;
        return fmt::format("{0}{1}{0}", kMark, i);
      });
  std::vector<FormulaPiece> pieces;
  for (std::size_t begin = 0, end; begin < text.size(); begin = end + 1) {
    end = std::min(text.find(kMark, begin), text.size());
    if (end > begin) pieces.push_back({text.substr(begin, end - begin)});
    if (end == text.size()) break;
    begin = end + 1;
    end = text.find(kMark, begin);
    pieces.push_back({"", std::stoul(text.substr(begin, end - begin))});
  }
  return pieces;
}

std::string SymbolText(const Equation& equation, std::size_t node) {
  const Node& read = equation.nodes[node];
  if (read.kind == Node::Kind::kLearned) return equation.learned[read.index].name;
  return read.kind == Node::Kind::kInput ? "x" : NodeText(equation, node);
}

bool DividesChannels(const Equation& equation) {
  return Divides(equation, Axes::Channels(), Key::kGroups);
}
bool DividesImages(const Equation& equation) {
  return Divides(equation, Axes::Images(), Key::kGhost);
}

}  // namespace normlab::equation
