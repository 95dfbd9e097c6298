#include "explain/page_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/html.h"
#include "explain/json_writer.h"
#include "explain/method_text.h"
#include "explain/page_files.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

const char* PooledChannelsName(PooledChannels pooled) {
  switch (pooled) {
    case PooledChannels::kOne:
      return "one";
    case PooledChannels::kGroup:
      return "group";
    case PooledChannels::kAll:
      return "all";
  }
  return "";
}

const char* AffineName(AffineKind kind) {
  switch (kind) {
    case AffineKind::kNone:
      return "none";
    case AffineKind::kPerChannel:
      return "channel";
    case AffineKind::kPerElement:
      return "element";
  }
  return "";
}

Json MethodJson(const NormMethod& method) {
  return {{"name", method.name},
          {"title", method.title},
          {"has_statistics", method.has_statistics},
          {"pools_images", method.pools_images},
          {"pools_channels", PooledChannelsName(method.pools_channels)},
          {"pools_pixels", method.pools_pixels},
          {"pools_over", method.pools_over},
          {"centered", method.centered},
          {"affine", AffineName(method.affine)},
          {"has_bias", method.has_bias},
          {"running_statistics", method.running_statistics},
          {"pytorch", method.pytorch},
          {"source", method.source},
          {"why", WhyText(method)},
          {"formulas",
           {{"train", FormulaLines(method, false)},
            {"eval", FormulaLines(method, method.running_statistics)}}}};
}

// gamma or beta for another method: per element the channel's value, per channel that of the
// channel's first element.
std::vector<double> Converted(const std::vector<double>& values, AffineKind from, AffineKind to,
                              Shape shape, double otherwise) {
  const std::size_t pixels = shape.pixels();
  const std::size_t size =
      to == AffineKind::kPerElement ? shape.size() : static_cast<std::size_t>(shape.channels);
  std::vector<double> converted(size, otherwise);
  for (std::size_t p = 0; p < size && !values.empty(); ++p) {
    const std::size_t channel = to == AffineKind::kPerElement ? p / pixels : p;
    converted[p] = values[from == to                        ? p
                          : from == AffineKind::kPerElement ? channel * pixels
                                                            : channel];
  }
  return converted;
}

// The same numbers under another method.
ExampleInput WithMethod(const ExampleInput& input, const NormMethod& method) {
  ExampleInput other = input;
  other.method = &method;
  other.gamma.clear();
  other.beta.clear();
  if (method.affine != AffineKind::kNone) {
    other.gamma = Converted(input.gamma, input.method->affine, method.affine, input.shape, 1);
  }
  if (method.has_bias) {
    other.beta = Converted(input.beta, input.method->affine, method.affine, input.shape, 0);
  }
  const auto channels = static_cast<std::size_t>(input.shape.channels);
  other.running_mean.resize(method.running_statistics ? channels : 0, 0);
  other.running_var.resize(method.running_statistics ? channels : 0, 1);
  if (method.pools_channels == PooledChannels::kGroup &&
      (input.groups < 1 || input.shape.channels % input.groups != 0)) {
    other.groups = DefaultGroups(input.shape.channels);
  }
  return other;
}

// Null where the method refuses these numbers; the page says why itself.
Json EngineJson(const WorkedExample& example, const NormMethod& method) {
  if (&method == example.input.method) return ExampleJson(example);
  try {
    return ExampleJson(Work(WithMethod(example.input, method)));
  } catch (const UsageError&) {
    return nullptr;
  }
}

}  // namespace

std::string ExamplePageData(const WorkedExample& example) {
  const ExampleInput& input = example.input;
  if (input.x.size() > kMostPageValues) {
    throw UsageError(
        fmt::format("--html: a page shows at most {} values, found {} ({}); --json has no "
                    "such limit",
                    kMostPageValues, input.x.size(), ExtentsText(InputExtents(input))));
  }
  Json methods = Json::array(), engine = Json::object();
  for (const NormMethod& method : NormMethods()) {
    if (!IsExplained(method)) continue;
    methods.push_back(MethodJson(method));
    engine[std::string(method.name)] = EngineJson(example, method);
  }
  const Json data = {{"norm", input.method->name},
                     {"groups", WithMethod(input, FindNormMethod("group")).groups},
                     {"methods", methods},
                     {"engine", engine}};
  return data.dump();
}

std::string ExamplePage(const WorkedExample& example) {
  const std::string json = ScriptSafe(ExamplePageData(example));
  const PageFiles& files = ExamplePageFiles();
  const std::string policy = fmt::format(
      "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
      PolicyHash(files.script), PolicyHash(files.style));
  const std::string title = HtmlText(example.input.method->title);
  return Filled(files.html, {{"{{policy}}", policy},
                             {"{{title}}", title},
                             {"{{style}}", files.style},
                             {"{{example}}", files.example},
                             {"{{data}}", json},
                             {"{{script}}", files.script}});
}

}  // namespace normlab
