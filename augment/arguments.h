// The notation of augmentations: calls such as "rotation(7, fill=1)", and their checked arguments.
//
//   pipeline = call { [white space] call }      call  = name [ "(" [ argument { "," argument } ]
//   ")" ] argument = [ name "=" ] value               value = number | number ".." number
// Positional arguments come first. Everything here throws UsageError.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "augment/uniform_range.h"

namespace normlab {

struct Argument {
  std::string name;  // empty when positional
  std::string value;
};

struct Call {
  std::string name;
  std::vector<Argument> arguments;
};

std::vector<Call> ParseCalls(std::string_view text);

class Arguments {
 public:
  // `names` are all that the transform knows, in positional order.
  Arguments(const Call& call, const std::vector<std::string>& names);

  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  void Require(std::string_view name) const;

  // `allowed` is inclusive. What is not given is the fallback, or nothing.
  double Number(std::string_view name, double fallback, UniformRange allowed) const;
  int Integer(std::string_view name, int fallback, UniformRange allowed) const;
  std::uint8_t Fill() const;  // "fill", 0 .. 255
  // One of `words`; what is not given is the first.
  std::string Word(std::string_view name, const std::vector<std::string>& words) const;
  std::optional<UniformRange> Range(std::string_view name, UniformRange allowed) const;
  // A single number x means neutral - x .. neutral + x, its low end cut at allowed.low where that
  // is 0 (a factor cannot be negative).
  std::optional<UniformRange> NumberOrRange(std::string_view name, double neutral,
                                            UniformRange allowed) const;

 private:
  const std::string* Find(std::string_view name) const;
  double ReadNumber(std::string_view name, std::string_view number, UniformRange allowed) const;
  UniformRange ReadRange(std::string_view name, std::string_view value, UniformRange allowed) const;
  [[noreturn]] void Fail(std::string_view name, const std::string& expected) const;

  std::string transform_;
  std::vector<Argument> given_;
};

}  // namespace normlab
