#include "norm/equation/learned_statements.h"

#include <algorithm>
#include <limits>
#include <set>

namespace normlab::equation {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// What a node's value depends on.
struct Sources {
  bool learned = false, other = false;  // other: the map, running values, the training's progress
};

std::vector<Sources> SourcesOf(const Equation& equation) {
  std::vector<Sources> sources;
  for (const Node& node : equation.nodes) {
    using enum Node::Kind;
    Sources own = {node.kind == kLearned,
                   node.kind == kInput || node.kind == kRunning || node.kind == kRamp};
    for (const std::size_t argument : node.arguments) {
      own.learned = own.learned || sources[argument].learned;
      own.other = own.other || sources[argument].other;
    }
    sources.push_back(own);
  }
  return sources;
}

// The nodes of statements that the statement reads by their names.
void AddRead(const Equation& equation, const std::set<std::size_t>& named, std::size_t node,
             std::set<std::size_t>& read) {
  for (const std::size_t argument : equation.nodes[node].arguments) {
    if (named.contains(argument)) {
      read.insert(argument);
    } else {
      AddRead(equation, named, argument, read);
    }
  }
}

}  // namespace

LearnedStatements::LearnedStatements(const Equation& equation) {
  const std::vector<Sources> sources = SourcesOf(equation);
  std::set<std::size_t> named, read;
  for (const Statement& statement : equation.statements) named.insert(statement.node);
  for (const Statement& statement : equation.statements) {
    if (sources[statement.node].other) AddRead(equation, named, statement.node, read);
  }
  equation_ = {.domain = equation.domain,
               .text = equation.text,
               .nodes = {},
               .statements = {},
               .learned = equation.learned};
  std::vector<std::size_t> places(equation.nodes.size(), kNone);
  for (std::size_t n = 0; n < equation.nodes.size(); ++n) {
    if (sources[n].other) continue;
    places[n] = equation_.nodes.size();
    equation_.nodes.push_back(equation.nodes[n]);
    for (std::size_t& argument : equation_.nodes.back().arguments) argument = places[argument];
  }
  for (const Statement& statement : equation.statements) {
    const Sources& own = sources[statement.node];
    const bool bare = equation.nodes[statement.node].kind == Node::Kind::kLearned;
    if (own.other || !own.learned || bare || read.erase(statement.node) == 0) continue;
    equation_.statements.push_back(statement);
    equation_.statements.back().node = places[statement.node];
    names_.push_back(statement.name);
  }
}

std::vector<std::vector<double>> LearnedStatements::Values(
    const Extents& extents, const Constants& constants,
    const std::vector<std::vector<double>>& learned) const {
  if (names_.empty()) return {};
  Twin<double> twin(equation_, extents, constants);
  twin.Forward(std::vector<double>(extents.size(Axes::All())), learned, {}, true);
  std::vector<std::vector<double>> values;
  for (const Statement& statement : equation_.statements) {
    values.push_back(twin.value(statement.node));
  }
  return values;
}

}  // namespace normlab::equation
