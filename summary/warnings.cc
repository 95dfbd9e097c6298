#include "summary/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/at.h"
#include "base/text.h"
#include "model/layer_check.h"
#include "norm/equation/normalizing.h"
#include "norm/equation/same_trees.h"
#include "norm/equation/source_text.h"
#include "summary/words.h"

namespace normlab {
namespace {

// Pixels at the end of an axis that no convolution and no pool reads on the way to the scores,
// because a window or a stride left the last rows or columns out.
std::int64_t PixelsUnseen(const FieldAxis& scores, int extent) {
  return std::max<std::int64_t>(0, extent - 1 - scores.last(0));
}

bool HasStrides(const Summary& summary) {
  return std::ranges::any_of(summary.layers, [](const LayerSummary& each) {
    return each.layer.kind == LayerKind::kConvolution && each.layer.stride > 1;
  });
}

void WarnOfUnseenPixels(const Summary& summary, std::vector<SummaryWarning>& warnings) {
  const ReceptiveField& scores = summary.layers.back().fields.back();
  const Shape& image = summary.options.input;
  const std::int64_t rows = PixelsUnseen(scores.rows, image.height);
  const std::int64_t columns = PixelsUnseen(scores.columns, image.width);
  if (rows + columns == 0) return;
  warnings.push_back(
      {"", fmt::format("the receptive field of the class scores ends {} rows and {} columns before "
                       "the image does ({}x{} pixels): {}",
                       rows, columns, image.height, image.width,
                       HasStrides(summary) ? "pools drop what does not fill a window, strides what "
                                             "lies behind their last step"
                                           : "pools drop what does not fill a window")});
}

// Where the map is averaged for the last time: up to there a value sees a part of the image.
const LayerSummary* LastBeforeAverage(const Summary& summary) {
  for (std::size_t i = summary.layers.size(); i-- > 1;) {
    const Layer& layer = summary.layers[i].layer;
    const bool averages =
        layer.kind == LayerKind::kAveragePool || layer.kind == LayerKind::kGlobalAveragePool;
    if (averages && layer.inputs[0] != kImages) return &summary.layers[At(layer.inputs[0])];
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

// The convolution whose output, or the averages of it, are the class scores; null where they are
// something else.
const LayerSummary* ScoresOf(const Summary& summary) {
  const LayerSummary* each = &summary.layers.back();
  while (each->layer.kind != LayerKind::kConvolution) {
    if (each->layer.inputs.size() > 1 || each->layer.inputs[0] == kImages) return nullptr;
    each = &summary.layers[At(each->layer.inputs[0])];
  }
  return each;
}

void WarnOfLastConvolution(const Summary& summary, std::vector<SummaryWarning>& warnings) {
  const LayerSummary* last = ScoresOf(summary);
  if (last == nullptr || last->layer.bare) return;
  warnings.push_back({"", fmt::format("{} makes the class scores and is not bare: they pass "
                                      "through ReLU and normalization; {}! leaves them as they are",
                                      last->layer.name, last->layer.token)});
}

// The channels of a group together.
bool PoolsGroup(equation::Axes pooled) {
  return pooled.Has(equation::Axes::GroupChannels()) && !pooled.Has(equation::Axes::Groups());
}

// What makes one statistic of a pooling larger; empty where only the network does.
std::string MoreValues(const Summary& summary, equation::Axes pooled) {
  constexpr equation::Axes kImages = equation::Axes::Images();
  if (pooled.Divides(kImages) && summary.options.options.ghost > 0) {
    return "; a larger ghost batch has more";
  }
  if (pooled.HasAny(kImages)) return "; a larger batch has more";
  return PoolsGroup(pooled) ? "; fewer groups have more" : "";
}

// What few values mean, or where they are pooled. Among n values that are centred and scaled to
// variance 1, none is larger than sqrt(n - 1) (Samuelson's inequality); without the centring,
// sqrt(n).
std::string FewMeans(const equation::Equation& equation, const equation::Pooling& pooling,
                     std::size_t least) {
  for (const equation::Standardized& each : StandardizedOver(equation)) {
    if (each.pooled != pooling.pooled) continue;
    const auto values = static_cast<double>(each.centred ? least - 1 : least);
    return fmt::format("among {} none can be normalized to more than {:.2f}", least,
                       std::sqrt(values));
  }
  std::vector<std::string> lines;
  for (const equation::Statistic& statistic : pooling.statistics) {
    const std::string& name = equation.statements[statistic.statement].name;
    lines.push_back(fmt::format("{} of statement {}",
                                ReductionText(equation, equation.nodes[statistic.node]), name));
  }
  return Join(lines);
}

void WarnOfFewValues(const Summary& summary, const NormSummary& norm,
                     std::vector<SummaryWarning>& warnings) {
  for (std::size_t i = 0; i < norm.poolings.size(); ++i) {
    const equation::Pooling& pooling = norm.poolings[i];
    if (!pooling.of_values) continue;
    std::vector<std::string> few;
    std::size_t least = kFewValues;
    for (const NormalizedLayer& each : norm.layers) {
      const std::size_t values = each.pooled[i].values();
      if (values >= kFewValues) continue;
      few.push_back(fmt::format("{} ({})", summary.layers[each.layer].layer.name, values));
      least = std::min(least, values);
    }
    if (few.empty()) continue;
    warnings.push_back({std::string(norm.method->name),
                        fmt::format("few values enter one statistic in {}: {}{}", Join(few),
                                    FewMeans(norm.method->equation->equation, pooling, least),
                                    MoreValues(summary, pooling.pooled))});
  }
}

// The shipped method that is the same where a group is one channel.
const NormMethod* OneChannelTwin(const NormMethod& grouped) {
  const equation::Method single = OfSingleChannels(*grouped.equation);
  const auto& methods = NormMethods();
  const auto twin = std::ranges::find_if(
      methods, [&](const NormMethod& other) { return SameMethod(single, *other.equation); });
  return twin == methods.end() ? nullptr : &*twin;
}

void WarnOfSingleChannels(const Summary& summary, const NormSummary& norm,
                          std::vector<SummaryWarning>& warnings) {
  if (std::ranges::none_of(norm.poolings, PoolsGroup, &equation::Pooling::pooled)) return;
  std::vector<std::string> single;
  for (const NormalizedLayer& each : norm.layers) {
    const Layer& layer = summary.layers[each.layer].layer;
    const int channels = NormalizedExtents(summary.options, layer).group_channels();
    if (channels == 1) single.push_back(layer.name);
  }
  if (single.empty()) return;
  const NormMethod* twin = OneChannelTwin(*norm.method);
  warnings.push_back(
      {std::string(norm.method->name),
       fmt::format(
           "groups of one channel in {}{}", Join(single),
           twin == nullptr ? "" : fmt::format(": there it is {} normalization", twin->name))});
}

void WarnOfGhostBatches(const Summary& summary, const NormSummary& norm,
                        std::vector<SummaryWarning>& warnings) {
  if (summary.options.options.ghost > 0) return;
  if (!NamesGhostBatches(norm.method->equation->equation)) return;
  warnings.push_back({std::string(norm.method->name),
                      "its equation names ghost batches and ghost is 0, so that the batch is one; "
                      "ghost = 16 makes ghost batches of 16 images"});
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
  return layer.kind == LayerKind::kAveragePool && layer.padding == 0 &&
         layer.input.height == layer.kernel && layer.input.width == layer.kernel;
}

// A channel that was centred over its own pixels has a mean of zero, whatever the image: an average
// over just those pixels leaves its bias alone. An activation between the two breaks that.
void WarnOfAveragedAway(const Summary& summary, const NormSummary& norm,
                        std::vector<SummaryWarning>& warnings) {
  const ModelOptions& options = summary.options.options;
  const auto norm_step = std::ranges::find(options.order, UnitStep::kNorm);
  const bool bends =
      std::find(norm_step, options.order.end(), UnitStep::kRelu) != options.order.end();
  for (const LayerSummary& reader : summary.layers) {
    const Layer& next = reader.layer;
    if (!AveragesAll(next) || next.inputs[0] == kImages) continue;
    const auto each = std::ranges::find(norm.layers, At(next.inputs[0]), &NormalizedLayer::layer);
    if (each == norm.layers.end()) continue;
    const Layer& layer = summary.layers[each->layer].layer;
    const std::string_view activation =
        layer.activation.empty() ? options.activation : layer.activation;
    if (bends && !norm.method->is_activation && activation != kNoActivation) continue;
    if (!HasConstantChannelMeans(norm.method->equation->equation,
                                 NormalizedExtents(summary.options, layer))) {
      continue;
    }
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
    WarnOfGhostBatches(summary, norm, warnings);
    WarnOfLoneValues(summary, norm, warnings);
  }
  WarnOfParameterCounts(summary, warnings);
  return warnings;
}

}  // namespace normlab
