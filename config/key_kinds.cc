#include "config/key_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/home.h"
#include "base/text.h"

namespace normlab {
namespace {

template <typename T>
bool ParseAll(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  return status == std::errc() && stop == end;
}

// `parse` gives nothing where the text is not allowed.
template <typename T, typename Parse, typename Print>
Key FieldKey(KeyScope scope, std::string name, ValueKind kind, std::string allowed,
             std::string meaning, Field<T> field, const Parse& parse, const Print& print) {
  const auto set = [=](Settings& settings, const std::string& text) {
    const std::optional<T> value = parse(text);
    if (value) field(settings) = *value;
    return value.has_value();
  };
  // The accessor itself never changes anything.
  const auto print_field = [=](const Settings& settings) -> std::string {
    return print(field(const_cast<Settings&>(settings)));
  };
  return {std::move(name), scope, kind, std::move(allowed), std::move(meaning), set, print_field};
}

template <typename T>
std::optional<T> Whole(const std::string& text, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  if (!ParseInteger(text, value) || value < low || value > high) return std::nullopt;
  return static_cast<T>(value);
}

constexpr auto kAsText = [](const auto& value) { return fmt::format("{}", value); };
constexpr auto kQuoted = [](const std::string& value) { return QuoteToml(value); };

// Without a name where the table needs none.
std::string PrintChoice(const ChoiceFamily& family, const Choice& choice) {
  if (choice.numbers.empty() && choice.words.empty()) return QuoteToml(choice.name);
  std::vector<std::string> parts;
  if (family.named()) parts.push_back("name = " + QuoteToml(choice.name));
  for (const auto& [name, value] : choice.words) {
    parts.push_back(fmt::format("{} = {}", name, QuoteToml(value)));
  }
  for (const auto& [name, value] : choice.numbers) {
    const bool flag = TypeOfArgument(family, name) == ArgumentType::kBool;
    parts.push_back(flag ? fmt::format("{} = {}", name, value != 0)
                         : fmt::format("{} = {}", name, value));
  }
  return "{ " + Join(parts) + " }";
}

}  // namespace

bool ParseNumber(const std::string& text, double& value) {
  return ParseAll(text, value) && std::isfinite(value);
}

bool ParseInteger(const std::string& text, std::int64_t& value) { return ParseAll(text, value); }

bool ParseBoolean(const std::string& text, bool& value) {
  value = text == "true" || text == "1";
  return value || text == "false" || text == "0";
}

Key BooleanKey(KeyScope scope, std::string name, Field<bool> field, std::string meaning) {
  const auto parse = [](const std::string& text) {
    bool value = false;
    return ParseBoolean(text, value) ? std::optional(value) : std::nullopt;
  };
  return FieldKey<bool>(scope, std::move(name), ValueKind::kBoolean, "true or false",
                        std::move(meaning), field, parse, kAsText);
}

template <typename T>
Key IntegerKey(KeyScope scope, std::string name, Field<T> field, std::int64_t low,
               std::int64_t high, std::string meaning) {
  return FieldKey<T>(
      scope, std::move(name), ValueKind::kInteger,
      fmt::format("a whole number from {} to {}", low, high), std::move(meaning), field,
      [=](const std::string& text) { return Whole<T>(text, low, high); }, kAsText);
}

template Key IntegerKey<int>(KeyScope, std::string, Field<int>, std::int64_t, std::int64_t,
                             std::string);
template Key IntegerKey<std::int64_t>(KeyScope, std::string, Field<std::int64_t>, std::int64_t,
                                      std::int64_t, std::string);
template Key IntegerKey<std::uint64_t>(KeyScope, std::string, Field<std::uint64_t>, std::int64_t,
                                       std::int64_t, std::string);

Key AutoKey(KeyScope scope, std::string name, Field<int> field, std::int64_t low, std::int64_t high,
            std::string meaning) {
  return FieldKey<int>(
      scope, std::move(name), ValueKind::kText,
      fmt::format("auto, or a whole number from {} to {}", low, high), std::move(meaning), field,
      [=](const std::string& text) {
        return text == "auto" ? std::optional(0) : Whole<int>(text, low, high);
      },
      [](int value) { return value == 0 ? QuoteToml("auto") : std::to_string(value); });
}

Key RealKey(std::string name, Field<double> field, double low, Bound low_bound, double high,
            Bound high_bound, std::string meaning) {
  const auto parse = [=](const std::string& text) -> std::optional<double> {
    double value = 0;
    if (!ParseNumber(text, value) || value < low || value > high) return std::nullopt;
    if (value == low && low_bound == Bound::kOpen) return std::nullopt;
    if (value == high && high_bound == Bound::kOpen) return std::nullopt;
    return value + 0.0;  // -0 and 0 are one configuration
  };
  return FieldKey<double>(
      KeyScope::kArm, std::move(name), ValueKind::kReal,
      fmt::format("a number {} {} and {} {}", low_bound == Bound::kOpen ? "above" : "from", low,
                  high_bound == Bound::kOpen ? "below" : "up to", high),
      std::move(meaning), field, parse, kAsText);
}

Key WordKey(KeyScope scope, std::string name, Field<std::string> field,
            std::vector<std::string> choices, std::string allowed, std::string meaning) {
  if (allowed.empty()) allowed = "one of " + Join(choices);
  const auto parse = [choices](const std::string& text) {
    const bool fits = choices.empty() || std::ranges::find(choices, text) != choices.end();
    return fits ? std::optional(text) : std::nullopt;
  };
  return FieldKey<std::string>(scope, std::move(name), ValueKind::kWord, std::move(allowed),
                               std::move(meaning), field, parse, kQuoted);
}

Key PathKey(KeyScope scope, std::string name, Field<std::string> field, std::string allowed,
            std::string meaning) {
  const auto parse = [](const std::string& text) { return std::optional(ExpandHome(text)); };
  return FieldKey<std::string>(scope, std::move(name), ValueKind::kWord, std::move(allowed),
                               std::move(meaning), field, parse, kQuoted);
}

bool SetChoiceArgument(const ChoiceFamily& family, const std::string& argument,
                       const std::string& value, Choice& choice) {
  const ArgumentType type = TypeOfArgument(family, argument).value_or(ArgumentType::kWord);
  double number = 0;
  bool flag = false;
  switch (type) {
    case ArgumentType::kWord:
      choice.words[argument] = value;
      return true;
    case ArgumentType::kBool:
      if (!ParseBoolean(value, flag)) return false;
      choice.numbers[argument] = flag ? 1 : 0;
      return true;
    case ArgumentType::kNumber:
      if (!ParseNumber(value, number)) return false;
      choice.numbers[argument] = number + 0.0;
      return true;
  }
  return false;
}

Key ChoiceKey(const ChoiceFamily& family, Field<Choice> field, const std::string& arguments,
              std::string meaning) {
  const std::vector<std::string> names = family.names();
  const auto parse = [names](const std::string& text) -> std::optional<Choice> {
    if (std::ranges::find(names, text) == names.end()) return std::nullopt;
    return Choice(text);
  };
  const std::string allowed =
      family.named() ? fmt::format("one of {}, or a table with name and {}", Join(names), arguments)
                     : fmt::format("none, or a table with {}", arguments);
  Key key = FieldKey<Choice>(
      KeyScope::kArm, family.key, ValueKind::kWord, allowed, std::move(meaning), field, parse,
      [&family](const Choice& choice) { return PrintChoice(family, choice); });
  key.family = &family;
  key.choice = field;
  return key;
}

}  // namespace normlab
