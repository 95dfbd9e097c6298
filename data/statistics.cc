#include "data/statistics.h"

#include <array>
#include <cassert>
#include <cmath>

namespace normlab {
namespace {

using Histogram = std::array<std::uint64_t, 256>;

std::vector<Histogram> CountValues(const Split& split, const Shape& shape) {
  std::vector<Histogram> counts(shape.channels, Histogram{});
  const std::uint8_t* pixel = split.pixels.data();
  for (std::size_t image = 0; image < split.size(); ++image) {
    for (Histogram& channel : counts) {
      for (std::size_t i = 0; i < shape.pixels(); ++i) ++channel[*pixel++];
    }
  }
  return counts;
}

}  // namespace

ChannelStatistics ComputeStatistics(const Split& split, const Shape& shape) {
  assert(split.size() > 0 && split.pixels.size() == split.size() * shape.size());
  ChannelStatistics statistics;
  const double total = static_cast<double>(split.size() * shape.pixels());
  for (const Histogram& counts : CountValues(split, shape)) {
    std::uint64_t sum = 0;
    for (std::size_t value = 0; value < 256; ++value) sum += counts[value] * value;
    const double mean = static_cast<double>(sum) / total;
    double squares = 0;
    for (std::size_t value = 0; value < 256; ++value) {
      const double distance = static_cast<double>(value) - mean;
      squares += static_cast<double>(counts[value]) * distance * distance;
    }
    statistics.mean.push_back(mean / 255);
    statistics.deviation.push_back(std::sqrt(squares / total) / 255);
  }
  return statistics;
}

}  // namespace normlab
