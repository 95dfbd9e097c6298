// The registry of normalization methods: over which axes each takes its statistics, and what it
// learns. Engine, reference twin, recipes, `explain`, `summary` and the tests all read these rows.
//
//   y = weight * (x - mean_S) / sqrt(var_S + eps) + bias,  var biased (over |S|)
//
//   name               S, the values of one statistic        weight, bias   source
//   none               -                                     -
//   batch              channel c of all images               [C]            Ioffe & Szegedy 2015
//   layer              one image                             [C]            Ba et al. 2016
//   layer-elementwise  one image                             [C,H,W]        Ba et al. 2016
//   layer-channels     all channels at a pixel of an image   [C]            Liu et al. 2022
//   group              C/groups channels of one image        [C]            Wu & He 2018
//   instance           channel c of one image                [C]            Ulyanov et al. 2016
//   rms                one image; nothing is subtracted and  [C], no bias   Zhang & Sennrich 2019
//                      mean(x^2) stands for the variance
//
// One gradient serves them all. With g = weight dy, xh = (x - mean) / s, s = sqrt(var + eps):
//   dx = (1/s) [g - mean_S(g) - xh mean_S(g xh)],  without mean_S(g) where nothing is subtracted
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"

namespace normlab {

enum class NormKind {
  kNone,
  kBatch,
  kLayer,
  kLayerElementwise,
  kLayerChannels,
  kGroup,
  kInstance,
  kRms
};

enum class PooledChannels { kOne, kGroup, kAll };
enum class AffineKind { kNone, kPerChannel, kPerElement };

struct NormMethod {
  NormKind kind;
  std::string_view name;   // what a recipe says
  std::string_view title;  // what a figure says: "Batch normalization"

  // The axes of one statistic. Of a row without statistics (none) they mean nothing.
  bool has_statistics;
  bool pools_images;
  PooledChannels pools_channels;
  bool pools_pixels;
  std::string_view pools_over;  // the same in words

  bool centered;  // the mean is subtracted
  AffineKind affine;
  bool has_bias;
  bool running_statistics;  // kept in training, used in evaluation

  std::string_view pytorch;  // the module that computes the same
  std::string_view source;   // paper and equation

  // Mean and scale are constant over a channel of one image, so that whoever reads the map can
  // normalize on the way.
  bool constant_over_a_channel() const { return pools_pixels && affine != AffineKind::kPerElement; }
};

const std::vector<NormMethod>& NormMethods();
std::vector<std::string> NormNames();  // in the registry's order

// Throws UsageError naming the nearest method.
const NormMethod& FindNormMethod(std::string_view name);
const NormMethod& MethodOf(NormKind kind);

// The statistics of a map [images][C][H][W] are themselves a small map: an axis over which the
// method pools has extent 1, the channels become groups. Empty (all 0) without statistics.
// Requires groups > 0 and groups | channels for group.
struct StatisticShape {
  int images = 0, channels = 0, height = 0, width = 0;
  int size() const { return images * channels * height * width; }
  friend bool operator==(const StatisticShape&, const StatisticShape&) = default;
};
StatisticShape StatisticShapeOf(const NormMethod& method, int images, Shape shape, int groups);

// Of x[image][channel][row][column], row-major in that shape.
int StatisticIndex(const StatisticShape& statistics, Shape shape, int image, int channel, int row,
                   int column);

// How many values of the map enter one statistic; 0 without statistics.
std::size_t ValuesPerStatistic(const NormMethod& method, int images, Shape shape, int groups);

// The extents of the learned weight (and bias, where there is one): {}, {C} or {C, H, W}.
std::vector<int> AffineExtents(const NormMethod& method, Shape shape);

}  // namespace normlab
