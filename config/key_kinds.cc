#include "config/key_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

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

// A key's field, read; the accessor itself never changes anything.
template <typename T>
const T& Get(Field<T> field, const Settings& settings) {
  return field(const_cast<Settings&>(settings));
}

bool IsBooleanArgument(const std::string& name) {
  return name == "cycle_momentum" || name == "three_phase";
}

std::string PrintSchedule(const ScheduleOptions& schedule) {
  if (schedule.numbers.empty() && schedule.words.empty()) return QuoteToml(schedule.name);
  std::string text = fmt::format("{{ name = {}", QuoteToml(schedule.name));
  for (const auto& [name, value] : schedule.words) {
    text += fmt::format(", {} = {}", name, QuoteToml(value));
  }
  for (const auto& [name, value] : schedule.numbers) {
    if (IsBooleanArgument(name)) {
      text += fmt::format(", {} = {}", name, value != 0);
    } else {
      text += fmt::format(", {} = {}", name, value);
    }
  }
  return text + " }";
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
  return {.name = std::move(name),
          .scope = scope,
          .kind = ValueKind::kBoolean,
          .allowed = "true or false",
          .meaning = std::move(meaning),
          .set =
              [field](Settings& settings, const std::string& text) {
                bool value = false;
                if (!ParseBoolean(text, value)) return false;
                field(settings) = value;
                return true;
              },
          .print =
              [field](const Settings& settings) {
                return std::string(Get(field, settings) ? "true" : "false");
              }};
}

template <typename T>
Key IntegerKey(KeyScope scope, std::string name, Field<T> field, std::int64_t low,
               std::int64_t high, std::string meaning) {
  return {
      .name = std::move(name),
      .scope = scope,
      .kind = ValueKind::kInteger,
      .allowed = fmt::format("a whole number from {} to {}", low, high),
      .meaning = std::move(meaning),
      .set =
          [=](Settings& settings, const std::string& text) {
            std::int64_t value = 0;
            if (!ParseInteger(text, value) || value < low || value > high) return false;
            field(settings) = static_cast<T>(value);
            return true;
          },
      .print = [field](const Settings& settings) { return std::to_string(Get(field, settings)); }};
}

template Key IntegerKey<int>(KeyScope, std::string, Field<int>, std::int64_t, std::int64_t,
                             std::string);
template Key IntegerKey<std::int64_t>(KeyScope, std::string, Field<std::int64_t>, std::int64_t,
                                      std::int64_t, std::string);
template Key IntegerKey<std::uint64_t>(KeyScope, std::string, Field<std::uint64_t>, std::int64_t,
                                       std::int64_t, std::string);

Key AutoKey(KeyScope scope, std::string name, Field<int> field, std::int64_t low, std::int64_t high,
            std::string meaning) {
  return {.name = std::move(name),
          .scope = scope,
          .kind = ValueKind::kText,
          .allowed = fmt::format("auto, or a whole number from {} to {}", low, high),
          .meaning = std::move(meaning),
          .set =
              [=](Settings& settings, const std::string& text) {
                std::int64_t value = 0;
                const bool is_number = ParseInteger(text, value) && value >= low && value <= high;
                if (!is_number && text != "auto") return false;
                field(settings) = is_number ? static_cast<int>(value) : 0;
                return true;
              },
          .print =
              [field](const Settings& settings) {
                const int value = Get(field, settings);
                return value == 0 ? QuoteToml("auto") : std::to_string(value);
              }};
}

Key RealKey(std::string name, Field<double> field, double low, Bound low_bound, double high,
            Bound high_bound, std::string meaning) {
  return {
      .name = std::move(name),
      .scope = KeyScope::kArm,
      .kind = ValueKind::kReal,
      .allowed =
          fmt::format("a number {} {} and {} {}", low_bound == Bound::kOpen ? "above" : "from", low,
                      high_bound == Bound::kOpen ? "below" : "up to", high),
      .meaning = std::move(meaning),
      .set =
          [=](Settings& settings, const std::string& text) {
            double value = 0;
            if (!ParseNumber(text, value) || value < low || value > high) return false;
            if (value == low && low_bound == Bound::kOpen) return false;
            if (value == high && high_bound == Bound::kOpen) return false;
            field(settings) = value + 0.0;  // -0 and 0 are one configuration
            return true;
          },
      .print =
          [field](const Settings& settings) { return fmt::format("{}", Get(field, settings)); }};
}

Key WordKey(KeyScope scope, std::string name, Field<std::string> field,
            std::vector<std::string> choices, std::string allowed, std::string meaning) {
  if (allowed.empty()) allowed = "one of " + Join(choices);
  return {.name = std::move(name),
          .scope = scope,
          .kind = ValueKind::kWord,
          .allowed = std::move(allowed),
          .meaning = std::move(meaning),
          .set =
              [=](Settings& settings, const std::string& text) {
                if (!choices.empty() && std::ranges::find(choices, text) == choices.end()) {
                  return false;
                }
                field(settings) = text;
                return true;
              },
          .print = [field](const Settings& settings) { return QuoteToml(Get(field, settings)); }};
}

Key PathKey(KeyScope scope, std::string name, Field<std::string> field, std::string allowed,
            std::string meaning) {
  Key key = WordKey(scope, std::move(name), field, {}, std::move(allowed), std::move(meaning));
  key.set = [field](Settings& settings, const std::string& text) {
    field(settings) = ExpandHome(text);
    return true;
  };
  return key;
}

bool SetScheduleArgument(const std::string& argument, const std::string& value,
                         ScheduleOptions& schedule) {
  if (argument == "anneal_strategy" || argument == "milestones") {
    schedule.words[argument] = value;
    return true;
  }
  if (bool flag = false; IsBooleanArgument(argument)) {
    if (!ParseBoolean(value, flag)) return false;
    schedule.numbers[argument] = flag ? 1 : 0;
    return true;
  }
  double number = 0;
  if (!ParseNumber(value, number)) return false;
  schedule.numbers[argument] = number + 0.0;
  return true;
}

Key ScheduleKey() {
  const std::vector<std::string> names = {"constant", "step", "multistep", "onecycle", "plateau"};
  return {
      .name = "schedule",
      .scope = KeyScope::kArm,
      .kind = ValueKind::kWord,
      .allowed = "one of " + Join(names) + ", or a table with name and PyTorch's arguments",
      .meaning = "learning-rate schedule; schedule.KEY sets one argument of it",
      .set =
          [=](Settings& settings, const std::string& text) {
            if (std::ranges::find(names, text) == names.end()) return false;
            settings.config.schedule = ScheduleOptions{};
            settings.config.schedule.name = text;
            return true;
          },
      .print = [](const Settings& settings) { return PrintSchedule(settings.config.schedule); }};
}

}  // namespace normlab
