#include "inference/calibration.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace normlab {
namespace {

// A confidence on a bin's upper edge belongs to that bin.
int BinOf(double confidence) {
  const int bin = static_cast<int>(std::ceil(confidence * kCalibrationBins)) - 1;
  return std::clamp(bin, 0, kCalibrationBins - 1);
}

}  // namespace

Calibration Calibrate(std::span<const float> log_probabilities,
                      std::span<const std::uint8_t> labels, int classes) {
  assert(log_probabilities.size() == labels.size() * static_cast<std::size_t>(classes));
  std::vector<int> correct(kCalibrationBins);
  Calibration calibration;
  for (int bin = 0; bin < kCalibrationBins; ++bin) {
    calibration.bins.push_back({static_cast<double>(bin) / kCalibrationBins,
                                static_cast<double>(bin + 1) / kCalibrationBins, 0, 0, 0});
  }
  for (std::size_t image = 0; image < labels.size(); ++image) {
    const auto row = log_probabilities.subspan(image * static_cast<std::size_t>(classes),
                                               static_cast<std::size_t>(classes));
    const auto largest = std::ranges::max_element(row);
    const double confidence = std::min(1.0, std::exp(double{*largest}));
    const int bin = BinOf(confidence);
    ++calibration.bins[bin].images;
    calibration.bins[bin].confidence += confidence;
    correct[bin] += largest - row.begin() == labels[image];
  }
  for (int bin = 0; bin < kCalibrationBins; ++bin) {
    CalibrationBin& each = calibration.bins[bin];
    if (each.images == 0) continue;
    each.accuracy = static_cast<double>(correct[bin]) / each.images;
    each.confidence /= each.images;
    calibration.error += static_cast<double>(each.images) / static_cast<double>(labels.size()) *
                         std::abs(each.accuracy - each.confidence);
  }
  return calibration;
}

}  // namespace normlab
