// What a network holds beside its maps: named tensors that are learned, and state that is not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace normlab {

enum class ParameterKind { kConvolution, kNormWeight, kNormBias };

// One named tensor inside the flat parameter vector, PyTorch's name and shape
// ("C1.conv.weight" [O,I,kH,kW], "C1.norm.weight" [C]), in the order of the layers.
struct ParameterInfo {
  std::string name;
  std::vector<int> shape;
  ParameterKind kind;
  std::size_t offset = 0;  // in the flat vector
  std::size_t size = 0;
};

// State that is not trained: "C1.norm.running_mean", ".running_var" (flat vector of buffers), and
// one counter per set of these, "C1.norm.num_batches_tracked". Where a block that is applied
// several times keeps a set for each application, their names end in _1, _2, ...
struct BufferInfo {
  std::string name;
  std::size_t offset = 0;
  std::size_t size = 0;
};
struct CounterInfo {
  std::string name;
  std::int64_t value = 0;
};

// One application of a normalization that keeps running statistics, and where its [C] values stand.
struct StatisticsSite {
  std::string layer;
  int application = 1;
  std::size_t channels = 0;
  std::size_t pixels = 0;  // of the map that it reads
  // Offsets into the flat vector of buffers; all applications of a block have the same ones where
  // they share their statistics.
  std::size_t running_mean = 0, running_var = 0;
  std::size_t counter = 0;  // index of its num_batches_tracked
  // Offset into batch_statistics(): [C] means, then [C] variances.
  std::size_t batch = 0;
};

}  // namespace normlab
