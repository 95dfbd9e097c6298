#include "norm/equation/equation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "norm/equation/statement_axes.h"
#include "norm/equation/syntax.h"
#include "norm/equation/token.h"

namespace normlab::equation {
namespace {

using Kind = SyntaxNode::Kind;

bool KeepsRunning(const SyntaxStatement& statement) {
  return statement.value.kind == Kind::kReduce && statement.value.axes.HasAny(Axes::Images());
}

// Turns trees into nodes, a statement at a time.
class Resolver {
 public:
  Resolver(const std::string& text, Domain domain, const std::vector<SyntaxStatement>& statements)
      : trees_(statements),
        domain_(domain),
        input_(InputName(domain)),
        statement_axes_(StatementAxes(statements, input_)) {
    equation_.domain = domain;
    equation_.text = text;
  }

  Equation Run(Axes of_output) {
    for (const SyntaxStatement& tree : trees_) {
      CheckName(tree);
      Statement statement{tree.name, 0, tree.offset, std::nullopt};
      statement.node = Root(tree.value);
      const Node& root = equation_.nodes[statement.node];
      // A statement that only names another one keeps no second value.
      if (domain_ == Domain::kMap && tree.value.kind == Kind::kReduce &&
          root.pooled.HasAny(Axes::Images())) {
        const bool variance = root.reduction == Reduction::kVar;
        statement.running = RunningValue{variance ? 1.0 : 0.0, variance};
      }
      equation_.statements.push_back(std::move(statement));
    }
    CheckReaders();
    CheckOutput(of_output);
    return std::move(equation_);
  }

 private:
  void CheckName(const SyntaxStatement& tree) const {
    const auto refuse = [&](const std::string& found) {
      Fail(tree.offset, fmt::format("expected a new name for this statement, found {}", found));
    };
    if (tree.name == input_) {
      refuse(domain_ == Domain::kMap ? "x, the map that is normalized"
                                     : "w, the filter that is made over");
    }
    if (FindKey(tree.name, domain_)) refuse(fmt::format("'{}', a key", tree.name));
    if (!Axes::Named(tree.name, domain_).empty()) refuse(fmt::format("'{}', an axis", tree.name));
    if (IsFunction(tree.name)) refuse(fmt::format("'{}', a function", tree.name));
    if (FindLearned(tree.name)) refuse(fmt::format("'{}', a learned value", tree.name));
    for (const Statement& known : equation_.statements) {
      if (known.name == tree.name) {
        refuse(fmt::format("'{}', which has a statement already", tree.name));
      }
    }
  }

  static bool IsFunction(std::string_view name) {
    return FindFunction(name) || FindReduction(name) || name == "ramp";
  }

  // A reduction over images may stand here alone.
  std::size_t Root(const SyntaxNode& tree) {
    return tree.kind == Kind::kReduce ? Reduce(tree, true) : Value(tree);
  }

  std::size_t Value(const SyntaxNode& tree) {
    switch (tree.kind) {
      case Kind::kNumber:
        return Add({.kind = Node::Kind::kNumber, .offset = tree.offset, .number = tree.number});
      case Kind::kName:
        return Name(tree);
      case Kind::kLearned:
        return LearnedValue(tree);
      case Kind::kRunning:
        return Running(tree);
      case Kind::kCall:
        return Call(tree);
      case Kind::kReduce:
        return Reduce(tree, false);
      case Kind::kNegate:
        return Apply(Function::kNegate, tree);
      case Kind::kBinary:
        return Apply(BinaryFunction(tree.name), tree);
    }
    return 0;
  }

  std::size_t Add(Node node) {
    equation_.nodes.push_back(std::move(node));
    return equation_.nodes.size() - 1;
  }

  std::size_t Name(const SyntaxNode& tree) {
    if (tree.name == input_) {
      return Add({.kind = Node::Kind::kInput, .axes = Axes::All(), .offset = tree.offset});
    }
    if (const Key* key = FindKey(tree.name, domain_)) {
      return Add({.kind = Node::Kind::kKey, .offset = tree.offset, .key = *key});
    }
    for (std::size_t i = 0; i < equation_.statements.size(); ++i) {
      if (equation_.statements[i].name != tree.name) continue;
      read_.insert(tree.name);
      return equation_.statements[i].node;
    }
    RefuseName(tree);
  }

