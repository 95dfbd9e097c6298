#include "explain/values_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/text_file.h"
#include "explain/json_check.h"
#include "explain/nested_values.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

const std::vector<std::string>& KnownKeys() {
  static const std::vector<std::string> keys = {"x",           "gamma",    "beta", "running_mean",
                                                "running_var", "momentum", "eps",  "dy"};
  return keys;
}

// gamma and beta have the rank that their file gives them; which one it must be depends on the
// method.
std::size_t RankOf(const Json& json) {
  std::size_t rank = 0;
  for (const Json* level = &json; level->is_array() && !level->empty() && rank < 4; ++rank) {
    level = &level->front();
  }
  return std::max<std::size_t>(rank, 1);
}

std::optional<NestedValues> OptionalValues(const Json& json, const std::string& origin,
                                           const char* key, std::size_t rank) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  return ReadNestedValues(*found, fmt::format("{}: {}", origin, key),
                          rank == 0 ? RankOf(*found) : rank, kMostExampleValues);
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

void CheckKeys(const Json& json, const std::string& origin) {
  for (const auto& [key, value] : json.items()) {
    if (std::ranges::find(KnownKeys(), key) != KnownKeys().end()) continue;
    throw DataError(fmt::format("{}: unknown key '{}', expected {}{}", origin, Printable(key),
                                Join(KnownKeys()), NearestWords(key, KnownKeys())));
  }
}

void CheckVariances(const ExampleValues& values) {
  if (!values.running_var) return;
  const auto& variances = values.running_var->values;
  const auto negative = std::ranges::find_if(variances, [](double v) { return v < 0; });
  if (negative == variances.end()) return;
  throw DataError(fmt::format("{}: running_var[{}]: expected a variance >= 0, found {}",
                              values.origin, negative - variances.begin(), *negative));
}

// A weight per channel, repeated for every element of the channel.
std::optional<NestedValues> Repeated(const std::optional<NestedValues>& given,
                                     const std::vector<int>& extents, std::size_t pixels) {
  if (!given || given->extents != std::vector<int>{extents.front()}) return given;
  NestedValues repeated{extents, {}};
  for (const double value : given->values) {
    repeated.values.insert(repeated.values.end(), pixels, value);
  }
  return repeated;
}

// The values of a key, or as many times `otherwise`.
std::vector<double> Take(const ExampleValues& values, const char* key,
                         const std::optional<NestedValues>& given, const std::vector<int>& expected,
                         double otherwise, const NormMethod& method) {
  if (!given) {
    std::size_t size = 1;
    for (const int extent : expected) size *= static_cast<std::size_t>(extent);
    return std::vector<double>(size, otherwise);
  }
  if (given->extents != expected) {
    throw DataError(fmt::format("{}: {}: expected {} values for {}, found {}", values.origin, key,
                                ExtentsText(expected), method.name, ExtentsText(given->extents)));
  }
  return given->values;
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
  CheckKeys(json, name);
  if (!json.contains("x"))
    throw DataError(
        fmt::format("{}: the key x is missing; expected {{\"x\": [[[[1, 2]]]]}} or more", name));
  ExampleValues values;
  values.origin = name;
  values.x = *OptionalValues(json, name, "x", 4);
  values.dy = OptionalValues(json, name, "dy", 4);
  values.gamma = OptionalValues(json, name, "gamma", 0);
  values.beta = OptionalValues(json, name, "beta", 0);
  values.running_mean = OptionalValues(json, name, "running_mean", 1);
  values.running_var = OptionalValues(json, name, "running_var", 1);
  values.momentum = OptionalNumber(json, name, "momentum", 0, 1);
  values.eps = OptionalNumber(json, name, "eps", 0, 1e6);
  CheckVariances(values);
  return values;
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
  const auto refuse_unless = [&](const char* key, bool given, auto has) {
    if (!given || std::ranges::any_of(methods, [&](const NormMethod* m) { return has(*m); }))
      return;
    throw DataError(fmt::format("{}: {}: {} has none; leave the key out", values.origin, key,
                                methods.front()->name));
  };
  refuse_unless("gamma", values.gamma.has_value(),
                [](const NormMethod& m) { return m.affine != AffineKind::kNone; });
  refuse_unless("beta", values.beta.has_value(), [](const NormMethod& m) { return m.has_bias; });
  const auto runs = [](const NormMethod& m) { return m.running_statistics; };
  refuse_unless("running_mean", values.running_mean.has_value(), runs);
  refuse_unless("running_var", values.running_var.has_value(), runs);
}

void TakeExampleValues(const ExampleValues& values, FitValues fit_values, std::uint64_t seed,
                       ExampleInput& input) {
  const NormMethod& method = *input.method;
  if (fit_values == FitValues::kExactly) CheckValuesAreUsed(values, {&method});
  const std::vector<int>& extents = values.x.extents;
  input.images = extents[0];
  input.shape = {extents[1], extents[2], extents[3]};
  input.x = values.x.values;
  input.eps = values.eps.value_or(input.eps);
  input.momentum = values.momentum.value_or(input.momentum);
  input.dy = values.dy ? Take(values, "dy", values.dy, extents, 0, method)
                       : DrawOutputGradient(input.x.size(), seed);
  const std::vector<int> affine = AffineExtents(method, input.shape);
  const auto fit = [&](const std::optional<NestedValues>& given) {
    const bool repeat =
        fit_values == FitValues::kLoosely && method.affine == AffineKind::kPerElement;
    return repeat ? Repeated(given, affine, input.shape.pixels()) : given;
  };
  if (method.affine != AffineKind::kNone) {
    input.gamma = Take(values, "gamma", fit(values.gamma), affine, 1, method);
  }
  if (method.has_bias) input.beta = Take(values, "beta", fit(values.beta), affine, 0, method);
  if (!method.running_statistics) return;
  const std::vector<int> channels = {input.shape.channels};
  input.running_mean = Take(values, "running_mean", values.running_mean, channels, 0, method);
  input.running_var = Take(values, "running_var", values.running_var, channels, 1, method);
}

}  // namespace normlab
