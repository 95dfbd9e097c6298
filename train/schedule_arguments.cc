#include "train/schedule_arguments.h"

#include <fmt/format.h>

#include <cassert>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

enum class Domain {
  kPositive,
  kNotNegative,
  kFraction,
  kBelowOne,
  kOpenFraction,
  kCount,
  kWhole,
  kBool
};

struct Number {
  std::string_view name;
  std::optional<double> fallback;  // none: must be given, or has a default outside this table
  Domain domain;
  bool required = false;
};

struct Word {
  std::string_view name;
  std::vector<std::string> values;  // the first is the default; empty: a list of epochs, required
};

struct Kind {
  std::string name;
  std::vector<Number> numbers;
  std::vector<Word> words;
};

const std::vector<Kind>& Kinds() {
  using enum Domain;
  static const std::vector<Kind> kinds{
      {"constant", {}, {}},
      {"step", {{"step_size", {}, kCount, true}, {"gamma", 0.1, kPositive}}, {}},
      {"multistep", {{"gamma", 0.1, kPositive}}, {{"milestones", {}}}},
      {"onecycle",
       {{"max_lr", {}, kPositive},
        {"pct_start", 0.3, kFraction},
        {"cycle_momentum", 1, kBool},
        {"base_momentum", 0.85, kBelowOne},
        {"max_momentum", 0.95, kBelowOne},
        {"div_factor", 25, kPositive},
        {"final_div_factor", 1e4, kPositive},
        {"three_phase", 0, kBool}},
       {{"anneal_strategy", {"cos", "linear"}}}},
      {"plateau",
       {{"factor", 0.1, kOpenFraction},
        {"patience", 10, kWhole},
        {"threshold", 1e-4, kBelowOne},
        {"cooldown", 0, kWhole},
        {"min_lr", 0, kNotNegative},
        {"eps", 1e-8, kNotNegative}},
       {}},
  };
  return kinds;
}

// Numbers past these are typing errors, and would leave the integers or the floats they are used
// in.
constexpr double kLargest = 1e12;

bool Fits(Domain domain, double value) {
  const bool whole = value == std::floor(value) && std::abs(value) <= 1e9;
  switch (domain) {
    case Domain::kPositive:
      return value > 0 && value <= kLargest;
    case Domain::kNotNegative:
      return value >= 0 && value <= kLargest;
    case Domain::kFraction:
      return value >= 0 && value <= 1;
    case Domain::kBelowOne:
      return value >= 0 && value < 1;
    case Domain::kOpenFraction:
      return value > 0 && value < 1;
    case Domain::kCount:
      return whole && value >= 1;
    case Domain::kWhole:
      return whole && value >= 0;
    case Domain::kBool:
      return value == 0 || value == 1;
  }
  return false;
}

std::string_view Expected(Domain domain) {
  switch (domain) {
    case Domain::kPositive:
      return "a number above 0, at most 1e12";
    case Domain::kNotNegative:
      return "a number from 0 to 1e12";
    case Domain::kFraction:
      return "a number from 0 to 1";
    case Domain::kBelowOne:
      return "a number from 0 to below 1";
    case Domain::kOpenFraction:
      return "a number above 0 and below 1";
    case Domain::kCount:
      return "a whole number from 1 to 1e9";
    case Domain::kWhole:
      return "a whole number from 0 to 1e9";
    case Domain::kBool:
      return "true or false";
  }
  return "";
}

template <typename Items>
auto FindNamed(const Items& items, std::string_view name) -> decltype(items.data()) {
  for (const auto& item : items) {
    if (item.name == name) return &item;
  }
  return nullptr;
}

[[noreturn]] void RejectArgument(const Kind& kind, const std::string& argument) {
  std::vector<std::string> known;
  for (const Number& number : kind.numbers) known.emplace_back(number.name);
  for (const Word& word : kind.words) known.emplace_back(word.name);
  if (known.empty()) {
    throw UsageError(
        fmt::format("schedule.{}: schedule {} takes no arguments; leave it out, or name the "
                    "schedule before it",
                    argument, kind.name));
  }
  throw UsageError(fmt::format("schedule.{} is unknown: schedule {} takes {}{}", argument,
                               kind.name, Join(known), NearestWords(argument, known)));
}

[[noreturn]] void RejectType(const std::string& argument, std::string_view expected) {
  throw UsageError(fmt::format("schedule.{}: expected {}", argument, expected));
}

const Kind& FindKind(const std::string& name) {
  if (const Kind* kind = FindNamed(Kinds(), name)) return *kind;
  std::vector<std::string> known;
  for (const Kind& kind : Kinds()) known.push_back(kind.name);
  throw UsageError(fmt::format("schedule '{}' is unknown: expected one of {}{}", name, Join(known),
                               NearestWords(name, known)));
}

