#include "explain/values_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/text_file.h"
#include "explain/json_check.h"
#include "explain/nested_values.h"
#include "explain/worked_example.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

constexpr std::array kOwnKeys = {"x", "dy", "eps", "momentum", "steps"};

std::size_t RankOf(const Json& json) {
  std::size_t rank = 0;
  for (const Json* level = &json; level->is_array() && !level->empty() && rank < 4; ++rank) {
    level = &level->front();
  }
  return rank;
}

NestedValues Values(const Json& json, const std::string& origin, const std::string& key,
                    std::size_t rank) {
  return ReadNestedValues(json, fmt::format("{}: {}", origin, Printable(key)), rank,
                          kMostExampleValues);
}

std::optional<double> OptionalNumber(const Json& json, const std::string& origin, const char* key,
                                     double least, double most) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  const std::string where = fmt::format("{}: {}", origin, key);
  const double value = ReadNumber(*found, where);
  if (value < least || value > most) {
    throw DataError(fmt::format("{}: expected a number from {} to {}, found {}", where, least, most,
                                found->dump()));
  }
  return value;
}

// What the file has for a value of the method; gamma and beta are what papers call weight and bias.
const NestedValues* Given(const ExampleValues& values, const NormMethod& method,
                          const std::string& key) {
  const auto learns = [&](std::string_view name) {
    return std::ranges::any_of(method.equation->equation.learned,
                               [&](const auto& each) { return each.name == name; });
  };
  auto found = values.named.find(key);
  if (found == values.named.end() && key == "weight" && !learns("gamma")) {
    found = values.named.find("gamma");
  }
  if (found == values.named.end() && key == "bias" && !learns("beta")) {
    found = values.named.find("beta");
  }
  return found == values.named.end() ? nullptr : &found->second;
}

// All that a method reads beside x, by key.
std::vector<std::string> KeysOf(const NormMethod& method) {
  std::vector<std::string> keys;
  for (const auto& each : method.equation->equation.learned) keys.push_back(LearnedKey(each.name));
  for (const std::string& state : method.equation->states) {
    if (!state.empty()) keys.push_back(state);
  }
  return keys;
}

void CheckVariances(const ExampleInput& input, std::size_t statement, const std::string& origin) {
  const Doubles& values = input.running[statement];
  const auto negative = std::ranges::find_if(values, [](double v) { return v < 0; });
  const auto& kept = input.equation().statements[statement];
  const bool variance = input.equation().nodes[kept.node].reduction == equation::Reduction::kVar;
  if (!variance || negative == values.end()) return;
  throw DataError(fmt::format("{}: {}[{}]: expected a variance >= 0, found {}", origin,
                              input.state(statement), negative - values.begin(), *negative));
}

// The values of a key into those that are there, one for each place of these axes.
void Take(const ExampleValues& values, const std::string& key, Axes axes, FitValues fit,
          const ExampleInput& input, Doubles& into) {
  const NestedValues* given = Given(values, *input.method, key);
  if (given == nullptr) return;
  const std::vector<int> expected = ValueExtents(input.extents, axes);
  const bool repeats = fit == FitValues::kLoosely && axes.Has(Axes::Channels()) &&
                       given->extents == std::vector<int>{input.extents.channels};
  if (repeats) {
    const std::vector<std::size_t> channel = Beside(input.extents, axes, Axes::Channels());
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = given->values[channel[i]];
    return;
  }
  if (given->extents != expected) {
    throw DataError(fmt::format("{}: {}: expected {} values for {}, found {}", values.origin, key,
                                expected.empty() ? "1" : ExtentsText(expected),
                                Printable(input.method->name), ExtentsText(given->extents)));
  }
  into = given->values;
}

}  // namespace

