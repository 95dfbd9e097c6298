#include "norm/norm.h"

#include <algorithm>
#include <cassert>
#include <string>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {

const std::vector<NormMethod>& NormMethods() {
  static const std::vector<NormMethod> methods = {
      {.kind = NormKind::kNone,
       .name = "none",
       .title = "No normalization",
       .has_statistics = false,
       .pools_images = false,
       .pools_channels = PooledChannels::kOne,
       .pools_pixels = false,
       .pools_over = "nothing",
       .centered = false,
       .affine = AffineKind::kNone,
       .has_bias = false,
       .running_statistics = false,
       .pytorch = "nn.Identity()",
       .source = ""},
      {.kind = NormKind::kBatch,
       .name = "batch",
       .title = "Batch normalization",
       .has_statistics = true,
       .pools_images = true,
       .pools_channels = PooledChannels::kOne,
       .pools_pixels = true,
       .pools_over = "one channel of all images of the batch",
       .centered = true,
       .affine = AffineKind::kPerChannel,
       .has_bias = true,
       .running_statistics = true,
       .pytorch = "nn.BatchNorm2d(C)",
       .source = "Ioffe & Szegedy 2015, algorithm 1"},
      {.kind = NormKind::kLayer,
       .name = "layer",
       .title = "Layer normalization",
       .has_statistics = true,
       .pools_images = false,
       .pools_channels = PooledChannels::kAll,
       .pools_pixels = true,
       .pools_over = "all channels of one image",
       .centered = true,
       .affine = AffineKind::kPerChannel,
       .has_bias = true,
       .running_statistics = false,
       .pytorch = "nn.GroupNorm(1, C)",
       .source = "Ba, Kiros & Hinton 2016, equation 4; affine per channel"},
      {.kind = NormKind::kLayerElementwise,
       .name = "layer-elementwise",
       .title = "Layer normalization, affine per element",
       .has_statistics = true,
       .pools_images = false,
       .pools_channels = PooledChannels::kAll,
       .pools_pixels = true,
       .pools_over = "all channels of one image",
       .centered = true,
       .affine = AffineKind::kPerElement,
       .has_bias = true,
       .running_statistics = false,
       .pytorch = "nn.LayerNorm([C, H, W])",
       .source = "Ba, Kiros & Hinton 2016, equation 4"},
      {.kind = NormKind::kLayerChannels,
       .name = "layer-channels",
       .title = "Layer normalization over channels",
       .has_statistics = true,
       .pools_images = false,
       .pools_channels = PooledChannels::kAll,
       .pools_pixels = false,
       .pools_over = "all channels at one pixel of one image",
       .centered = true,
       .affine = AffineKind::kPerChannel,
       .has_bias = true,
       .running_statistics = false,
       .pytorch = "nn.LayerNorm(C) on [N, H, W, C]",
       .source = "Liu et al. 2022 (ConvNeXt), section 2.6"},
      {.kind = NormKind::kGroup,
       .name = "group",
       .title = "Group normalization",
       .has_statistics = true,
       .pools_images = false,
       .pools_channels = PooledChannels::kGroup,
       .pools_pixels = true,
       .pools_over = "one group of channels of one image",
       .centered = true,
       .affine = AffineKind::kPerChannel,
       .has_bias = true,
       .running_statistics = false,
       .pytorch = "nn.GroupNorm(G, C)",
       .source = "Wu & He 2018, equation 7"},
      {.kind = NormKind::kInstance,
       .name = "instance",
       .title = "Instance normalization",
       .has_statistics = true,
       .pools_images = false,
       .pools_channels = PooledChannels::kOne,
       .pools_pixels = true,
       .pools_over = "one channel of one image",
       .centered = true,
       .affine = AffineKind::kPerChannel,
       .has_bias = true,
       .running_statistics = false,
       .pytorch = "nn.InstanceNorm2d(C, affine=True)",
       .source = "Ulyanov, Vedaldi & Lempitsky 2016, equation 3"},
      {.kind = NormKind::kRms,
       .name = "rms",
       .title = "RMS normalization",
       .has_statistics = true,
       .pools_images = false,
       .pools_channels = PooledChannels::kAll,
       .pools_pixels = true,
       .pools_over = "all channels of one image",
       .centered = false,
       .affine = AffineKind::kPerChannel,
       .has_bias = false,
       .running_statistics = false,
       .pytorch = "nn.RMSNorm([C, H, W]) with one weight per channel",
       .source = "Zhang & Sennrich 2019, equation 4"},
  };
  return methods;
}

std::vector<std::string> NormNames() {
  std::vector<std::string> names;
  for (const NormMethod& method : NormMethods()) names.emplace_back(method.name);
  return names;
}

const NormMethod& FindNormMethod(std::string_view name) {
  for (const NormMethod& method : NormMethods()) {
    if (method.name == name) return method;
  }
  const std::vector<std::string> names = NormNames();
  throw UsageError("norm: unknown normalization '" + Printable(name) + "', expected one of " +
                   Join(names) + "; the nearest is " + NearestName(name, names));
}

const NormMethod& MethodOf(NormKind kind) {
  const auto found = std::ranges::find(NormMethods(), kind, &NormMethod::kind);
  assert(found != NormMethods().end());
  return *found;
}

StatisticShape StatisticShapeOf(const NormMethod& method, int images, Shape shape, int groups) {
  if (!method.has_statistics) return {};
  StatisticShape statistics = {.images = method.pools_images ? 1 : images,
                               .channels = shape.channels,
                               .height = method.pools_pixels ? 1 : shape.height,
                               .width = method.pools_pixels ? 1 : shape.width};
  if (method.pools_channels == PooledChannels::kAll) statistics.channels = 1;
  if (method.pools_channels == PooledChannels::kGroup) {
    assert(groups > 0 && shape.channels % groups == 0);
    statistics.channels = groups;
  }
  return statistics;
}

int StatisticIndex(const StatisticShape& statistics, Shape shape, int image, int channel, int row,
                   int column) {
  const int n = statistics.images == 1 ? 0 : image;
  const int c = channel / (shape.channels / statistics.channels);
  const int h = statistics.height == 1 ? 0 : row, w = statistics.width == 1 ? 0 : column;
  return ((n * statistics.channels + c) * statistics.height + h) * statistics.width + w;
}

std::size_t ValuesPerStatistic(const NormMethod& method, int images, Shape shape, int groups) {
  const int statistics = StatisticShapeOf(method, images, shape, groups).size();
  return statistics == 0 ? 0 : shape.size() * static_cast<std::size_t>(images) / statistics;
}

std::vector<int> AffineExtents(const NormMethod& method, Shape shape) {
  switch (method.affine) {
    case AffineKind::kNone:
      return {};
    case AffineKind::kPerChannel:
      return {shape.channels};
    case AffineKind::kPerElement:
      return {shape.channels, shape.height, shape.width};
  }
  assert(false);
  return {};
}

}  // namespace normlab
