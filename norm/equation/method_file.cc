#include "norm/equation/method_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/escape.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/text_file.h"
#include "base/toml_kind.h"
#include "base/toml_mistakes.h"
#include "norm/equation/method_names.h"
#include "norm/equation/token.h"
#include "norm/equation/toml_text.h"

namespace normlab::equation {
namespace {

constexpr std::size_t kLongestWords = 300;  // characters of source and pytorch

const char* Begins(Domain domain) {
  return domain == Domain::kMap
             ? "normlab norms batch > mine.toml begins a method"
             : "normlab norms standardized > mine.toml begins a method on the weights";
}

// Those by which a file is told from statements alone.
const std::vector<std::string>& FileWords() {
  static const std::vector<std::string> words = {"title", "source",     "pytorch", "equation",
                                                 "notes", "activation", "learned", "running"};
  return words;
}

std::vector<std::string> FileKeys(Domain domain) {
  if (domain == Domain::kFilter)
    return {"title", "source", "pytorch", "equation", "notes", "learned"};
  std::vector<std::string> keys = FileWords();
  keys.emplace_back("weights");
  return keys;
}

class MethodReader {
 public:
  MethodReader(const std::string& text, const std::string& where, Domain domain)
      : text_(text), where_(where), domain_(domain) {}

  Method Run() {
    const toml::table table = Parsed();
    CheckKeys(table, FileKeys(domain_));
    method_.text = text_;
    method_.title = Words(table, "title", kLongestTitle);
    CheckTitle(table);
    method_.source = Words(table, "source", kLongestWords);
    method_.pytorch = Words(table, "pytorch", kLongestWords);
    method_.notes = String(table, "notes").value_or("");
    method_.is_activation = Flag(table, "activation").value_or(false);
    method_.weights = Words(table, "weights", kLongestTitle);
    ReadEquation(table);
    AddDefaults(method_);
    ForEachTable(table, "learned", [&](const auto& name, const auto& row) { Learn(name, row); });
    ForEachTable(table, "running", [&](const auto& name, const auto& row) { Keep(name, row); });
    CheckStates(table);
    return std::move(method_);
  }

  // What holds where no table says more.
  static void AddDefaults(Method& method) {
    for (const Learned& learned : method.equation.learned) {
      method.learned.push_back({.initial = learned.name == "weight" ? 1.0 : 0.0});
    }
    for (const Statement& statement : method.equation.statements) {
      method.states.push_back(statement.running ? "running_" + statement.name : "");
    }
  }

 private:
  toml::table Parsed() const {
    try {
      return toml::parse(text_);
    } catch (const toml::parse_error& error) {
      const std::size_t line = error.source().begin.line;
      throw UsageError(
          fmt::format("{}, line {}: {}", where_, line, TomlMistake(text_, line, Begins(domain_))));
    }
  }

  [[noreturn]] void Fail(const toml::source_region& at, const std::string& what) const {
    throw UsageError(
        fmt::format("{}, line {}, column {}: {}", where_, at.begin.line, at.begin.column, what));
  }

  void CheckKeys(const toml::table& table, const std::vector<std::string>& known) const {
    for (const auto& [key, node] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      Fail(key.source(), fmt::format("unknown key '{}': expected one of {}{}", Printable(key.str()),
                                     Join(known), NearestWords(key.str(), known)));
    }
  }

  std::optional<std::string> String(const toml::table& table, const char* key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* words = node->as_string()) return words->get();
    Fail(node->source(),
         fmt::format("{}: expected words in quotes, found {}", key, TomlKind(*node)));
  }

  // One line, which stands in tables and figures.
  std::string Words(const toml::table& table, const char* key, std::size_t longest) const {
    const std::string words = String(table, key).value_or("");
    if (words == PlainLine(words) && CharacterCount(words) <= longest) return words;
    Fail(table.get(key)->source(),
         fmt::format("{}: expected one line of at most {} characters, found '{}'", key, longest,
                     Printable(words)));
  }

  // It stands in folders, figures, pages and Markdown.
  void CheckTitle(const toml::table& table) const {
    const std::string_view title = method_.title;
    for (std::size_t at = 0, end = 0; at < title.size(); at = end) {
      for (end = at + 1; end < title.size() && (title[end] & 0xC0) == 0x80;) ++end;
      const std::string_view character = title.substr(at, end - at);
      if (StandsInTitles(character)) continue;
      Fail(table.get("title")->source(),
           fmt::format(
               "title: expected letters, digits, spaces and . , - + ( ) _ : /, found {}",
               character.size() == 1 ? fmt::format("'{}'", character) : "an invisible character"));
    }
  }

