// The table of normalization methods: over which values each takes its statistics.
//
//   y = weight_c * (x - mean_S) / sqrt(var_S + eps) + bias_c,  var biased (over |S|)
//
//   name    S, the values that share a mean     state             source
//   none    -                                   -                 -
//   batch   channel c of all images             running mean/var  Ioffe & Szegedy 2015, alg. 1
//   layer   all channels of one image           -                 Ba et al. 2016, eq. 4
//   group   C/groups channels of one image      -                 Wu & He 2018, eq. 7
//
// Weight and bias are per channel for every method (layer as both course write-ups use it).
//
//   dx = (1/s) [g - mean_S(g) - xh mean_S(g xh)]
//   g = weight dy, xh = (x - mean) / s, s = sqrt(var + eps)
#pragma once

#include <string_view>
#include <vector>

namespace normlab {

enum class NormKind { kNone, kBatch, kLayer, kGroup };

struct NormMethod {
  NormKind kind;
  std::string_view name;   // what a recipe says
  std::string_view title;  // what a figure says: "Batch normalization"
  bool crosses_images;     // statistics pool over the images of a batch
  bool running_statistics;
  std::string_view pools_over;  // in words
  std::string_view source;
};

const std::vector<NormMethod>& NormMethods();

// Throws UsageError naming the nearest method.
const NormMethod& FindNormMethod(std::string_view name);

// How many groups of channels of one image share statistics; 0 for batch and none.
// Layer is one group. Requires groups > 0 and groups | channels for kGroup.
int ChannelGroups(NormKind kind, int channels, int groups);

}  // namespace normlab