  [[noreturn]] void RefuseName(const SyntaxNode& tree) const {
    for (const SyntaxStatement& later : trees_) {
      if (later.name != tree.name) continue;
      const bool itself =
          equation_.statements.size() == static_cast<std::size_t>(&later - trees_.data());
      Fail(tree.offset,
           fmt::format(
               "expected a name of a statement before, found '{}', {}{}", tree.name,
               itself ? "which this statement names" : "which comes later",
               KeepsRunning(later) ? "; its running value is " + tree.name + ".running" : ""));
    }
    if (FindLearned(tree.name)) {
      Fail(tree.offset, fmt::format("expected the axes of the learned value, as where it was first "
                                    "named, found '{}' alone",
                                    tree.name));
    }
    if (IsFunction(tree.name)) {
      Fail(tree.offset, fmt::format("expected ( or axes in [ ] behind '{}'", tree.name));
    }
    std::vector<std::string> known = KeyNames(domain_);
    known.insert(known.begin(), input_);
    for (const Statement& statement : equation_.statements) known.push_back(statement.name);
    Fail(tree.offset,
         fmt::format("unknown name '{}'{}; a learned value is written with its axes, {}[{}]",
                     tree.name, NearestWords(tree.name, known), tree.name,
                     domain_ == Domain::kMap ? "C" : "O"));
  }

  const Learned* FindLearned(std::string_view name) const {
    const auto found = std::ranges::find(equation_.learned, name, &Learned::name);
    return found == equation_.learned.end() ? nullptr : &*found;
  }

  std::size_t LearnedValue(const SyntaxNode& tree) {
    if (FindReduction(tree.name)) {
      Fail(tree.offset,
           fmt::format("expected what {} is taken of, in ( ) behind the axes", tree.name));
    }
    const bool taken = tree.name == input_ || FindKey(tree.name, domain_) ||
                       IsFunction(tree.name) || !Axes::Named(tree.name, domain_).empty() ||
                       std::ranges::find(equation_.statements, tree.name, &Statement::name) !=
                           equation_.statements.end();
    if (taken) {
      Fail(tree.offset, fmt::format("expected a new name for a learned value, found '{}', which is "
                                    "something else",
                                    tree.name));
    }
    CheckLearned(tree);
    const Learned* known = FindLearned(tree.name);
    if (known && known->axes != tree.axes) {
      Fail(tree.offset, fmt::format("expected {}[{}], as where it was first named, found [{}]",
                                    tree.name, Text(known->axes), Text(tree.axes)));
    }
    if (!known) equation_.learned.push_back({tree.name, tree.axes, tree.offset});
    const auto index = static_cast<std::size_t>(FindLearned(tree.name) - equation_.learned.data());
    return Add(
        {.kind = Node::Kind::kLearned, .axes = tree.axes, .offset = tree.offset, .index = index});
  }

  // Names that a checkpoint has beside it, and axes that it cannot have.
  void CheckLearned(const SyntaxNode& tree) const {
    if (domain_ == Domain::kFilter) {
      if (tree.name != "weight" && tree.name != "bias") return;
      Fail(tree.offset, fmt::format("expected another name for a learned value, found '{}', as the "
                                    "convolution's own is called",
                                    tree.name));
    }
    if (tree.name.starts_with("running_") || tree.name.starts_with("num_batches_tracked")) {
      Fail(tree.offset, fmt::format("expected another name for a learned value, found '{}', as "
                                    "running values are called in a checkpoint",
                                    tree.name));
    }
    if (tree.axes.HasAny(Axes::Images())) {
      Fail(tree.offset, fmt::format("a learned value has no axis of images: expected some of C H W "
                                    "or G K, found {}",
                                    Text(tree.axes)));
    }
  }

