#include "tests/norm/random_equation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/norm/random_expression.h"

namespace normlab::equation {
namespace {

// Most values that an axis of a test's map has, for the range of a sum.
double MostPooled(Axes pooled) {
  return (pooled.Has(Axes::GhostImages()) ? 33.0 : 1.0) * (pooled.Has(Axes::Groups()) ? 3 : 1) *
         (pooled.Has(Axes::GroupChannels()) ? 4 : 1) * (pooled.Has(Axes::Rows()) ? 7 : 1) *
         (pooled.Has(Axes::Columns()) ? 5 : 1);
}

class EquationWriter : private RandomExpressions {
 public:
  explicit EquationWriter(std::uint64_t seed) : RandomExpressions(seed) {}

  RandomEquation Run() {
    pools_images_ = Chance(0.75);
    reads_running_ = pools_images_ && Chance(0.3);
    reads_later_ = reads_running_ && Chance(0.3);
    for (int more = 1 + Below(4); more > 0; --more) AddStatement();
    if (pools_images_ && Chance(0.5)) AddChain();
    Output();
    return std::move(result_);
  }

 private:
  static Expression Input() { return {"x", Axes::All(), kInputRange}; }

  // ---- statements

  Expression Add(const std::string& name, Expression value, bool read = false) {
    result_.text += fmt::format("{} = {}\n", name, value.text);
    result_.statements[name] = value.range;
    value.text = name;
    statements_.push_back({value, read, pools_now_});
    pools_now_ = false;
    return value;
  }

  Expression AddNamed(Expression value) {
    constexpr const char* kNames[] = {"s", "mean_of_", "Q", "a_"};
    return Add(fmt::format("{}{}", kNames[Below(4)], statements_.size() + 1), std::move(value));
  }

  void AddStatement() {
    const double kind = Uniform(0, 1);
    if (kind < 0.3) {
      AddNamed(Normalized());
    } else if (kind < 0.8) {
      AddNamed(ReducedOf(WithInput(Tree(1 + Below(2))), pools_images_ && Chance(0.7)));
    } else {
      AddNamed(Tree(2));
    }
  }

  // Two reductions over images, the second of a value that the first has moved.
  void AddChain() {
    const Expression first = AddNamed(ReducedOf(WithInput(Tree(1)), true));
    const Expression moved = Binary(Input(), Read(first.text));
    AddNamed(ReducedOf(Chance(0.5) ? Unary(moved) : moved, true));
    if (Chance(0.3)) AddNamed(ReducedOf(Binary(moved, Read(statements_.back().value.text)), true));
  }

  void Output() {
    Expression y = Chance(0.6) ? Normalized() : Tree(2);
    if (Chance(0.7)) y = Product(Learned("w"), y);
    if (Chance(0.6)) y = Sum(y, Learned("b"));
    if (reads_running_ && Chance(0.6)) {
      const Expression running = Fit(Running(), 2);
      y = Chance(0.5) ? Sum(y, running) : Product(y, running);
    }
    for (std::size_t i = 0; i < statements_.size(); ++i) {
      if (statements_[i].read) continue;
      const Expression late = Read(statements_[i].value.text);
      y = Chance(0.5) ? Sum(y, Fit(late, 2)) : Product(y, Fit(late, 2));
    }
    if (y.axes != Axes::All()) y = Sum(y, Scaled(Input(), 0.2));
    if (has_read_late_) {
      Add("late", Reduced(Reduction::kAvg, Axes::All().Without(Axes::Channels()), Input()), true);
    }
    result_.text += fmt::format("y = {}", y.text);
  }

  struct Written {
    Expression value;
    bool read = false;
    bool runs = false;  // keeps a running value
  };

  Expression Read(const std::string& name) {
    const auto found = std::ranges::find_if(
        statements_, [&](const Written& each) { return each.value.text == name; });
    found->read = true;
    return found->value;
  }

  // ---- expressions