  std::optional<bool> Flag(const toml::table& table, const char* key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* flag = node->as_boolean()) return flag->get();
    Fail(node->source(), fmt::format("{}: expected true or false, found {}", key, TomlKind(*node)));
  }

  double Number(const toml::node& node, const char* key, bool infinite) const {
    const std::optional<double> value = node.is_number() ? node.value<double>() : std::nullopt;
    if (value && !std::isnan(*value) && (infinite || std::isfinite(static_cast<float>(*value)))) {
      return *value;
    }
    Fail(node.source(),
         fmt::format("{}: expected a number that a float holds, found {}", key,
                     value ? fmt::format("{}", *value) : std::string(TomlKind(node))));
  }

  std::optional<double> Number(const toml::table& table, const char* key) const {
    const toml::node* node = table.get(key);
    return node == nullptr ? std::nullopt : std::optional(Number(*node, key, false));
  }

  void ReadEquation(const toml::table& table) {
    const std::optional<std::string> equation = String(table, "equation");
    if (!equation) {
      throw UsageError(fmt::format(
          "{}: expected the key equation, statements of which y = ... is the last, found none; {}",
          where_, Begins(domain_)));
    }
    const toml::source_position begin = table.get("equation")->source().begin;
    try {
      method_.equation = ParseEquation(*equation, domain_);
    } catch (const EquationError& error) {
      const std::size_t value = OffsetOf(text_, begin.line, begin.column);
      throw UsageError(
          fmt::format("{}, {}", where_,
                      AtPlace(text_, OffsetInString(text_, value, error.offset), error.mistake)));
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}, line {}: {}", where_, begin.line, error.what()));
    }
  }

  template <class Visit>
  void ForEachTable(const toml::table& table, const char* key, const Visit& visit) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return;
    const auto expect_table = [&](const toml::node& each, const std::string& name) {
      if (each.is_table()) return;
      Fail(each.source(), fmt::format("{}: expected a table, written as [{}.NAME], found {}", name,
                                      key, TomlKind(each)));
    };
    expect_table(*node, key);
    for (const auto& [name, row] : *node->as_table()) {
      expect_table(row, fmt::format("{}.{}", key, Printable(name.str())));
      visit(name, *row.as_table());
    }
  }

  // What a learned value of a filter begins as.
  Equation FilterExpression(const toml::node& node, const Learned& learned) const {
    try {
      return ParseFilterExpression(*node.value<std::string>(), learned.axes);
    } catch (const UsageError& error) {
      Fail(node.source(), fmt::format("initial of {}: {}", learned.name, error.what()));
    }
  }

  void Learn(const toml::key& name, const toml::table& table) {
    std::vector<std::string> names;
    for (const Learned& learned : method_.equation.learned) names.push_back(learned.name);
    const auto found = std::ranges::find(names, name.str());
    if (found == names.end()) {
      Fail(name.source(),
           fmt::format("unknown learned value '{}': the equation has {}{}", Printable(name.str()),
                       names.empty() ? "none" : Join(names), NearestWords(name.str(), names)));
    }
    CheckKeys(table, {"initial", "decay", "bounds"});
    LearnedRow& row = method_.learned[static_cast<std::size_t>(found - names.begin())];
    const Learned& learned =
        method_.equation.learned[static_cast<std::size_t>(found - names.begin())];
    const toml::node* initial = table.get("initial");
    if (domain_ == Domain::kFilter && initial != nullptr && initial->is_string()) {
      row.initial_of_filter = FilterExpression(*initial, learned);
    } else {
      row.initial = Number(table, "initial").value_or(row.initial);
    }
    row.decays = Flag(table, "decay").value_or(row.decays);
    const toml::node* bounds = table.get("bounds");
    if (bounds == nullptr) return;
    const toml::array* pair = bounds->as_array();
    if (pair == nullptr || pair->size() != 2) {
      Fail(bounds->source(), fmt::format("bounds: expected two numbers, [low, high], found {}",
                                         pair == nullptr ? std::string(TomlKind(*bounds))
                                                         : fmt::format("{}", pair->size())));
    }
    row.lowest = Number((*pair)[0], "bounds", true);
    row.highest = Number((*pair)[1], "bounds", true);
    if (row.initial_of_filter) return;
    if (!(row.lowest <= row.initial && row.initial <= row.highest)) {
      Fail(bounds->source(),
           fmt::format("bounds: expected low <= initial <= high, found {} in [{}, {}]", row.initial,
                       row.lowest, row.highest));
    }
  }

  void Keep(const toml::key& name, const toml::table& table) {
    std::vector<std::string> names;
    for (const Statement& statement : method_.equation.statements) {
      if (statement.running) names.push_back(statement.name);
    }
    const auto found = std::ranges::find(method_.equation.statements, name.str(), &Statement::name);
    if (found == method_.equation.statements.end() || !found->running) {
      Fail(name.source(),
           fmt::format("'{}' keeps no running value, which reductions over images do: the equation "
                       "has {}{}",
                       Printable(name.str()), names.empty() ? "none" : Join(names),
                       NearestWords(name.str(), names)));
    }
    CheckKeys(table, {"start", "unbiased", "state"});
    found->running->start = Number(table, "start").value_or(found->running->start);
    found->running->unbiased = Flag(table, "unbiased").value_or(found->running->unbiased);
    const std::optional<std::string> state = String(table, "state");
    if (!state) return;
    if (!IsPlainName(*state)) {
      Fail(table.get("state")->source(),
           fmt::format("state: expected a name of at most {} letters, digits and _, found '{}'",
                       kLongestState, Printable(*state)));
    }
    method_.states[static_cast<std::size_t>(found - method_.equation.statements.begin())] = *state;
  }

  void CheckStates(const toml::table& table) const {
    const std::optional<std::size_t> taken = FindTakenState(method_);
    if (!taken) return;
    const std::string& statement = method_.equation.statements[*taken].name;
    const toml::node_view row = table["running"][statement];
    Fail(row ? row.node()->source() : table.get("equation")->source(),
         fmt::format("running.{}: expected a state with a name of its own, found '{}', which is "
                     "taken; write state = \"...\"",
                     statement, method_.states[*taken]));
  }

  const std::string& text_;
  const std::string& where_;
  const Domain domain_;
  Method method_;
};

