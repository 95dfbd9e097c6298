#include "summary/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "model/layer_check.h"
#include "norm/equation_operation.h"
#include "summary/words.h"

namespace normlab {
namespace {

// Pixels at the end of an axis that no convolution and no pool reads on the way to the scores,
// because a pool dropped the rows or columns that did not fill a window.
std::int64_t PixelsUnseen(const FieldAxis& scores, int extent) {
  return std::max<std::int64_t>(0, extent - 1 - scores.last(0));
}

void WarnOfUnseenPixels(const Summary& summary, std::vector<SummaryWarning>& warnings) {
  const ReceptiveField& scores = summary.layers.back().fields.back();
  const Shape& image = summary.options.input;
  const std::int64_t rows = PixelsUnseen(scores.rows, image.height);
  const std::int64_t columns = PixelsUnseen(scores.columns, image.width);
  if (rows + columns == 0) return;
  warnings.push_back(
      {"", fmt::format("the receptive field of the class scores ends {} rows and {} columns before "
                       "the image does ({}x{} pixels): pools drop what does not fill a window",
                       rows, columns, image.height, image.width)});
}

// Where the map is averaged for the last time: up to there a value sees a part of the image.
const LayerSummary* LastBeforeAverage(const Summary& summary) {
  for (std::size_t i = summary.layers.size(); i-- > 1;) {
    const LayerKind kind = summary.layers[i].layer.kind;
    if (kind == LayerKind::kAveragePool || kind == LayerKind::kGlobalAveragePool) {
      return &summary.layers[i - 1];
    }
  }
  return nullptr;
}

void WarnOfField(const Summary& summary, std::vector<SummaryWarning>& warnings) {
  const LayerSummary* last = LastBeforeAverage(summary);
  if (last == nullptr) return;
  const Shape& image = summary.options.input;
  const FieldAxis &rows = last->fields.back().rows, &columns = last->fields.back().columns;
  const auto text = [&](const char* consequence) {
    return fmt::format(
        "before the last average a value of {} has a receptive field of {}x{} "
        "pixels, the image has {}x{}: {}",
        last->layer.name, rows.extent, columns.extent, image.height, image.width, consequence);
  };
  if (rows.extent * kFarFromImage < image.height || columns.extent * kFarFromImage < image.width) {
    warnings.push_back({"", text("the network averages what small patches look like")});
  } else if (rows.extent > std::int64_t{kFarFromImage} * image.height ||
             columns.extent > std::int64_t{kFarFromImage} * image.width) {
    warnings.push_back({"", text("most of it is padding")});
  }
}

void WarnOfLastConvolution(const Summary& summary, std::vector<SummaryWarning>& warnings) {
  const auto last = std::find_if(
      summary.layers.rbegin(), summary.layers.rend(),
      [](const LayerSummary& each) { return each.layer.kind == LayerKind::kConvolution; });
  if (last == summary.layers.rend() || last->layer.bare) return;
  warnings.push_back({"", fmt::format("{} makes the class scores and is not bare: they pass "
                                      "through ReLU and normalization; {}! leaves them as they are",
                                      last->layer.name, last->layer.token)});
}

// Among n values that are centred and scaled to variance 1, none is larger than sqrt(n - 1)
// (Samuelson's inequality); without the centring, sqrt(n).
double LargestNormalized(const NormMethod& method, std::size_t values) {
  return std::sqrt(static_cast<double>(method.centered ? values - 1 : values));
}

std::string MoreValues(const NormMethod& method) {
  if (method.pools_images) return "; a larger batch has more";
  return method.pools_channels == PooledChannels::kGroup ? "; fewer groups have more" : "";
}

void WarnOfFewValues(const Summary& summary, const NormSummary& norm,
                     std::vector<SummaryWarning>& warnings) {
  if (!norm.method->has_statistics) return;
  std::vector<std::string> few;
  std::size_t least = kFewValues;
  for (const NormalizedLayer& each : norm.layers) {
    if (each.pooled.values() >= kFewValues) continue;
    few.push_back(
        fmt::format("{} ({})", summary.layers[each.layer].layer.name, each.pooled.values()));
    least = std::min(least, each.pooled.values());
  }
  if (few.empty()) return;
  warnings.push_back(
      {std::string(norm.method->name),
       fmt::format("few values enter one statistic in {}: among {} none can be normalized to more "
                   "than {:.2f}{}",
                   Join(few), least, LargestNormalized(*norm.method, least),
                   MoreValues(*norm.method))});
}

// The method whose statistics are the same where a group is one channel.
const NormMethod* OneChannelTwin(const NormMethod& grouped) {
  const auto& methods = NormMethods();
  const auto twin = std::ranges::find_if(methods, [&](const NormMethod& other) {
    return other.has_statistics && other.pools_channels == PooledChannels::kOne &&
           other.pools_images == grouped.pools_images && other.pools_pixels == grouped.pools_pixels;
  });
  return twin == methods.end() ? nullptr : &*twin;
}

void WarnOfSingleChannels(const Summary& summary, const NormSummary& norm,
                          std::vector<SummaryWarning>& warnings) {
  if (norm.method->pools_channels != PooledChannels::kGroup) return;
  std::vector<std::string> single;
  for (const NormalizedLayer& each : norm.layers) {
    if (each.pooled.channels == 1) single.push_back(summary.layers[each.layer].layer.name);
  }
  if (single.empty()) return;
  const NormMethod* twin = OneChannelTwin(*norm.method);
  warnings.push_back(
      {std::string(norm.method->name),
       fmt::format(
           "groups of one channel in {}{}", Join(single),
           twin == nullptr ? "" : fmt::format(": there it is {} normalization", twin->name))});
}

void WarnOfNormParameters(const Summary& summary, const NormSummary& norm,
                          std::vector<SummaryWarning>& warnings) {
  std::size_t weights = 0, affine = 0;
  for (const LayerSummary& each : summary.layers) weights += each.weights;
  for (const NormalizedLayer& each : norm.layers) affine += each.parameters;
  if (affine <= weights) return;
  warnings.push_back({std::string(norm.method->name),
                      fmt::format("the normalizations have {} parameters, the convolutions {}",
                                  WithCommas(affine), WithCommas(weights))});
}

// Whether a pool takes the mean of the whole map.
bool AveragesAll(const Layer& layer) {
  if (layer.kind == LayerKind::kGlobalAveragePool) return true;
  return layer.kind == LayerKind::kAveragePool && layer.input.height == layer.kernel &&
         layer.input.width == layer.kernel;
}

// A channel that was centred over its own pixels has a mean of zero, whatever the image: an average
// over just those pixels leaves its bias alone. A ReLU between the two breaks that.
void WarnOfAveragedAway(const Summary& summary, const NormSummary& norm,
                        std::vector<SummaryWarning>& warnings) {
  const auto& order = summary.options.options.order;
  if (!norm.method->centered || std::ranges::find(std::ranges::find(order, UnitStep::kNorm),
                                                  order.end(), UnitStep::kRelu) != order.end()) {
    return;
  }
  for (const NormalizedLayer& each : norm.layers) {
    if (each.layer + 1 == summary.layers.size()) continue;
    const Layer& layer = summary.layers[each.layer].layer;
    const Layer& next = summary.layers[each.layer + 1].layer;
    const bool own_pixels = each.pooled.images == 1 && each.pooled.channels == 1 &&
                            each.pooled.values() == layer.output.pixels();
    if (!own_pixels || !AveragesAll(next)) continue;
    warnings.push_back(
        {std::string(norm.method->name),
         fmt::format("{0} averages what {1} has just centred channel by channel: only the bias of "
                     "{1} gets through, the same for every image; {2}! before {0}, or the norm "
                     "before ReLU, lets the image through",
                     next.name, layer.name, layer.token)});
  }
}

void WarnOfLoneValues(const Summary& summary, const NormSummary& norm,
                      std::vector<SummaryWarning>& warnings) {
  for (std::string& doubt : NormDoubts(*norm.plan, summary.options.batch)) {
    warnings.push_back({std::string(norm.method->name), std::move(doubt)});
  }
}

void WarnOfOneGhostBatch(const Summary& summary, const NormSummary& norm,
                         std::vector<SummaryWarning>& warnings) {
  const bool named = norm.method->equation != nullptr && NamesGhostBatches(*norm.method->equation);
  if (!named || summary.options.options.ghost > 0) return;
  warnings.push_back({std::string(norm.method->name),
                      "ghost = 0: the batch is one ghost batch; the key ghost says how many images "
                      "one has, 16 for instance"});
}

void WarnOfParameterCounts(const Summary& summary, std::vector<SummaryWarning>& warnings) {
  struct Count {
    std::size_t parameters;
    std::vector<std::string> norms;
  };
  std::vector<Count> counts;
  for (const NormSummary& norm : summary.norms) {
    if (!norm.possible()) continue;
    auto found = std::ranges::find(counts, norm.parameters, &Count::parameters);
    if (found == counts.end()) found = counts.insert(found, {norm.parameters, {}});
    found->norms.emplace_back(norm.method->name);
  }
  if (counts.size() < 2) return;
  std::vector<std::string> words;
  for (const Count& count : counts) {
    words.push_back(fmt::format("{} ({})", WithCommas(count.parameters), Join(count.norms)));
  }
  warnings.push_back(
      {"", "models that are compared differ in their parameters: " + Join(words, "; ")});
}

}  // namespace

std::vector<SummaryWarning> WarningsOf(const Summary& summary) {
  std::vector<SummaryWarning> warnings;
  WarnOfUnseenPixels(summary, warnings);
  WarnOfField(summary, warnings);
  WarnOfLastConvolution(summary, warnings);
  for (const NormSummary& norm : summary.norms) {
    if (!norm.possible()) continue;
    WarnOfFewValues(summary, norm, warnings);
    WarnOfSingleChannels(summary, norm, warnings);
    WarnOfAveragedAway(summary, norm, warnings);
    WarnOfNormParameters(summary, norm, warnings);
    WarnOfLoneValues(summary, norm, warnings);
    WarnOfOneGhostBatch(summary, norm, warnings);
  }
  WarnOfParameterCounts(summary, warnings);
  return warnings;
}

}  // namespace normlab