ExampleValues ParseExampleValues(std::string_view text, const std::string& origin) {
  const std::string name = Printable(origin);
  CheckJson(text, name, {});
  const Json document = Json::parse(text);
  if (!document.is_object()) {
    throw DataError(
        fmt::format("{}: expected an object with the key x, such as "
                    "{{\"x\": [[[[1, 2]]]]}}",
                    name));
  }
  const auto inputs = document.find("inputs");
  const Json& json = inputs == document.end() ? document : *inputs;
  if (!json.is_object())
    throw DataError(fmt::format("{}: inputs: expected an object with the key x", name));
  if (!json.contains("x"))
    throw DataError(
        fmt::format("{}: the key x is missing; expected {{\"x\": [[[[1, 2]]]]}} or more", name));
  ExampleValues values;
  values.origin = name;
  for (const auto& [key, value] : json.items()) {
    if (key == "x") values.x = Values(value, name, key, 4);
    if (key == "dy") values.dy = Values(value, name, key, 4);
    if (std::ranges::find(kOwnKeys, key) != kOwnKeys.end()) continue;
    values.named.emplace(key, Values(value, name, key, RankOf(value)));
  }
  values.momentum = OptionalNumber(json, name, "momentum", 0, 1);
  values.eps = OptionalNumber(json, name, "eps", 0, 1e6);
  values.steps = OptionalNumber(json, name, "steps", 0, 1e9);
  return values;
}

std::string LearnedKey(std::string_view name) {
  const bool taken = std::ranges::find(kOwnKeys, name) != kOwnKeys.end();
  return (taken ? "learned_" : "") + std::string(name);
}

ExampleValues ReadExampleValues(const std::string& path) {
  std::error_code status;
  if (std::filesystem::is_directory(path, status)) {
    throw DataError(fmt::format("{}: expected a file of values, found a folder; name a file in it",
                                Printable(path)));
  }
  const std::string bytes = ReadNamedFile(path, kMostValuesFileBytes);
  return ParseExampleValues(PlainUtf8(bytes, Printable(path)), path);
}

void CheckValuesAreUsed(const ExampleValues& values,
                        const std::vector<const NormMethod*>& methods) {
  for (const auto& [key, value] : values.named) {
    const auto reads = [&](const NormMethod* method) {
      const std::vector<std::string> keys = KeysOf(*method);
      return std::ranges::any_of(
          keys, [&](const std::string& each) { return Given(values, *method, each) == &value; });
    };
    if (std::ranges::any_of(methods, reads)) continue;
    std::vector<std::string> known(kOwnKeys.begin(), kOwnKeys.end());
    for (const NormMethod* method : methods) {
      for (const std::string& each : KeysOf(*method)) {
        if (std::ranges::find(known, each) == known.end()) known.push_back(each);
      }
    }
    throw DataError(fmt::format("{}: unknown key '{}', {} has no such value; expected {}{}",
                                values.origin, Printable(key), Printable(methods.front()->name),
                                Join(known), NearestWords(key, known)));
  }
}

void TakeExampleValues(const ExampleValues& values, FitValues fit_values, std::uint64_t seed,
                       ExampleInput& input) {
  if (fit_values == FitValues::kExactly) CheckValuesAreUsed(values, {input.method});
  const std::vector<int>& extents = values.x.extents;
  input.extents.images = extents[0];
  input.extents.channels = extents[1];
  input.extents.rows = extents[2];
  input.extents.columns = extents[3];
  input.x = values.x.values;
  input.constants.eps = values.eps.value_or(input.constants.eps);
  input.constants.momentum = values.momentum.value_or(input.constants.momentum);
  input.constants.step = values.steps.value_or(input.constants.step);
  if (values.dy && values.dy->extents != extents) {
    throw DataError(fmt::format("{}: dy: expected {} values, as many as x has, found {}",
                                values.origin, ExtentsText(extents),
                                ExtentsText(values.dy->extents)));
  }
  input.dy = values.dy ? values.dy->values : DrawOutputGradient(input.x.size(), seed);
  const equation::Equation& equation = input.equation();
  for (std::size_t i = 0; i < equation.learned.size(); ++i) {
    const Axes axes = equation.learned[i].axes;
    input.learned.emplace_back(input.extents.size(axes),
                               input.method->equation->learned[i].initial);
    Take(values, LearnedKey(equation.learned[i].name), axes, fit_values, input,
         input.learned.back());
  }
  for (std::size_t i = 0; i < equation.statements.size(); ++i) {
    input.running.emplace_back();
    if (!equation.statements[i].running) continue;
    input.running[i].assign(input.extents.size(input.state_axes(i)),
                            equation.statements[i].running->start);
    Take(values, input.state(i), input.state_axes(i), fit_values, input, input.running[i]);
    CheckVariances(input, i, values.origin);
  }
}

}  // namespace normlab