  Expression Leaf() {
    const double kind = Uniform(0, 1);
    if (kind < 0.35) return Input();
    if (kind < 0.6 && !statements_.empty()) {
      return Read(statements_[static_cast<std::size_t>(Below(static_cast<int>(statements_.size())))]
                      .value.text);
    }
    if (kind < 0.7 && reads_running_) return Running();
    if (kind < 0.9) return Learned(Chance(0.5) ? "w" : "b");
    if (kind < 0.94) {
      const double a = Uniform(0.5, 2), b = Uniform(-1, 1);
      return {fmt::format("ramp({:.3g}, {:.3g}, {}, {})", a, b, Below(4), 4 + Below(9)),
              {},
              Spanned({a, b})};
    }
    if (kind < 0.96) return {"momentum", {}, {0.1, 0.3}};
    if (kind < 0.98) return {"groups", {}, {1, 3}};
    return {Number(0.2, 3), {}, {0.2, 3}};
  }

  Expression Running() {
    if (reads_later_ && Chance(0.5)) {
      has_read_late_ = true;
      return {"late.running", Axes::Channels(), kInputRange};
    }
    std::vector<Written*> kept;
    for (Written& each : statements_) {
      if (each.runs) kept.push_back(&each);
    }
    if (kept.empty()) return Input();
    Written& one = *kept[static_cast<std::size_t>(Below(static_cast<int>(kept.size())))];
    one.read = true;
    return {one.value.text + ".running", one.value.axes.Without(Axes::Images()), one.value.range};
  }

  Expression Learned(const std::string& kind) {
    std::vector<Expression> known;
    for (const Expression& each : learned_) {
      if (each.text.starts_with(kind)) known.push_back(each);
    }
    if (!known.empty() && Chance(0.3)) {
      return known[static_cast<std::size_t>(Below(static_cast<int>(known.size())))];
    }
    Axes axes;
    if (!Chance(0.2)) {
      const double channels = Uniform(0, 1);
      axes = channels < 0.6    ? Axes::Channels()
             : channels < 0.7  ? Axes::Groups()
             : channels < 0.85 ? Axes::GroupChannels()
                               : Axes();
      if (Chance(0.2)) axes = axes.With(Axes::Rows());
      if (Chance(0.2)) axes = axes.With(Axes::Columns());
    }
    const std::string name = fmt::format("{}{}", kind, learned_.size() + 1);
    learned_.push_back({fmt::format("{}[{}]", name, axes.text()), axes, LearnedRange(name)});
    return learned_.back();
  }

  // Both sides in one line of either order: values are drawn one after the other.
  Expression Tree(int depth) {
    if (depth == 0) return Leaf();
    const double kind = Uniform(0, 1);
    if (kind < 0.35) return Unary(Tree(depth - 1));
    if (kind < 0.5) {
      const Expression of = Tree(depth - 1);
      return of.axes.Without(Axes::Images()).empty() ? of : ReducedOf(of, false);
    }
    const Expression a = Tree(depth - 1);
    return Binary(a, Tree(depth - 1));
  }

  Expression WithInput(const Expression& e) {
    return e.axes == Axes::All() ? e : Chance(0.7) ? Binary(Input(), e) : Sum(e, Input());
  }

  // ---- reductions

  // Some of the axes, at least one of them; with `images`: those of images too, where they are.
  Axes SomeOf(Axes from, bool images) {
    Axes pooled;
    if (images && from.Has(Axes::Images())) {
      pooled = Chance(0.65) ? Axes::Images() : Axes::GhostImages();
    }
    const Axes rest = from.Without(Axes::Images());
    for (Axes more; more.empty() && !(rest.empty() && !pooled.empty());) {
      const double channels = Uniform(0, 1);
      if (channels < 0.25 && rest.Has(Axes::Channels())) more = Axes::Channels();
      if (channels >= 0.25 && channels < 0.5) more = Axes::GroupChannels();
      if (channels >= 0.5 && channels < 0.6) more = Axes::Groups();
      if (!rest.Has(more)) more = {};
      if (Chance(0.6) && rest.Has(Axes::Rows())) more = more.With(Axes::Rows());
      if (Chance(0.6) && rest.Has(Axes::Columns())) more = more.With(Axes::Columns());
      if (!pooled.empty() && Chance(0.1)) break;
      if (!more.empty()) return pooled.With(more);
    }
    return pooled;
  }

