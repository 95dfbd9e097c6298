// What normlab bench is asked to measure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "model/architecture.h"

namespace normlab {

struct BenchOptions {
  std::string model = "cifar-37k";  // a preset or an architecture line
  std::string dataset = "cifar10";  // for its shape and classes; no image is read
  std::string norm = "batch";
  bool by_equation = false;       // a shipped norm by its equation's program and not by its room
  std::string weights = "none";   // as the key
  std::string optimizer = "sgd";  // with its arguments at their defaults
  int ghost = 0;                  // images of a ghost batch; 0: the batch is one
  double dropout = 0;
  int batch = 64;
  int threads = 0;  // 0: all cores
  std::string simd = "best";
  int rounds = 9;
  int together = 1;                            // trainings that a device has at once
  std::optional<std::size_t> bandwidth_bytes;  // of the triad's arrays; 0: not measured
};

// Groups and order are the preset's, where the model is one. Throws UsageError.
Architecture BenchArchitecture(const BenchOptions& options);

}  // namespace normlab
