// Reads the little-endian float64 files that make_schedule_golden.py writes.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "base/file.h"

namespace normlab {

inline std::vector<double> ReadGolden(const std::string& name) {
  const std::string bytes =
      ReadFile(std::string(NORMLAB_TEST_DIR) + "/train/golden/" + name + ".f64");
  std::vector<double> values(bytes.size() / sizeof(double));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(double));
  return values;
}

}  // namespace normlab
