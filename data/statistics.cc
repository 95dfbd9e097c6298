#include "data/statistics.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <cmath>

#include "base/error.h"
#include "base/text.h"

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

std::string ChannelName(const Shape& shape, std::size_t channel) {
  static constexpr std::array<const char*, 3> kColours = {"red", "green", "blue"};
  if (shape.channels == 1) return "grey";
  return shape.channels == 3 ? kColours[channel] : fmt::format("channel {}", channel + 1);
}

std::string ConstantChannels(const Dataset& dataset) {
  const ChannelStatistics& statistics = dataset.statistics;
  const Shape& shape = dataset.shape;
  std::vector<std::string> constant;
  for (std::size_t c = 0; c < statistics.deviation.size(); ++c) {
    if (statistics.deviation[c] > 0) continue;
    constant.push_back(fmt::format("{} is {} of 255", ChannelName(shape, c),
                                   std::lround(statistics.mean[c] * 255)));
  }
  if (constant.empty()) return "";
  const bool all = constant.size() == statistics.deviation.size();
  const bool pictures = dataset.name.starts_with("folder:");
  const std::string advice =
      all        ? "there is nothing to learn from such images"
      : pictures ? fmt::format(
                       "read the pictures as grey ({}@1x{}x{}), or give that channel something "
                       "to show",
                       dataset.name.substr(0, dataset.name.rfind('@')), shape.height, shape.width)
                 : "take that channel out of the set, or give it something to show";
  return fmt::format(
      "{}: expected channels that vary, found {} in every pixel of every training image: a "
      "deviation of 0, by which no pixel can be divided; {}",
      dataset.name, Join(constant), advice);
}

void CheckChannelsVary(const Dataset& dataset) {
  const std::string constant = ConstantChannels(dataset);
  if (!constant.empty()) throw DataError(constant);
}

}  // namespace normlab