  std::size_t Running(const SyntaxNode& tree) {
    if (domain_ == Domain::kFilter) {
      Fail(tree.offset, "a filter's statements keep no running values");
    }
    for (std::size_t i = 0; i < trees_.size(); ++i) {
      if (trees_[i].name != tree.name) continue;
      if (!KeepsRunning(trees_[i])) {
        Fail(tree.offset, fmt::format("expected the name of a statement that reduces over images, "
                                      "such as m = avg[N H W](x), found '{}', which keeps no "
                                      "running value",
                                      tree.name));
      }
      read_.insert(tree.name);
      return Add({.kind = Node::Kind::kRunning,
                  .axes = statement_axes_.at(tree.name).Without(Axes::Images()),
                  .offset = tree.offset,
                  .index = i});
    }
    std::vector<std::string> known;
    for (const SyntaxStatement& each : trees_) {
      if (KeepsRunning(each)) known.push_back(each.name);
    }
    Fail(tree.offset,
         fmt::format("unknown name '{}'{}", tree.name, NearestWords(tree.name, known)));
  }

  std::size_t Call(const SyntaxNode& tree) {
    if (tree.name == "ramp") return Ramp(tree);
    const FunctionWords* words = FindFunction(tree.name);
    if (words == nullptr) RefuseFunction(tree);
    CheckCount(tree, words->arguments);
    return Apply(words->function, tree);
  }

  void CheckCount(const SyntaxNode& tree, int expected) const {
    if (tree.children.size() == static_cast<std::size_t>(expected)) return;
    Fail(tree.offset, fmt::format("{}: expected {} value{} in its brackets, found {}", tree.name,
                                  expected, expected == 1 ? "" : "s", tree.children.size()));
  }

  [[noreturn]] void RefuseFunction(const SyntaxNode& tree) const {
    std::vector<std::string> known = {"ramp"};
    for (const FunctionWords& each : Functions()) known.emplace_back(each.name);
    for (const ReductionWords& each : Reductions()) known.emplace_back(each.name);
    if (FindReduction(tree.name)) {
      Fail(tree.offset, fmt::format("expected the axes that {} pools, such as {}[H W](x)",
                                    tree.name, tree.name));
    }
    const std::string near = NearestWords(tree.name, known);
    Fail(tree.offset,
         fmt::format("unknown function '{}'{}", tree.name,
                     near.empty() ? fmt::format(": expected one of {}", Join(known)) : near));
  }

  std::size_t Apply(Function function, const SyntaxNode& tree) {
    Node node{.kind = Node::Kind::kFunction, .offset = tree.offset, .function = function};
    for (const SyntaxNode& child : tree.children) {
      node.arguments.push_back(Value(child));
      node.axes = node.axes.With(equation_.nodes[node.arguments.back()].axes);
    }
    return Add(std::move(node));
  }

  std::size_t Ramp(const SyntaxNode& tree) {
    if (domain_ == Domain::kFilter) {
      Fail(tree.offset, "ramp: a filter's statements know of no optimizer steps");
    }
    CheckCount(tree, 4);
    Node node{.kind = Node::Kind::kRamp, .offset = tree.offset};
    for (std::size_t i = 0; i < 4; ++i) {
      const SyntaxNode& child = tree.children[i];
      const bool negative = child.kind == Kind::kNegate && child.children[0].kind == Kind::kNumber;
      if (child.kind != Kind::kNumber && !negative) {
        Fail(child.offset, "ramp: expected a plain number");
      }
      node.ramp[i] = negative ? -child.children[0].number : child.number;
    }
    if (!(node.ramp[2] >= 0 && node.ramp[3] >= node.ramp[2])) {
      Fail(tree.offset, "ramp(a, b, from, to): expected steps 0 <= from <= to");
    }
    return Add(std::move(node));
  }

