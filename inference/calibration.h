// Whether a network is right as often as it claims to be.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace normlab {

inline constexpr int kCalibrationBins = 15;

struct CalibrationBin {
  double low = 0, high = 0;  // confidences above low up to high
  int images = 0;
  double accuracy = 0;    // share of 1; 0 where there is no image
  double confidence = 0;  // mean; 0 where there is no image
};

struct Calibration {
  double error = 0;  // expected calibration error, share of 1
  std::vector<CalibrationBin> bins;
};

// Guo, Pleiss, Sun, Weinberger: "On calibration of modern neural networks", ICML 2017, equation 3:
// 15 bins of equal width over the confidence, which is the largest probability;
// error = sum over bins of images / all * |accuracy - confidence|.
// `log_probabilities` is [image][class], a row for every label; the first of equal ones counts.
Calibration Calibrate(std::span<const float> log_probabilities,
                      std::span<const std::uint8_t> labels, int classes);

}  // namespace normlab
