#include "train/layer_statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace normlab {
namespace {

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

// Of each channel of [N][C][H][W].
struct ChannelMoments {
  std::vector<double> mean, unbiased;
};

template <typename T>
ChannelMoments MomentsOfChannels(const UnitValues<T>& unit) {
  const std::size_t channels = static_cast<std::size_t>(unit.shape.channels);
  const double count = static_cast<double>(unit.images) * static_cast<double>(unit.shape.pixels());
  ChannelMoments moments = {std::vector<double>(channels), std::vector<double>(channels)};
  const auto channel_of = [&](std::size_t e) { return e / unit.shape.pixels() % channels; };
  for (std::size_t e = 0; e < unit.before.size(); ++e)
    moments.mean[channel_of(e)] += unit.before[e];
  for (double& mean : moments.mean) mean /= count;
  for (std::size_t e = 0; e < unit.before.size(); ++e) {
    const double distance = unit.before[e] - moments.mean[channel_of(e)];
    moments.unbiased[channel_of(e)] += distance * distance;
  }
  for (double& variance : moments.unbiased) variance = variance / count * count / (count - 1);
  return moments;
}

template <typename T>
class LayerProbe {
 public:
  LayerProbe(const Architecture& architecture, Network<T>& network)
      : eps_(architecture.options.norm_eps), network_(network) {}

  LayerStatistics Measure(const UnitValues<T>& unit) const {
    LayerStatistics row;
    row.layer = unit.layer;
    row.application = unit.application;
    const MeanDeviation before = OfAll(unit.before);
    const MeanDeviation after = unit.after.empty() ? before : OfAll(unit.after);
    row.mean_before = before.mean;
    row.deviation_before = before.deviation;
    row.mean_after = after.mean;
    row.deviation_after = after.deviation;
    row.gradient_norm = EuclideanNorm(Parameter(network_.gradients(), unit.layer + ".conv.weight"));
    row.weight_norm = EuclideanNorm(Parameter(network_.parameters(), unit.layer + ".conv.weight"));
    row.running_mean_distance = row.running_variance_distance =
        std::numeric_limits<double>::quiet_NaN();
    for (const StatisticsSite& site : network_.statistics_sites()) {
      const RunningMoments* pair = site.channel_moments();
      if (site.layer == unit.layer && site.application == unit.application && pair != nullptr) {
        MeasureDistance(site.values[pair->mean], site.values[pair->variance],
                        MomentsOfChannels(unit), row);
      }
    }
    return row;
  }

 private:
  std::span<const T> Parameter(std::span<const T> all, const std::string& name) const {
    return Find(network_.parameter_infos(), all, name);
  }

  void MeasureDistance(const RunningValue& running_mean, const RunningValue& running_variance,
                       const ChannelMoments& batch, LayerStatistics& row) const {
    const std::span<const T> mean = Buffer(running_mean), variance = Buffer(running_variance);
    double means = 0, variances = 0;
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double running = double{variance[c]} + eps_;
      const double unbiased = batch.unbiased[c] + eps_;
      means += (batch.mean[c] - mean[c]) * (batch.mean[c] - mean[c]) / running;
      variances += std::log(unbiased / running) * std::log(unbiased / running);
    }
    row.running_mean_distance = std::sqrt(means / static_cast<double>(mean.size()));
    row.running_variance_distance = std::sqrt(variances / static_cast<double>(mean.size()));
  }

  std::span<const T> Buffer(const RunningValue& value) const {
    return network_.buffers().subspan(value.buffer, value.size);
  }

  double eps_;
  Network<T>& network_;
};

}  // namespace

template <typename T>
std::vector<LayerStatistics> MeasureLayers(const Architecture& architecture, Network<T>& network) {
  const LayerProbe<T> probe(architecture, network);
  std::vector<LayerStatistics> rows;
  network.VisitUnits([&](const UnitValues<T>& unit) { rows.push_back(probe.Measure(unit)); });
  return rows;
}

template std::vector<LayerStatistics> MeasureLayers(const Architecture&, Network<float>&);
template std::vector<LayerStatistics> MeasureLayers(const Architecture&, Network<double>&);

}  // namespace normlab
