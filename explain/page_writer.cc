#include "explain/page_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
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

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned word = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k > bytes.size() ? '=' : kDigits[word >> (18 - 6 * k) & 63];
    }
  }
  return text;
}

// 'sha256-...' of an inline element, as a Content-Security-Policy names it.
std::string PolicyHash(std::string_view text) {
  const std::string digest = Sha256(text);
  std::string bytes;
  for (std::size_t i = 0; i < digest.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digest.substr(i, 2), nullptr, 16));
  }
  return "'sha256-" + Base64(bytes) + "'";
}

struct Slot {
  std::string_view name;
  std::string_view text;
};

// In one pass, so that nothing in a filled text is taken for a slot.
std::string Filled(std::string_view html, const std::vector<Slot>& slots) {
  std::string text;
  for (std::size_t at = 0; at < html.size();) {
    const auto slot = std::ranges::find_if(
        slots, [&](const Slot& each) { return html.substr(at).starts_with(each.name); });
    if (slot == slots.end()) {
      text += html[at++];
    } else {
      text += slot->text;
      at += slot->name.size();
    }
  }
  return text;
}

// In an element's text.
std::string HtmlText(std::string_view text) {
  std::string html;
  for (const char c : text) {
    if (c == '<') {
      html += "&lt;";
    } else if (c == '&') {
      html += "&amp;";
    } else {
      html += c;
    }
  }
  return html;
}

}  // namespace

std::string ScriptSafe(const std::string& json) {
  std::string safe;
  for (const char c : json) {
    switch (c) {
      case '<':
      case '>':
      case '&':
        safe += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string ExamplePage(const WorkedExample& example) {
  const ExampleInput& input = example.input;
  if (input.x.size() > kMostPageValues) {
    throw UsageError(
        fmt::format("--html: a page shows at most {} values, found {} ({}); --json has no "
                    "such limit",
                    kMostPageValues, input.x.size(), ExtentsText(InputExtents(input))));
  }
  Json methods = Json::array(), engine = Json::object();
  for (const NormMethod& method : NormMethods()) {
    methods.push_back(MethodJson(method));
    engine[std::string(method.name)] = EngineJson(example, method);
  }
  const Json data = {{"norm", input.method->name},
                     {"groups", WithMethod(input, FindNormMethod("group")).groups},
                     {"methods", methods},
                     {"engine", engine}};
  const PageFiles& files = ExamplePageFiles();
  const std::string policy = fmt::format(
      "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
      PolicyHash(files.script), PolicyHash(files.style));
  const std::string json = ScriptSafe(data.dump());
  const std::string title = HtmlText(input.method->title);
  return Filled(files.html, {{"{{policy}}", policy},
                             {"{{title}}", title},
                             {"{{style}}", files.style},
                             {"{{data}}", json},
                             {"{{script}}", files.script}});
}

}  // namespace normlab
