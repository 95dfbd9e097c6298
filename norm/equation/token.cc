#include "norm/equation/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/printable.h"

namespace normlab::equation {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  std::vector<Token> Run() {
    while (at_ < text_.size()) Next();
    EndStatement(at_);
    tokens_.push_back({Token::Kind::kEnd, {}, 0, at_});
    return std::move(tokens_);
  }

 private:
  void Next() {
    const char c = text_[at_];
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '\n' || c == ';') {
      if (depth_ == 0) EndStatement(at_);
      if (depth_ > 0 && c == ';') Fail("a closing bracket before the end of the statement");
      ++at_;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (IsLetter(c)) {
      Name();
    } else if (IsDigit(c) || (c == '.' && at_ + 1 < text_.size() && IsDigit(text_[at_ + 1]))) {
      Number();
    } else {
      Sign();
    }
  }

  void Add(Token::Kind kind, std::size_t size, double number = 0) {
    tokens_.push_back({kind, text_.substr(at_, size), number, at_});
    at_ += size;
  }

  void Name() {
    std::size_t end = at_;
    while (end < text_.size() && (IsLetter(text_[end]) || IsDigit(text_[end]))) ++end;
    Add(Token::Kind::kName, end - at_);
  }

  void Number() {
    double number = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
    const auto size = static_cast<std::size_t>(end - begin);
    if (error != std::errc() || !std::isfinite(number)) {
      Fail("a number that is 0 or from 1e-308 to 1e308", size);
    }
    if (at_ + size < text_.size() && IsLetter(text_[at_ + size])) {
      Fail("a sign between a number and a name, such as 2 * x");
    }
    Add(Token::Kind::kNumber, size, number);
  }

  void Sign() {
    constexpr std::string_view kSigns = "=+-*/^()[],.";
    const char c = text_[at_];
    if (kSigns.find(c) == std::string_view::npos) {
      SyntaxError(
          text_, at_,
          fmt::format("expected a name, a number or one of = + - * / ^ ( ) [ ] and the comma, "
                      "found {}",
                      Found()));
    }
    if (c == '(' || c == '[') ++depth_;
    if (c == ')' || c == ']') depth_ -= depth_ > 0;
    Add(Token::Kind::kSign, 1);
  }

  void EndStatement(std::size_t at) {
    if (tokens_.empty() || tokens_.back().kind == Token::Kind::kStatementEnd) return;
    tokens_.push_back({Token::Kind::kStatementEnd, {}, 0, at});
  }

  // A character beyond ASCII is told whole.
  std::string Found(std::size_t size = 1) const {
    while (at_ + size < text_.size() && (text_[at_ + size] & 0xC0) == 0x80) ++size;
    return fmt::format("'{}'", Printable(text_.substr(at_, size)));
  }

  [[noreturn]] void Fail(const std::string& expected, std::size_t size = 1) const {
    SyntaxError(text_, at_, fmt::format("expected {}, found {}", expected, Found(size)));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;  // of open brackets
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> Tokenize(std::string_view text) {
  if (text.size() > kMostTextBytes) {
    throw UsageError(
        fmt::format("equation: expected at most {} bytes, found {}", kMostTextBytes, text.size()));
  }
  return Tokenizer(text).Run();
}

std::string AtPlace(std::string_view text, std::size_t offset, const std::string& mistake) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t begin = before.rfind('\n') + 1;  // 0 where there is none
  const std::size_t end = std::min(text.find('\n', offset), text.size());
  return fmt::format("line {}, column {}: {}: {}\u2038{}", line, offset - begin + 1, mistake,
                     Printable(text.substr(begin, offset - begin)),
                     Printable(text.substr(offset, end - offset)));
}

void SyntaxError(std::string_view text, std::size_t offset, const std::string& what) {
  throw EquationError("equation, " + AtPlace(text, offset, what), offset, what);
}

}  // namespace normlab::equation
