#include "base/choice.h"

#include <fmt/format.h>

#include <cassert>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

// Numbers past these are typing errors, and would leave the integers or the floats they are used
// in.
constexpr double kLargest = 1e12;

bool Fits(ArgumentDomain domain, double value) {
  const bool whole = value == std::floor(value) && std::abs(value) <= 1e9;
  switch (domain) {
    case ArgumentDomain::kPositive:
      return value > 0 && value <= kLargest;
    case ArgumentDomain::kNotNegative:
      return value >= 0 && value <= kLargest;
    case ArgumentDomain::kFraction:
      return value >= 0 && value <= 1;
    case ArgumentDomain::kBelowOne:
      return value >= 0 && value < 1;
    case ArgumentDomain::kOpenFraction:
      return value > 0 && value < 1;
    case ArgumentDomain::kCount:
      return whole && value >= 1;
    case ArgumentDomain::kWhole:
      return whole && value >= 0;
    case ArgumentDomain::kBool:
      return value == 0 || value == 1;
  }
  return false;
}

std::string_view Expected(ArgumentDomain domain) {
  switch (domain) {
    case ArgumentDomain::kPositive:
      return "a number above 0, at most 1e12";
    case ArgumentDomain::kNotNegative:
      return "a number from 0 to 1e12";
    case ArgumentDomain::kFraction:
      return "a number from 0 to 1";
    case ArgumentDomain::kBelowOne:
      return "a number from 0 to below 1";
    case ArgumentDomain::kOpenFraction:
      return "a number above 0 and below 1";
    case ArgumentDomain::kCount:
      return "a whole number from 1 to 1e9";
    case ArgumentDomain::kWhole:
      return "a whole number from 0 to 1e9";
    case ArgumentDomain::kBool:
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

void AddNames(const ChoiceKind& kind, std::vector<std::string>& names) {
  for (const NumberArgument& number : kind.numbers) names.emplace_back(number.name);
  for (const WordArgument& word : kind.words) names.emplace_back(word.name);
}

// "schedule onecycle"; of a key whose table has no name the key alone.
std::string Title(const ChoiceFamily& family, const ChoiceKind& kind) {
  return family.named() ? fmt::format("{} {}", family.key, kind.name) : family.key;
}

[[noreturn]] void RejectArgument(const ChoiceFamily& family, const ChoiceKind& kind,
                                 const std::string& argument) {
  std::vector<std::string> known;
  AddNames(kind, known);
  const std::string name = Printable(argument);
  if (known.empty()) {
    throw UsageError(
        fmt::format("{}.{}: {} takes no arguments; leave it out, or name the {} before it",
                    family.key, name, Title(family, kind), family.key));
  }
  throw UsageError(fmt::format("{}.{} is unknown: {} takes {}{}", family.key, name,
                               Title(family, kind), Join(known), NearestWords(argument, known)));
}

[[noreturn]] void RejectType(const ChoiceFamily& family, const std::string& argument,
                             std::string_view expected) {
  throw UsageError(fmt::format("{}.{}: expected {}", family.key, argument, expected));
}

const ChoiceKind& FindKind(const ChoiceFamily& family, const std::string& name) {
  if (const ChoiceKind* kind = FindNamed(family.kinds, name)) return *kind;
  throw UsageError(fmt::format("{} '{}' is unknown: expected one of {}{}", family.key,
                               Printable(name), Join(family.names()),
                               NearestWords(name, family.names())));
}

constexpr std::string_view kEpochList =
    "epochs as whole numbers from 1 to 1e9, each after the one before, such as \"10 15 18\"";

std::string Expected(const WordArgument& word) {
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

void CheckNumber(const ChoiceFamily& family, const ChoiceKind& kind, const std::string& argument,
                 double value) {
  if (const WordArgument* word = FindNamed(kind.words, argument)) {
    RejectType(family, argument, Expected(*word));
  }
  const NumberArgument* number = FindNamed(kind.numbers, argument);
  if (number == nullptr) RejectArgument(family, kind, argument);
  if (Fits(number->domain, value)) return;
  throw UsageError(fmt::format("{}.{} = {}: expected {}", family.key, argument, value,
                               Expected(number->domain)));
}

void CheckWord(const ChoiceFamily& family, const ChoiceKind& kind, const std::string& argument,
               const std::string& value) {
  if (const NumberArgument* number = FindNamed(kind.numbers, argument)) {
    RejectType(family, argument, fmt::format("{}; found '{}'", Expected(number->domain), value));
  }
  const WordArgument* word = FindNamed(kind.words, argument);
  if (word == nullptr) RejectArgument(family, kind, argument);
  for (const std::string& allowed : word->values) {
    if (value == allowed) return;
  }
  if (word->values.empty() && !ParseEpochs(value).empty()) return;
  throw UsageError(fmt::format("{}.{} = '{}': expected {}{}", family.key, argument,
                               Printable(value), Expected(*word),
                               NearestWords(value, word->values)));
}

[[noreturn]] void RejectMissing(const ChoiceFamily& family, const ChoiceKind& kind,
                                std::string_view argument, const std::string& expected) {
  throw UsageError(fmt::format("{} needs {}.{}: expected {}, found none", Title(family, kind),
                               family.key, argument, expected));
}

}  // namespace

std::vector<std::string> ChoiceFamily::names() const {
  std::vector<std::string> names;
  for (const ChoiceKind& kind : kinds) names.push_back(kind.name);
  return names;
}

std::optional<ArgumentType> TypeOfArgument(const ChoiceFamily& family, std::string_view argument) {
  for (const ChoiceKind& kind : family.kinds) {
    if (const NumberArgument* number = FindNamed(kind.numbers, argument)) {
      return number->domain == ArgumentDomain::kBool ? ArgumentType::kBool : ArgumentType::kNumber;
    }
    if (FindNamed(kind.words, argument) != nullptr) return ArgumentType::kWord;
  }
  return std::nullopt;
}

std::string ArgumentValues(const ChoiceFamily& family, const std::string& argument,
                           const std::string& origin) {
  std::vector<std::string> known;
  for (const ChoiceKind& kind : family.kinds) {
    if (const NumberArgument* number = FindNamed(kind.numbers, argument)) {
      return std::string(Expected(number->domain));
    }
    if (const WordArgument* word = FindNamed(kind.words, argument)) return Expected(*word);
    AddNames(kind, known);
  }
  const std::string nearest = NearestWords(argument, known);
  throw UsageError(family.named()
                       ? fmt::format("{}: {}.{}: no {} has such an argument{}", origin, family.key,
                                     Printable(argument), family.key,
                                     nearest.empty() ? "; leave it out" : nearest)
                       : fmt::format("{}: {}.{} is unknown: expected one of {}{}", origin,
                                     family.key, Printable(argument), Join(known), nearest));
}

void CheckChoice(const ChoiceFamily& family, const Choice& choice) {
  const ChoiceKind& kind = FindKind(family, choice.name);
  for (const auto& [argument, value] : choice.numbers) CheckNumber(family, kind, argument, value);
  for (const auto& [argument, value] : choice.words) CheckWord(family, kind, argument, value);
  for (const NumberArgument& number : kind.numbers) {
    if (number.required && !choice.numbers.contains(std::string(number.name))) {
      RejectMissing(family, kind, number.name, std::string(Expected(number.domain)));
    }
  }
  for (const WordArgument& word : kind.words) {
    if (word.values.empty() && !choice.words.contains(std::string(word.name))) {
      RejectMissing(family, kind, word.name, Expected(word));
    }
  }
}

double NumberOf(const ChoiceFamily& family, const Choice& choice, std::string_view argument) {
  const auto given = choice.numbers.find(std::string(argument));
  if (given != choice.numbers.end()) return given->second;
  const NumberArgument* number = FindNamed(FindKind(family, choice.name).numbers, argument);
  assert(number != nullptr && number->fallback.has_value());
  return *number->fallback;
}

std::string WordOf(const ChoiceFamily& family, const Choice& choice, std::string_view argument) {
  const auto given = choice.words.find(std::string(argument));
  if (given != choice.words.end()) return given->second;
  const WordArgument* word = FindNamed(FindKind(family, choice.name).words, argument);
  assert(word != nullptr);
  return word->values.front();
}

std::vector<std::int64_t> EpochsOf(const Choice& choice, std::string_view argument) {
  return ParseEpochs(choice.words.at(std::string(argument)));
}

}  // namespace normlab
