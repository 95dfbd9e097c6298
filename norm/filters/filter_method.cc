#include "norm/filters/filter_method.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "norm/equation/method_file.h"
#include "norm/filters/filter_operation.h"
#include "norm/method_label.h"
#include "norm/norm.h"

namespace normlab {
namespace {

FilterMethod MethodOf(equation::Method parsed, bool shipped) {
  const auto method = std::make_shared<const equation::Method>(std::move(parsed));
  return {method->name, method->title, shipped, method, FilterOperation(method)};
}

FilterMethod MakeOwn(std::string_view text) {
  equation::Method parsed =
      equation::ParseMethod(std::string(text), "weights", equation::Domain::kFilter);
  parsed.name = OwnMethodName(parsed, FilterNames());
  if (parsed.title.empty()) parsed.title = parsed.name;
  return MethodOf(std::move(parsed), false);
}

const FilterMethod& OwnFilterMethod(std::string_view text) {
  static std::mutex mutex;
  static std::map<std::string, FilterMethod, std::less<>> methods;  // nodes stay where they are
  const std::scoped_lock lock(mutex);
  auto found = methods.find(text);
  if (found == methods.end()) found = methods.emplace(std::string(text), MakeOwn(text)).first;
  return found->second;
}

}  // namespace

const std::vector<FilterMethod>& FilterMethods() {
  static const auto all = [] {
    std::vector<FilterMethod> methods = {{.name = "none", .title = "None"}};
    for (const ShippedFilterFile& file : ShippedFilterFiles()) {
      const std::string name(file.name);
      equation::Method method = equation::ParseMethod(
          std::string(file.text), "weights/" + name + ".toml", equation::Domain::kFilter);
      method.name = name;
      methods.push_back(MethodOf(std::move(method), true));
    }
    return methods;
  }();
  return all;
}

std::vector<std::string> FilterNames() {
  std::vector<std::string> names;
  for (const FilterMethod& method : FilterMethods()) names.push_back(method.name);
  return names;
}

const FilterMethod& FindFilterMethod(std::string_view weights) {
  if (IsOwnNorm(weights)) return OwnFilterMethod(weights);
  const auto found = std::ranges::find(FilterMethods(), weights, &FilterMethod::name);
  if (found != FilterMethods().end()) return *found;
  const std::vector<std::string> names = FilterNames();
  throw UsageError(fmt::format("weights: unknown method '{}', expected one of {}{}",
                               Printable(weights), Join(names), NearestWords(weights, names)));
}

std::string FilterLabel(std::string_view weights) {
  if (!IsOwnNorm(weights)) return std::string(weights);
  try {
    return OwnFilterMethod(weights).name;
  } catch (const UsageError&) {
    return UnreadableMethodName(weights);
  }
}

std::string DistinctFilterLabel(std::string_view weights) {
  const std::string label = FilterLabel(weights);
  return IsOwnNorm(weights) ? WithHash(label, weights) : label;
}

}  // namespace normlab
