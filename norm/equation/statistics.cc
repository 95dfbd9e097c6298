#include "norm/equation/statistics.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "norm/equation/same_trees.h"
#include "norm/equation/source_text.h"

namespace normlab::equation {
namespace {

bool IsNumber(const Node& node, double number) {
  return node.kind == Node::Kind::kNumber && node.number == number;
}

bool IsSquareOfInput(const Equation& equation, const Node& node) {
  if (node.kind != Node::Kind::kFunction || node.arguments.size() != 2) return false;
  const Node &a = equation.nodes[node.arguments[0]], &b = equation.nodes[node.arguments[1]];
  if (a.kind != Node::Kind::kInput) return false;
  return (node.function == Function::kPower && IsNumber(b, 2)) ||
         (node.function == Function::kMultiply && b.kind == Node::Kind::kInput);
}

const char* ReductionNoun(Reduction reduction) {
  switch (reduction) {
    case Reduction::kAvg:
      return "mean";
    case Reduction::kSum:
      return "sum";
    case Reduction::kVar:
      return "variance";
    case Reduction::kMax:
      return "largest value";
    case Reduction::kMin:
      return "smallest value";
    case Reduction::kNorm:
      return "root of the sum of squares";
  }
  return "";
}

bool Names(const Equation& equation, Axes whole, Key key) {
  return std::ranges::any_of(equation.nodes, [&](const Node& node) {
    return node.axes.Divides(whole) || node.pooled.Divides(whole) ||
           (node.kind == Node::Kind::kKey && node.key == key);
  });
}

std::string WordsOf(const Equation& equation, const Pooling& pooling) {
  std::vector<std::string> words;
  for (const Statistic& statistic : pooling.statistics) {
    words.push_back(StatisticWords(equation, statistic));
  }
  const std::string last = words.back();
  words.pop_back();
  const std::string all = words.empty() ? last : fmt::format("{} and {}", Join(words), last);
  return fmt::format("{} over {}", all, PoolsOver(pooling.pooled, pooling.kept));
}

}  // namespace

std::vector<Statistic> StatisticsOf(const Equation& equation) {
  const std::vector<bool> depends = DependsOnInput(equation);
  const std::vector<std::size_t> same = SameExpressions(equation);
  std::vector<Statistic> statistics;
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    const bool is_statistic = equation.nodes[i].kind == Node::Kind::kReduction && depends[i];
    if (!is_statistic || same[i] != i) continue;
    const std::size_t statement = StatementAround(equation, i);
    const Statement& line = equation.statements[statement];
    statistics.push_back({i, statement, line.node == i && line.running.has_value()});
  }
  return statistics;
}

std::string StatisticWords(const Equation& equation, const Statistic& statistic) {
  const Node& reduction = equation.nodes[statistic.node];
  const std::string noun = ReductionNoun(reduction.reduction);
  const Node& of = equation.nodes[reduction.arguments[0]];
  if (of.kind == Node::Kind::kInput) return noun;
  if (reduction.reduction == Reduction::kAvg && IsSquareOfInput(equation, of)) return "mean square";
  return fmt::format("{} of {}", noun, NodeText(equation, reduction.arguments[0]));
}

std::vector<Pooling> PoolingsOf(const Equation& equation) {
  std::vector<Pooling> poolings;
  for (const Statistic& statistic : StatisticsOf(equation)) {
    const Node& reduction = equation.nodes[statistic.node];
    auto found = std::ranges::find_if(poolings, [&](const Pooling& pooling) {
      return pooling.pooled == reduction.pooled && pooling.kept == reduction.axes;
    });
    if (found == poolings.end()) {
      found = poolings.insert(found, {reduction.pooled, reduction.axes, {}, false});
    }
    found->statistics.push_back(statistic);
    found->of_values |= equation.nodes[reduction.arguments[0]].axes == Axes::All();
  }
  return poolings;
}

std::string PoolsOver(const Equation& equation) {
  std::vector<std::string> words;
  for (const Pooling& pooling : PoolingsOf(equation)) {
    words.push_back(PoolsOver(pooling.pooled, pooling.kept));
  }
  return words.empty() ? "nothing" : Join(words, "; ");
}

std::string PooledWords(const Equation& equation) {
  std::vector<std::string> words;
  for (const Pooling& pooling : PoolingsOf(equation)) words.push_back(WordsOf(equation, pooling));
  return Join(words, "; ");
}

std::vector<bool> DependsOnInput(const Equation& equation) {
  std::vector<bool> depends;
  for (const Node& node : equation.nodes) {
    depends.push_back(node.kind == Node::Kind::kInput ||
                      std::ranges::any_of(node.arguments, [&](std::size_t argument) -> bool {
                        return depends[argument];
                      }));
  }
  return depends;
}

std::vector<bool> PlainNodes(const Equation& equation) {
  std::vector<bool> plain;
  for (const Node& node : equation.nodes) {
    const bool number = node.kind == Node::Kind::kNumber || node.kind == Node::Kind::kKey ||
                        node.kind == Node::Kind::kRamp;
    const auto is_plain = [&](std::size_t argument) -> bool { return plain[argument]; };
    plain.push_back(number || (node.kind == Node::Kind::kFunction &&
                               std::ranges::all_of(node.arguments, is_plain)));
  }
  return plain;
}

std::vector<bool> LoneReductions(const Equation& equation, const Extents& extents, int images) {
  std::vector<bool> lone;
  for (const Node& node : equation.nodes) {
    const bool is_known = images > 0 || !node.pooled.HasAny(Axes::Images());
    lone.push_back(node.kind == Node::Kind::kReduction && is_known &&
                   PooledOf(node.pooled, extents).values() == 1);
  }
  return lone;
}

std::vector<bool> NodesOfOutput(const Equation& equation, bool training) {
  std::vector<bool> kept(equation.nodes.size(), false), used = kept;
  for (const Statement& statement : equation.statements) {
    if (statement.running) kept[statement.node] = true;
  }
  used[equation.output()] = true;
  for (std::size_t i = equation.nodes.size(); i-- > 0;) {
    if (!used[i] || (kept[i] && !training)) continue;
    for (const std::size_t argument : equation.nodes[i].arguments) used[argument] = true;
  }
  return used;
}

bool NamesGhostBatches(const Equation& equation) {
  return Names(equation, Axes::Images(), Key::kGhost);
}

bool NamesGroups(const Equation& equation) {
  return Names(equation, Axes::Channels(), Key::kGroups);
}

}  // namespace normlab::equation