  Expression ReducedOf(const Expression& of, bool images) {
    const Axes pooled = SomeOf(of.axes, images);
    const auto& all = Reductions();
    const Reduction reduction =
        Chance(0.5) ? (Chance(0.5) ? Reduction::kAvg : Reduction::kVar)
                    : all[static_cast<std::size_t>(Below(static_cast<int>(all.size())))].reduction;
    return Reduced(reduction, pooled, of);
  }

  Expression Reduced(Reduction reduction, Axes pooled, const Expression& value) {
    const Expression of = Fit(value, 15);
    const double count = MostPooled(pooled), farthest = Farthest(of.range);
    Range range = of.range;
    if (reduction == Reduction::kSum)
      range = {count * std::min(0.0, of.range.low), count * farthest};
    if (reduction == Reduction::kVar) range = {0, std::pow(of.range.high - of.range.low, 2) / 4};
    if (reduction == Reduction::kNorm) range = {0, std::sqrt(count) * farthest};
    const auto words = std::ranges::find(Reductions(), reduction, &ReductionWords::reduction);
    const bool images = pooled.HasAny(Axes::Images());
    pools_now_ = images;
    return {fmt::format("{}[{}]({})", words->name, pooled.text(), of.text), of.axes.Without(pooled),
            range};
  }

  // In its own statement where it pools images, and otherwise sometimes.
  Expression Placed(Reduction reduction, Axes pooled, const Expression& of) {
    const Expression reduced = Reduced(reduction, pooled, of);
    if (!pools_now_ && Chance(0.5)) return reduced;
    return Read(AddNamed(reduced).text);
  }

  // Of x or a little more: centred or not, by one of several scales.
  Expression Normalized() {
    const Expression a = Chance(0.7) ? Input() : Fit(WithInput(Tree(1)), 15);
    const Axes pooled = SomeOf(Axes::All(), pools_images_ && Chance(0.7));
    const Range range = {-6, 6};
    if (Chance(0.5)) {
      const Expression mean = Placed(Reduction::kAvg, pooled, a);
      const Expression variance = Placed(Reduction::kVar, pooled, a);
      return Made(fmt::format("(({} - {}) / sqrt({} + eps))", a.text, mean.text, variance.text), a,
                  mean, range);
    }
    if (Chance(0.5)) {
      const Expression square = Made(fmt::format("({}^2)", a.text), a, {0, 15});
      const Expression second = Placed(Reduction::kAvg, pooled, square);
      return Made(fmt::format("({} / sqrt({} + eps))", a.text, second.text), a, second, range);
    }
    const Expression scale = Chance(0.5) ? Placed(Reduction::kNorm, pooled, a)
                                         : Placed(Reduction::kMax, pooled,
                                                  Made(fmt::format("abs({})", a.text), a, {0, 15}));
    return Made(fmt::format("({} / ({} + 0.2))", a.text, scale.text), a, scale, range);
  }

  bool pools_images_ = false, reads_running_ = false;
  // A statement near the end, `late`, may be read as a running value before it stands.
  bool reads_later_ = false, has_read_late_ = false;
  bool pools_now_ = false;  // the reduction written last is over images
  std::vector<Written> statements_;
  std::vector<Expression> learned_;
  RandomEquation result_;
};

}  // namespace

RandomEquation MakeRandomEquation(std::uint64_t seed) { return EquationWriter(seed).Run(); }

Range LearnedRange(const std::string& name) {
  return name.starts_with("w") ? Range{0.5, 1.5} : Range{-1, 1};
}

bool ChainsImageReductions(const Equation& equation) {
  std::vector<bool> after(equation.nodes.size(), false);
  bool chains = false;
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    const Node& node = equation.nodes[i];
    for (const std::size_t argument : node.arguments) after[i] = after[i] || after[argument];
    if (!node.pooled.HasAny(Axes::Images())) continue;
    chains |= after[i];
    after[i] = true;
  }
  return chains;
}

bool ReadsRunningValues(const Equation& equation) {
  return std::ranges::any_of(equation.nodes,
                             [](const Node& node) { return node.kind == Node::Kind::kRunning; });
}

}  // namespace normlab::equation
