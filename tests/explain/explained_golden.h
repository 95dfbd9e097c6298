// The vectors of norm_golden.json, and what `normlab explain` makes of their inputs.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file.h"
#include "explain/json_writer.h"
#include "explain/values_file.h"

namespace normlab {

using Json = nlohmann::json;

// Relative where values exceed 1. PyTorch's own sums round in another order; at a mean of 1e4 its
// backward pass loses a few more digits.
inline constexpr double kTolerance = 1e-9;

// max |a - b| / max(1, |a|, |b|); infinite where they have not as many values.
inline double LargestDifference(const Doubles& a, const Doubles& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double scale = std::max({1.0, std::abs(a[i]), std::abs(b[i])});
    largest = std::max(largest, std::abs(a[i] - b[i]) / scale);
  }
  return largest;
}

inline Json ReadGolden(const std::string& name) {
  return Json::parse(ReadFile(std::string(NORMLAB_TEST_DIR) + "/explain/" + name));
}

inline std::vector<double> Flat(const Json& json) {
  std::vector<double> values;
  for (const Json& element : json) {
    if (element.is_array()) {
      const std::vector<double> inner = Flat(element);
      values.insert(values.end(), inner.begin(), inner.end());
    } else {
      values.push_back(element.get<double>());
    }
  }
  return values;
}

inline Json Explained(const Json& golden_case) {
  ExampleInput input;
  input.method = &FindNormMethod(golden_case["norm"].get<std::string>());
  input.extents.groups = golden_case["groups"];
  input.training = golden_case["mode"] == "train";
  TakeExampleValues(ParseExampleValues(golden_case["inputs"].dump(), "golden"), FitValues::kExactly,
                    1, input);
  return Json::parse(JsonDocument(ExampleJson(Work(input))));
}

// What a golden's key is called in an explanation; null where it has none.
inline Json Of(const Json& explained, const std::string& key) {
  const auto in = [](const Json& json, const std::string& name) {
    return json.contains(name) ? json[name] : Json(nullptr);
  };
  if (key == "dx") return explained["gradients"]["x"];
  if (key == "dgamma") return in(explained["gradients"], "weight");
  if (key == "dbeta") return in(explained["gradients"], "bias");
  if (key.starts_with("running_")) return in(explained["running"], key);
  for (const Json& step : explained["steps"]) {
    const bool mean = key == "mean" && step["name"] == "m";
    const bool spread = key == "var" && (step["name"] == "v" || step["name"] == "s");
    if (mean || spread) return step["values"];
  }
  return in(explained, key);
}

// The nesting of an array, as the lengths of its first arrays.
inline std::vector<std::size_t> Extents(const Json& json) {
  std::vector<std::size_t> extents;
  for (const Json* level = &json; level->is_array(); level = &level->front()) {
    extents.push_back(level->size());
  }
  return extents;
}

}  // namespace normlab
