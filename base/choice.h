// A choice by name that has arguments of its own, as a recipe writes it:
// { name = "onecycle", pct_start = 0.2 }; and the tables that say which choices there are.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace normlab {

// What is not given has the default of its table.
struct Choice {
  Choice() = default;
  Choice(const char* chosen) : name(chosen) {}  // NOLINT: reads as the name alone
  Choice(std::string chosen, std::map<std::string, double> given = {},
         std::map<std::string, std::string> said = {})
      : name(std::move(chosen)), numbers(std::move(given)), words(std::move(said)) {}

  std::string name;
  std::map<std::string, double> numbers;  // true and false are 1 and 0
  std::map<std::string, std::string> words;

  friend bool operator==(const Choice&, const Choice&) = default;
};

enum class ArgumentDomain {
  kPositive,      // above 0, at most 1e12
  kNotNegative,   // 0 to 1e12
  kFraction,      // 0 to 1
  kBelowOne,      // 0 to below 1
  kOpenFraction,  // above 0 and below 1
  kCount,         // a whole number from 1
  kWhole,         // a whole number from 0
  kBool
};

struct NumberArgument {
  std::string_view name;
  std::optional<double> fallback;  // none: must be given, or has a default outside the table
  ArgumentDomain domain = ArgumentDomain::kPositive;
  bool required = false;
};

struct WordArgument {
  std::string_view name;
  std::vector<std::string> values;  // the first is the default; empty: a list of epochs, required
};

struct ChoiceKind {
  std::string name;
  std::vector<NumberArgument> numbers;
  std::vector<WordArgument> words;
};

// All choices that a key has. Of a key whose table needs no name there is one kind, "none".
struct ChoiceFamily {
  std::string key;  // "schedule"
  std::vector<ChoiceKind> kinds;

  std::vector<std::string> names() const;
  bool named() const { return kinds.size() > 1; }
};

enum class ArgumentType { kNumber, kBool, kWord };
// The same of every kind that has an argument of this name; nothing where none has it.
std::optional<ArgumentType> TypeOfArgument(const ChoiceFamily& family, std::string_view argument);

// What an argument of any kind may be: "a number above 0, at most 1e12". Throws UsageError that
// begins with `origin` where no kind has one that is called so.
std::string ArgumentValues(const ChoiceFamily& family, const std::string& argument,
                           const std::string& origin);

// Throws UsageError: an unknown name or argument (with the nearest), a value out of range, an
// argument that is missing.
void CheckChoice(const ChoiceFamily& family, const Choice& choice);

// The value given, or the default. `choice` has passed CheckChoice, and `argument` is one of its
// kind's that has a default.
double NumberOf(const ChoiceFamily& family, const Choice& choice, std::string_view argument);
std::string WordOf(const ChoiceFamily& family, const Choice& choice, std::string_view argument);

// Of an argument that lists epochs, ascending.
std::vector<std::int64_t> EpochsOf(const Choice& choice, std::string_view argument);

}  // namespace normlab
