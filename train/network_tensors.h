// A network's parameters, buffers and counters as named tensors, and back.
#pragma once

#include <string>
#include <vector>

#include "engine/network.h"
#include "train/safetensors.h"
#include "train/safetensors_header.h"

namespace normlab {

// PyTorch's names and shapes in the order of its state_dict: layer by layer; in a layer the
// weights, then the running statistics, then the counter.
template <typename T>
std::vector<NamedTensor> NetworkTensors(Network<T>& network);

// What a network keeps, without the network.
struct NetworkInfos {
  std::vector<ParameterInfo> parameters;
  std::vector<BufferInfo> buffers;
  std::vector<CounterInfo> counters;
};

// Every tensor must be there with its shape, and no other may be; num_batches_tracked may be
// missing. Throws DataError naming `path` and the first tensor that does not fit. Tensor is
// NamedTensor or TensorEntry: a header is enough.
template <typename Tensor>
void CheckTensorsFit(const std::vector<Tensor>& tensors, const NetworkInfos& infos,
                     const std::string& path);

// Every tensor of the network must be among `tensors` with its shape, and no other may be;
// num_batches_tracked may be missing, and is 0 then. Throws DataError naming `path` and the first
// tensor that does not fit; the network is unchanged in that case.
template <typename T>
void FillNetwork(const std::vector<NamedTensor>& tensors, const std::string& path,
                 Network<T>& network);

}  // namespace normlab
