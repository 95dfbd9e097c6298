#include "data/split_statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace normlab {
namespace {

// n * squares - sum^2 of 50,000 images' pixels does not fit 64 bits.
__extension__ using Wide = unsigned __int128;

struct Sums {
  std::uint64_t count = 0, sum = 0, squares = 0, zeros = 0;
  std::uint8_t minimum = 255, maximum = 0;

  void Add(const Sums& other) {
    count += other.count;
    sum += other.sum;
    squares += other.squares;
    zeros += other.zeros;
    minimum = std::min(minimum, other.minimum);
    maximum = std::max(maximum, other.maximum);
  }

  // count^2 times the variance over N, exactly.
  double ScaledVariance() const {
    return static_cast<double>(Wide{count} * squares - Wide{sum} * sum);
  }
  double Deviation() const {
    const double n = static_cast<double>(count);
    return std::sqrt(ScaledVariance() / (n * n)) / 255;
  }
  double UnbiasedDeviation() const {
    if (count < 2) return std::numeric_limits<double>::quiet_NaN();
    const double n = static_cast<double>(count);
    return std::sqrt(ScaledVariance() / (n * (n - 1))) / 255;
  }
};

// 32 bits hold the squares of so many pixels, and add up faster than 64.
constexpr std::size_t kRun = 65536;

Sums SumRun(const std::uint8_t* pixels, std::size_t count) {
  std::uint32_t sum = 0, squares = 0, zeros = 0;
  std::uint8_t minimum = 255, maximum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t pixel = pixels[i];
    sum += pixel;
    squares += pixel * pixel;
    zeros += pixel == 0;
    minimum = std::min(minimum, pixels[i]);
    maximum = std::max(maximum, pixels[i]);
  }
  return {count, sum, squares, zeros, minimum, maximum};
}

Sums SumPlane(const std::uint8_t* pixels, std::size_t count) {
  Sums sums;
  for (std::size_t i = 0; i < count; i += kRun) {
    sums.Add(SumRun(pixels + i, std::min(kRun, count - i)));
  }
  return sums;
}

ChannelSummary SummarizeChannel(const Split& split, const Shape& shape, std::size_t channel) {
  ChannelSummary summary;
  Sums all;
  for (std::size_t image = 0; image < split.size(); ++image) {
    const std::uint8_t* plane =
        split.pixels.data() + image * shape.size() + channel * shape.pixels();
    const Sums sums = SumPlane(plane, shape.pixels());
    summary.image_deviation += sums.Deviation();
    summary.unbiased_image_deviation += sums.UnbiasedDeviation();
    all.Add(sums);
  }
  const double images = static_cast<double>(split.size());
  summary.image_deviation /= images;
  summary.unbiased_image_deviation /= images;
  const double pixels = static_cast<double>(all.count);
  summary.mean = static_cast<double>(all.sum) / pixels / 255;
  summary.deviation = all.Deviation();
  summary.unbiased_deviation = all.UnbiasedDeviation();
  summary.zero_share = static_cast<double>(all.zeros) / pixels;
  summary.minimum = all.minimum;
  summary.maximum = all.maximum;
  return summary;
}

}  // namespace

SplitStatistics ComputeSplitStatistics(const Split& split, const Shape& shape, int classes) {
  assert(split.size() > 0 && split.pixels.size() == split.size() * shape.size());
  SplitStatistics statistics;
  for (int channel = 0; channel < shape.channels; ++channel) {
    statistics.channels.push_back(
        SummarizeChannel(split, shape, static_cast<std::size_t>(channel)));
  }
  statistics.class_counts.resize(static_cast<std::size_t>(classes));
  for (const std::uint8_t label : split.labels) ++statistics.class_counts[label];
  return statistics;
}

}  // namespace normlab
