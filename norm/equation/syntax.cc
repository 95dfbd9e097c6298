#include "norm/equation/syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "norm/equation/token.h"

namespace normlab::equation {
namespace {

using Kind = SyntaxNode::Kind;

class Parser {
 public:
  Parser(std::string_view text, Domain domain)
      : text_(text), domain_(domain), tokens_(Tokenize(text)) {}

  std::vector<SyntaxStatement> Run() {
    std::vector<SyntaxStatement> statements;
    while (here().kind != Token::Kind::kEnd) {
      if (statements.size() == kMostStatements) {
        Fail(fmt::format("at most {} statements", kMostStatements));
      }
      statements.push_back(Statement());
    }
    if (statements.empty()) Fail("a statement, such as y = x");
    return statements;
  }

 private:
  const Token& here() const { return tokens_[at_]; }
  Token Take() { return tokens_[at_++]; }

  bool TakeSign(std::string_view sign) {
    if (!here().Is(sign)) return false;
    ++at_;
    return true;
  }
  void NeedSign(std::string_view sign, const char* why) {
    if (!TakeSign(sign)) Fail(fmt::format("{} {}", sign, why));
  }

  SyntaxStatement Statement() {
    if (here().kind != Token::Kind::kName) Fail("a name and =, such as y = x");
    const Token name = Take();
    NeedSign("=", "behind the statement's name");
    SyntaxStatement statement{std::string(name.text), name.offset, Sum()};
    if (here().kind != Token::Kind::kStatementEnd) {
      Fail("an operator, or the end of the statement (a new line or ;)");
    }
    ++at_;
    return statement;
  }

  static SyntaxNode Binary(const Token& sign, SyntaxNode left, SyntaxNode right) {
    SyntaxNode node{Kind::kBinary, sign.offset, std::string(sign.text)};
    node.children.push_back(std::move(left));
    node.children.push_back(std::move(right));
    return node;
  }

  // The tree of a - b - c is as deep as the row is long.
  void CheckRow(int terms) const {
    if (terms < kLongestRow) return;
    Fail(fmt::format("at most {} terms in a row; give a part a name of its own", kLongestRow));
  }

  SyntaxNode Sum() {
    const Deeper deeper(*this);
    SyntaxNode left = Product();
    for (int terms = 1; here().Is("+") || here().Is("-"); ++terms) {
      CheckRow(terms);
      const Token sign = Take();
      left = Binary(sign, std::move(left), Product());
    }
    return left;
  }

  SyntaxNode Product() {
    SyntaxNode left = Signed();
    for (int factors = 1; here().Is("*") || here().Is("/"); ++factors) {
      CheckRow(factors);
      const Token sign = Take();
      left = Binary(sign, std::move(left), Signed());
    }
    return left;
  }

  SyntaxNode Signed() {
    if (!here().Is("-")) return Power();
    const Deeper deeper(*this);
    SyntaxNode node{Kind::kNegate, Take().offset};
    node.children.push_back(Signed());
    return node;
  }

  SyntaxNode Power() {
    SyntaxNode base = Value();
    if (!here().Is("^")) return base;
    const Token sign = Take();
    return Binary(sign, std::move(base), Signed());
  }

  SyntaxNode Value() {
    if (TakeSign("(")) {
      SyntaxNode inner = Sum();
      NeedSign(")", "for the bracket that was opened");
      return inner;
    }
    if (here().kind == Token::Kind::kNumber) {
      const Token token = Take();
      return {Kind::kNumber, token.offset, {}, token.number};
    }
    if (here().kind != Token::Kind::kName) Fail("a value: a name, a number or a bracket");
    return Named();
  }

  SyntaxNode Named() {
    const Token token = Take();
    SyntaxNode node{Kind::kName, token.offset, std::string(token.text)};
    if (TakeSign(".")) {
      if (here().text != "running") Fail("running behind the point, as in m.running");
      ++at_;
      node.kind = Kind::kRunning;
    } else if (TakeSign("[")) {
      node.axes = AxesInBrackets();
      node.kind = here().Is("(") ? Kind::kReduce : Kind::kLearned;
    }
    if (node.kind == Kind::kRunning || node.kind == Kind::kLearned || !TakeSign("(")) return node;
    if (node.kind == Kind::kName) node.kind = Kind::kCall;
    do {
      node.children.push_back(Sum());
    } while (TakeSign(","));
    NeedSign(")", "for the bracket that was opened, or a comma");
    return node;
  }

  Axes AxesInBrackets() {
    Axes axes;
    while (!TakeSign("]")) {
      const Axes named =
          here().kind == Token::Kind::kName ? Axes::Named(here().text, domain_) : Axes();
      if (named.empty()) RefuseAxis();
      if (axes.HasAny(named)) Fail("each axis once");
      axes = axes.With(named);
      ++at_;
    }
    return axes;
  }

  [[noreturn]] void RefuseAxis() const {
    std::vector<std::string> letters;
    for (const char letter : here().text) {
      letters.emplace_back(
          1, letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter);
    }
    const bool axes = !letters.empty() && std::ranges::none_of(letters, [&](const auto& letter) {
      return Axes::Named(letter, domain_).empty();
    });
    SyntaxError(text_, here().offset,
                fmt::format("expected an axis ({}; with spaces between) or ], found {}{}",
                            domain_ == Domain::kMap ? "N C H W, or their parts B M and G K"
                                                    : "O I Y X of a filter",
                            Found(), axes ? "; write [" + Join(letters, " ") + "]" : ""));
  }

  // Counts how deep expressions lie in each other.
  struct Deeper {
    explicit Deeper(Parser& owner) : parser(owner) {
      if (++parser.depth_ > kDeepest) {
        parser.Fail(
            fmt::format("brackets and functions at most {} deep; give a part a name of "
                        "its own, in a statement before",
                        kDeepest));
      }
    }
    ~Deeper() { --parser.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    Parser& parser;
  };

  std::string Found() const {
    switch (here().kind) {
      case Token::Kind::kEnd:
        return "the end of the equation";
      case Token::Kind::kStatementEnd:
        return "the end of the statement";
      default:
        return fmt::format("'{}'", Printable(here().text));
    }
  }

  [[noreturn]] void Fail(const std::string& expected) const {
    SyntaxError(text_, here().offset, fmt::format("expected {}, found {}", expected, Found()));
  }

  std::string_view text_;
  Domain domain_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::vector<SyntaxStatement> ParseSyntax(std::string_view text, Domain domain) {
  return Parser(text, domain).Run();
}

}  // namespace normlab::equation
