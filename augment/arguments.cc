#include "augment/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

[[noreturn]] void FailUnknown(const std::string& transform, const std::string& name,
                              const std::vector<std::string>& names) {
  throw UsageError(fmt::format("augment: {} has no argument \"{}\", expected one of {}{}",
                               transform, Printable(name), Join(names), NearestWords(name, names)));
}

// The whole word as a finite number.
std::optional<double> ToNumber(std::string_view word) {
  double number = 0;
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc() || stop != end || !std::isfinite(number)) return std::nullopt;
  return number + 0.0;  // -0 would be written back as "-0"
}

constexpr std::string_view kRangeSign = "..";

}  // namespace

Arguments::Arguments(const Call& call, const std::vector<std::string>& names)
    : transform_(call.name) {
  for (const Argument& argument : call.arguments) {
    std::string name = argument.name;
    if (name.empty()) {
      if (given_.size() == names.size()) {
        throw UsageError(
            fmt::format("augment: {} takes at most {} arguments ({}); found one more: \"{}\"",
                        transform_, names.size(), Join(names), Printable(argument.value)));
      }
      name = names[given_.size()];
    } else if (std::find(names.begin(), names.end(), name) == names.end()) {
      FailUnknown(transform_, name, names);
    }
    if (Has(name)) {
      throw UsageError(
          fmt::format("augment: {} is given \"{}\" twice; keep one", transform_, name));
    }
    given_.push_back({std::move(name), argument.value});
  }
}

const std::string* Arguments::Find(std::string_view name) const {
  for (const Argument& argument : given_) {
    if (argument.name == name) return &argument.value;
  }
  return nullptr;
}

void Arguments::Fail(std::string_view name, const std::string& expected) const {
  throw UsageError(fmt::format("augment: {}({}={}): expected {}", transform_, name,
                               Printable(*Find(name)), expected));
}

void Arguments::Require(std::string_view name) const {
  if (Has(name)) return;
  throw UsageError(fmt::format("augment: {} needs its first argument, {}; write {}(...)",
                               transform_, name, transform_));
}

double Arguments::ReadNumber(std::string_view name, std::string_view number,
                             UniformRange allowed) const {
  const std::optional<double> value = ToNumber(number);
  if (!value || *value < allowed.low || *value > allowed.high) {
    Fail(name, fmt::format("a number from {} to {}", allowed.low, allowed.high));
  }
  return *value;
}

UniformRange Arguments::ReadRange(std::string_view name, std::string_view value,
                                  UniformRange allowed) const {
  const std::size_t sign = value.find(kRangeSign);
  UniformRange range;
  range.low = ReadNumber(name, value.substr(0, sign), allowed);
  range.high = ReadNumber(name, value.substr(sign + kRangeSign.size()), allowed);
  if (range.low > range.high) Fail(name, "low..high with low not above high");
  return range;
}

double Arguments::Number(std::string_view name, double fallback, UniformRange allowed) const {
  const std::string* value = Find(name);
  return value ? ReadNumber(name, *value, allowed) : fallback;
}

int Arguments::Integer(std::string_view name, int fallback, UniformRange allowed) const {
  const double number = Number(name, fallback, allowed);
  if (number != std::floor(number)) {
    Fail(name, fmt::format("a whole number from {} to {}", allowed.low, allowed.high));
  }
  return static_cast<int>(number);
}

std::uint8_t Arguments::Fill() const {
  return static_cast<std::uint8_t>(Integer("fill", 0, {0, 255}));
}

std::string Arguments::Word(std::string_view name, const std::vector<std::string>& words) const {
  const std::string* value = Find(name);
  if (!value) return words.front();
  if (std::find(words.begin(), words.end(), *value) == words.end()) {
    Fail(name, "one of " + Join(words) + NearestWords(*value, words));
  }
  return *value;
}

std::optional<UniformRange> Arguments::Range(std::string_view name, UniformRange allowed) const {
  const std::string* value = Find(name);
  if (!value) return std::nullopt;
  if (value->find(kRangeSign) == std::string::npos) {
    Fail(name, fmt::format("a range low..high within {}", allowed.text()));
  }
  return ReadRange(name, *value, allowed);
}

std::optional<UniformRange> Arguments::NumberOrRange(std::string_view name, double neutral,
                                                     UniformRange allowed) const {
  const std::string* value = Find(name);
  if (!value) return std::nullopt;
  if (value->find(kRangeSign) != std::string::npos) return ReadRange(name, *value, allowed);
  const double spread = ReadNumber(name, *value, {0, allowed.high - neutral});
  return UniformRange{std::max(neutral - spread, allowed.low) + 0.0, neutral + spread};
}

}  // namespace normlab