  std::size_t Reduce(const SyntaxNode& tree, bool is_statement) {
    const ReductionWords* words = FindReduction(tree.name);
    if (words == nullptr) {
      std::vector<std::string> known;
      for (const ReductionWords& each : Reductions()) known.emplace_back(each.name);
      Fail(tree.offset, fmt::format("unknown reduction '{}': expected one of {}{}", tree.name,
                                    Join(known), NearestWords(tree.name, known)));
    }
    CheckCount(tree, 1);
    const std::size_t of = Value(tree.children[0]);
    const Axes axes = equation_.nodes[of].axes;
    if (tree.axes.empty())
      Fail(tree.offset, fmt::format("{}: expected an axis to pool", tree.name));
    if (!axes.Has(tree.axes)) {
      Fail(tree.offset, fmt::format("{}[{}]: expected axes of what it pools, which has [{}]",
                                    tree.name, Text(tree.axes), Text(axes)));
    }
    if (domain_ == Domain::kMap && tree.axes.HasAny(Axes::Images())) {
      CheckImages(tree, is_statement);
    }
    return Add({.kind = Node::Kind::kReduction,
                .axes = axes.Without(tree.axes),
                .offset = tree.offset,
                .reduction = words->reduction,
                .pooled = tree.axes,
                .arguments = {of}});
  }

  void CheckImages(const SyntaxNode& tree, bool is_statement) const {
    if (!is_statement) {
      Fail(tree.offset, fmt::format("a reduction over images is a statement of its own, since it "
                                    "keeps a running value: expected a line such as s = {}[{}](…)",
                                    tree.name, Text(tree.axes)));
    }
    if (!tree.axes.Has(Axes::GhostImages())) {
      Fail(tree.offset, "B is pooled with M (that is N), or M alone within each ghost batch");
    }
  }

  void CheckReaders() const {
    for (std::size_t i = 0; i + 1 < equation_.statements.size(); ++i) {
      const Statement& statement = equation_.statements[i];
      if (read_.contains(statement.name)) continue;
      Fail(statement.offset,
           fmt::format("nothing reads '{}': use it in a later statement, or take it away",
                       statement.name));
    }
  }

  void CheckOutput(Axes expected) const {
    const Statement& last = equation_.statements.back();
    if (last.name != "y") {
      Fail(last.offset,
           fmt::format("expected y, what is passed on, in the last statement, found '{}'",
                       last.name));
    }
    const Axes missing = expected.Without(equation_.nodes[last.node].axes);
    if (missing.empty()) return;
    Fail(last.offset,
         fmt::format("y: expected all axes of {}, found no {}", input_, Text(missing)));
  }

  std::string Text(Axes axes) const { return axes.text(domain_); }

  [[noreturn]] void Fail(std::size_t offset, const std::string& what) const {
    SyntaxError(equation_.text, offset, what);
  }

  const std::vector<SyntaxStatement>& trees_;
  const Domain domain_;
  const std::string input_;
  const std::map<std::string, Axes> statement_axes_;
  Equation equation_;
  std::set<std::string> read_;  // statements by name
};

}  // namespace

bool Equation::PoolsImages() const {
  return std::ranges::any_of(nodes, [](const Node& node) {
    return node.kind == Node::Kind::kReduction && node.pooled.HasAny(Axes::Images());
  });
}

Equation ParseEquation(const std::string& text, Domain domain) {
  const std::vector<SyntaxStatement> statements = ParseSyntax(text, domain);
  return Resolver(text, domain, statements).Run(Axes::All());
}

Equation ParseFilterExpression(const std::string& text, Axes axes) {
  const std::vector<SyntaxStatement> statements = ParseSyntax("y = " + text, Domain::kFilter);
  Equation equation = Resolver("y = " + text, Domain::kFilter, statements).Run(axes);
  const Axes found = equation.nodes[equation.output()].axes;
  if (!equation.learned.empty() || found != axes) {
    SyntaxError(
        equation.text, 4,
        fmt::format("expected an expression of w with the axes [{}] and no learned value, "
                    "found {}",
                    axes.text(Domain::kFilter),
                    equation.learned.empty() ? fmt::format("[{}]", found.text(Domain::kFilter))
                                             : equation.learned.front().name));
  }
  return equation;
}

}  // namespace normlab::equation