void CheckText(const std::string& text, const std::string& where) {
  if (text.size() > kMostMethodBytes) {
    throw UsageError(fmt::format("{}: expected a method of at most {} bytes, found {}", where,
                                 kMostMethodBytes, text.size()));
  }
  try {
    PlainUtf8(text, where);
  } catch (const DataError& error) {
    throw UsageError(error.what());
  }
  std::size_t line = 1, column = 1;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
      throw UsageError(
          fmt::format("{}, line {}, column {}: expected text, found a control "
                      "character (0x{:02x})",
                      where, line, column, static_cast<unsigned>(c)));
    }
    column = c == '\n' ? 1 : column + 1;
    line += c == '\n';
    if (column > kLongestMethodLine + 1) {
      throw UsageError(
          fmt::format("{}, line {}: expected at most {} bytes; within brackets a "
                      "statement goes on in the next line",
                      where, line, kLongestMethodLine));
    }
  }
}

Method BareMethod(const std::string& text, const std::string& where, Domain domain) {
  Method method;
  method.text = text;
  try {
    method.equation = ParseEquation(text, domain);
    MethodReader::AddDefaults(method);
    if (const auto taken = FindTakenState(method)) {
      const Statement& statement = method.equation.statements[*taken];
      SyntaxError(text, statement.offset,
                  fmt::format("expected another name for this statement than '{}': its running "
                              "value, {}, is taken",
                              statement.name, method.states[*taken]));
    }
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", where, error.what()));
  }
  return method;
}

template <class Parse>
bool IsOf(Domain domain, const Parse& parse) {
  try {
    parse(domain);
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

}  // namespace

bool IsMethodFile(std::string_view text) {
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string_view line = text.substr(start, end - start);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with('[') || line.starts_with('"')) return true;
    const std::string_view name = line.substr(0, line.find_first_of(" \t=.#"));
    const std::size_t after = line.find_first_not_of(" \t", name.size());
    const bool is_key =
        after != std::string_view::npos && (line[after] == '=' || line[after] == '.');
    if (is_key && std::ranges::find(FileWords(), name) != FileWords().end()) return true;
    start = end + 1;
  }
  return false;
}

Method ParseMethod(const std::string& text, const std::string& where, Domain domain) {
  const auto parse = [&](Domain of) {
    CheckText(text, where);
    return IsMethodFile(text) ? MethodReader(text, where, of).Run() : BareMethod(text, where, of);
  };
  try {
    return parse(domain);
  } catch (const UsageError& error) {
    const Domain other = domain == Domain::kMap ? Domain::kFilter : Domain::kMap;
    if (IsOf(other, parse)) {
      throw MethodError(fmt::format(
          "{}: {}", where,
          domain == Domain::kMap
              ? "expected a method over the map x, found one over the filter w: the key weights "
                "takes it (--set weights=FILE)"
              : "expected a method over the filter w, found one over the map x: the key norm takes "
                "it"));
    }
    throw MethodError(error.what());
  }
}

}  // namespace normlab::equation