constexpr std::string_view kEpochList =
    "epochs as whole numbers from 1 to 1e9, each after the one before, such as \"10 15 18\"";

std::string Expected(const Word& word) {
  return word.values.empty() ? std::string(kEpochList) : Join(word.values, " or ");
}

// Empty where the text is no list of ascending epochs.
std::vector<std::int64_t> ParseEpochs(const std::string& text) {
  std::vector<std::int64_t> epochs;
  for (const std::string& word : SplitWords(text)) {
    std::int64_t epoch = 0;
    const char* end = word.data() + word.size();
    const auto [stop, status] = std::from_chars(word.data(), end, epoch);
    const std::int64_t least = epochs.empty() ? 1 : epochs.back() + 1;
    if (status != std::errc() || stop != end || epoch < least || epoch > 1'000'000'000) return {};
    epochs.push_back(epoch);
  }
  return epochs;
}

void CheckNumber(const Kind& kind, const std::string& argument, double value) {
  if (const Word* word = FindNamed(kind.words, argument)) RejectType(argument, Expected(*word));
  const Number* number = FindNamed(kind.numbers, argument);
  if (number == nullptr) RejectArgument(kind, argument);
  if (Fits(number->domain, value)) return;
  throw UsageError(
      fmt::format("schedule.{} = {}: expected {}", argument, value, Expected(number->domain)));
}

void CheckWord(const Kind& kind, const std::string& argument, const std::string& value) {
  if (const Number* number = FindNamed(kind.numbers, argument)) {
    RejectType(argument, fmt::format("{}; found '{}'", Expected(number->domain), value));
  }
  const Word* word = FindNamed(kind.words, argument);
  if (word == nullptr) RejectArgument(kind, argument);
  for (const std::string& allowed : word->values) {
    if (value == allowed) return;
  }
  if (word->values.empty() && !ParseEpochs(value).empty()) return;
  throw UsageError(
      fmt::format("schedule.{} = '{}': expected {}", argument, Printable(value), Expected(*word)));
}

}  // namespace

std::string ScheduleArgumentValues(const std::string& argument, const std::string& origin) {
  std::vector<std::string> known;
  for (const Kind& kind : Kinds()) {
    if (const Number* number = FindNamed(kind.numbers, argument)) {
      return std::string(Expected(number->domain));
    }
    if (const Word* word = FindNamed(kind.words, argument)) return Expected(*word);
    for (const Number& number : kind.numbers) known.emplace_back(number.name);
    for (const Word& word : kind.words) known.emplace_back(word.name);
  }
  const std::string nearest = NearestWords(argument, known);
  throw UsageError(fmt::format("{}: schedule.{}: no schedule has such an argument{}", origin,
                               Printable(argument), nearest.empty() ? "; leave it out" : nearest));
}

void CheckSchedule(const ScheduleOptions& options) {
  const Kind& kind = FindKind(options.name);
  for (const auto& [argument, value] : options.numbers) CheckNumber(kind, argument, value);
  for (const auto& [argument, value] : options.words) CheckWord(kind, argument, value);
  for (const Number& number : kind.numbers) {
    if (number.required && !options.numbers.contains(std::string(number.name))) {
      throw UsageError(fmt::format("schedule {} needs schedule.{}: expected {}, found none",
                                   kind.name, number.name, Expected(number.domain)));
    }
  }
  for (const Word& word : kind.words) {
    if (word.values.empty() && !options.words.contains(std::string(word.name))) {
      throw UsageError(fmt::format("schedule {} needs schedule.{}: expected {}, found none",
                                   kind.name, word.name, Expected(word)));
    }
  }
}

double ScheduleNumber(const ScheduleOptions& options, std::string_view argument) {
  const auto given = options.numbers.find(std::string(argument));
  if (given != options.numbers.end()) return given->second;
  const Number* number = FindNamed(FindKind(options.name).numbers, argument);
  assert(number != nullptr && number->fallback.has_value());
  return *number->fallback;
}

std::string ScheduleWord(const ScheduleOptions& options, std::string_view argument) {
  const auto given = options.words.find(std::string(argument));
  if (given != options.words.end()) return given->second;
  const Word* word = FindNamed(FindKind(options.name).words, argument);
  assert(word != nullptr);
  return word->values.front();
}

std::vector<std::int64_t> ScheduleEpochs(const ScheduleOptions& options,
                                         std::string_view argument) {
  return ParseEpochs(options.words.at(std::string(argument)));
}

}  // namespace normlab
