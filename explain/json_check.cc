#include "explain/json_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/printable.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

std::string LineAndColumn(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("{}:{}", std::ranges::count(before, '\n') + 1, before.size() - line_start + 1);
}

// The word that stands around a place where the parser gave up: "NaN", "-Infinity", "abc".
std::string_view WordAt(std::string_view text, std::size_t offset) {
  constexpr std::string_view kEnds = " \t\r\n,:[]{}\"";
  if (offset >= text.size() || kEnds.find(text[offset]) != kEnds.npos) return {};
  std::size_t begin = offset;
  while (begin > 0 && kEnds.find(text[begin - 1]) == kEnds.npos) --begin;
  return text.substr(begin, std::min(text.find_first_of(kEnds, offset), text.size()) - begin);
}

// Walks with the parser and keeps where it is, without building anything.
class Checker : public nlohmann::json_sax<Json> {
 public:
  Checker(std::string_view text, const std::string& origin, const JsonLimits& limits)
      : text_(text), origin_(origin), limits_(limits) {}

  bool null() override { return Value(); }
  bool boolean(bool) override { return Value(); }
  bool number_integer(number_integer_t) override { return Value(); }
  bool number_unsigned(number_unsigned_t) override { return Value(); }
  bool number_float(number_float_t, const string_t&) override { return Value(); }
  bool string(string_t&) override { return Value(); }
  bool binary(binary_t&) override { return Value(); }
  bool start_object(std::size_t) override { return Open(false); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(true); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.key = name;
    if (level.keys.size() == limits_.keys) {
      throw DataError(fmt::format("{}: {}: more than {} keys; is it a file of values?", origin_,
                                  Path(), limits_.keys));
    }
    if (level.keys.insert(name).second) return true;
    throw DataError(fmt::format("{}: the key {} stands there twice; keep one", origin_, Path()));
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    const std::size_t offset = position == 0 ? 0 : position - 1;
    const std::string_view word = WordAt(text_, offset);
    const std::string place = fmt::format("{}:{}", origin_, LineAndColumn(text_, offset));
    const std::string path = levels_.empty() ? "" : fmt::format(" (at {})", Path());
    if (error.id == 406 || (!word.empty() && offset < text_.size())) {
      throw DataError(fmt::format("{}: expected a finite number or other JSON, found {}{}", place,
                                  Printable(word), path));
    }
    throw DataError(
        offset >= text_.size()
            ? fmt::format("{}: not JSON{}: expected more, found the end; close what is open", place,
                          path)
            : fmt::format("{}: not JSON{}: found {} where it has no place; is a comma too many, or "
                          "one missing?",
                          place, path, Printable(text_.substr(offset, 1))));
  }

 private:
  struct Level {
    bool array;
    std::size_t index = 0;
    std::string key;
    std::set<std::string> keys;
  };

  bool Value() {
    if (++values_ > limits_.values) {
      throw DataError(fmt::format("{}: more than {} values; take fewer", origin_, limits_.values));
    }
    if (!levels_.empty() && levels_.back().array) ++levels_.back().index;
    return true;
  }

  bool Open(bool array) {
    if (static_cast<int>(levels_.size()) == limits_.depth) {
      throw DataError(fmt::format("{}: {}: nested deeper than {} levels; x has four", origin_,
                                  Printable(Path()), limits_.depth));
    }
    levels_.push_back({array, 0, {}, {}});
    return true;
  }

  bool Close() {
    levels_.pop_back();
    return Value();
  }

  std::string Path() const {
    std::string path;
    for (const Level& level : levels_) {
      if (level.array) {
        path += fmt::format("[{}]", level.index);
      } else if (!level.key.empty()) {
        path += (path.empty() ? "" : ".") + Printable(level.key);
      }
    }
    return path.empty() ? "its beginning" : path;
  }

  std::string_view text_;
  const std::string& origin_;
  JsonLimits limits_;
  std::size_t values_ = 0;
  std::vector<Level> levels_;
};

}  // namespace

void CheckJson(std::string_view text, const std::string& origin, const JsonLimits& limits) {
  Checker checker(text, origin, limits);
  Json::sax_parse(text, &checker);
}

}  // namespace normlab
