// From the text of a pipeline to its calls: syntax only.
#include <fmt/format.h>

#include "augment/arguments.h"
#include "base/error.h"
#include "base/printable.h"

namespace normlab {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool AtEnd() {
    SkipSpace();
    return position_ == text_.size();
  }

  Call ReadCall() {
    Call call{std::string(ReadWord(kNameCharacters, "a transform's name")), {}};
    if (!Take('(') || Take(')')) return call;
    do {
      call.arguments.push_back(ReadArgument(call.arguments));
    } while (Take(','));
    if (!Take(')')) Fail("\",\" or \")\"");
    return call;
  }

 private:
  static constexpr std::string_view kNameCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  static constexpr std::string_view kValueCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.";

  Argument ReadArgument(const std::vector<Argument>& before) {
    const std::string_view word = ReadWord(kValueCharacters, "an argument");
    if (Take('=')) {
      return {std::string(word), std::string(ReadWord(kValueCharacters, "a value"))};
    }
    if (!before.empty() && !before.back().name.empty()) {
      Fail("\"=\" (an argument after a named one must be named too)");
    }
    return {"", std::string(word)};
  }

  void SkipSpace() {
    position_ = text_.find_first_not_of(" \t\r\n", position_);
    if (position_ == std::string_view::npos) position_ = text_.size();
  }

  bool Take(char sign) {
    if (AtEnd() || text_[position_] != sign) return false;
    ++position_;
    return true;
  }

  std::string_view ReadWord(std::string_view characters, std::string_view what) {
    SkipSpace();
    std::size_t end = text_.find_first_not_of(characters, position_);
    if (end == std::string_view::npos) end = text_.size();
    if (end == position_) Fail(what);
    const std::string_view word = text_.substr(position_, end - position_);
    position_ = end;
    return word;
  }

  [[noreturn]] void Fail(std::string_view expected) {
    const std::string found =
        AtEnd() ? "the end" : fmt::format("\"{}\"", Printable(text_.substr(position_)));
    throw UsageError(fmt::format("augment: character {}: expected {}, found {}", position_ + 1,
                                 expected, found));
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

constexpr std::size_t kLongest = 4096;  // characters

}  // namespace

std::vector<Call> ParseCalls(std::string_view text) {
  if (text.size() > kLongest) {
    throw UsageError(
        fmt::format("augment: expected at most {} characters, found {}", kLongest, text.size()));
  }
  Reader reader(text);
  std::vector<Call> calls;
  while (!reader.AtEnd()) calls.push_back(reader.ReadCall());
  return calls;
}

}  // namespace normlab
