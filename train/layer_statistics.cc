#include "train/layer_statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "norm/reference/moments.h"

namespace normlab {
namespace {

using reference::Moments;
using reference::Pooling;
using reference::PoolValues;
using reference::Tensor;

struct MeanDeviation {
  double mean = 0, deviation = 0;
};

template <typename T>
MeanDeviation OfAll(const std::vector<T>& values) {
  const double count = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const T value : values) sum += value;
  const double mean = sum / count;
  for (const T value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / count)};
}

template <typename T>
double EuclideanNorm(std::span<const T> values) {
  double squares = 0;
  for (const T value : values) squares += double{value} * double{value};
  return std::sqrt(squares);
}

// The part of a flat vector that the tensor of this name has; empty where there is none.
template <typename T, typename Info>
std::span<const T> Find(const std::vector<Info>& infos, std::span<const T> all,
                        const std::string& name) {
  const auto found = std::ranges::find(infos, name, &Info::name);
  return found == infos.end() ? std::span<const T>() : all.subspan(found->offset, found->size);
}

template <typename T>
class LayerProbe {
 public:
  LayerProbe(const Architecture& architecture, Network<T>& network)
      : architecture_(architecture), network_(network) {}

  LayerStatistics Measure(const BlockValues<T>& block) const {
    const Layer& layer = *std::ranges::find(architecture_.layers, block.layer, &Layer::name);
    LayerStatistics row;
    row.layer = block.layer;
    row.application = block.application;
    const MeanDeviation before = OfAll(block.values);
    row.mean_before = row.mean_after = before.mean;
    row.deviation_before = row.deviation_after = before.deviation;
    row.gradient_norm = EuclideanNorm(Parameter(network_.gradients(), layer.name + ".conv.weight"));
    row.weight_norm = EuclideanNorm(Parameter(network_.parameters(), layer.name + ".conv.weight"));
    row.running_mean_distance = row.running_variance_distance =
        std::numeric_limits<double>::quiet_NaN();
    if (HasNorm(architecture_, layer)) MeasureNorm(layer, block, row);
    return row;
  }

 private:
  std::span<const T> Parameter(std::span<const T> all, const std::string& name) const {
    return Find(network_.parameter_infos(), all, name);
  }

  void MeasureNorm(const Layer& layer, const BlockValues<T>& block, LayerStatistics& row) const {
    const NormMethod& method = FindNormMethod(architecture_.options.norm);
    Tensor<T> x(block.images, block.shape), y(block.images, block.shape);
    x.values = block.values;
    const Pooling pooling = PoolValues(method, block.images, block.shape, layer.groups);
    const Moments moments = PooledMoments(x, pooling, method.centered);
    const std::string norm = layer.name + ".norm.";
    const reference::Affine<T> affine = {method.affine,
                                         Parameter(network_.parameters(), norm + "weight").data(),
                                         Parameter(network_.parameters(), norm + "bias").data()};
    Normalize(x, pooling, moments, architecture_.options.norm_eps, affine, y);
    const MeanDeviation after = OfAll(y.values);
    row.mean_after = after.mean;
    row.deviation_after = after.deviation;
    for (const StatisticsSite& site : network_.statistics_sites()) {
      if (site.layer == block.layer && site.application == block.application) {
        MeasureDistance(site, moments, row);
      }
    }
  }

  void MeasureDistance(const StatisticsSite& site, const Moments& batch,
                       LayerStatistics& row) const {
    const std::span<const T> mean = network_.buffers().subspan(site.running_mean, site.channels);
    const std::span<const T> variance = network_.buffers().subspan(site.running_var, site.channels);
    const double eps = architecture_.options.norm_eps;
    double means = 0, variances = 0;
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double running = double{variance[c]} + eps;
      const double unbiased = batch.variance[c] * batch.count / (batch.count - 1) + eps;
      means += (batch.mean[c] - mean[c]) * (batch.mean[c] - mean[c]) / running;
      variances += std::log(unbiased / running) * std::log(unbiased / running);
    }
    row.running_mean_distance = std::sqrt(means / static_cast<double>(mean.size()));
    row.running_variance_distance = std::sqrt(variances / static_cast<double>(mean.size()));
  }

  const Architecture& architecture_;
  Network<T>& network_;
};

}  // namespace

template <typename T>
std::vector<LayerStatistics> MeasureLayers(const Architecture& architecture, Network<T>& network) {
  const LayerProbe<T> probe(architecture, network);
  std::vector<LayerStatistics> rows;
  network.VisitBlocks([&](const BlockValues<T>& block) { rows.push_back(probe.Measure(block)); });
  return rows;
}

template std::vector<LayerStatistics> MeasureLayers(const Architecture&, Network<float>&);
template std::vector<LayerStatistics> MeasureLayers(const Architecture&, Network<double>&);

}  // namespace normlab
