// The bar of one epoch of one training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "study/log_lines.h"

namespace normlab {

class EpochBar {
 public:
  EpochBar(std::int64_t steps, double now, bool ascii);

  void Step(double loss, double accuracy, double now);
  bool full() const { return meter_.n == meter_.total; }

  // With the smoothed rate, while it runs; each call is a redraw. At most `columns` wide; 0: not
  // known.
  std::string Line(const std::string& title, int columns, double now);
  // As tqdm leaves a bar: with the mean rate of all its steps.
  std::string LastLine(const std::string& title, int columns);

 private:
  std::string Format(const std::string& title, int columns);
  std::vector<std::string> Prefixes(const std::string& title) const;

  Meter meter_;
  double loss_ = 0, accuracy_ = 0;  // of the last step
  SmoothedRate rate_;
  double start_;
  double last_draw_;
  std::int64_t last_n_ = 0;
};

}  // namespace normlab
