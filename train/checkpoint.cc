#include "train/network_tensors.h"
#include "train/trainer.h"

namespace normlab {

template <typename T>
void SaveCheckpoint(const std::string& path, Network<T>& network,
                    const std::map<std::string, std::string>& metadata) {
  TensorFile file{metadata, NetworkTensors(network)};
  // Python's loaders ask for this key to know whose conventions the tensors follow.
  file.metadata["format"] = "pt";
  WriteTensors(path, file);
}

template <typename T>
void LoadCheckpoint(const std::string& path, Network<T>& network) {
  FillNetwork(ReadTensors(path).tensors, path, network);
}

template void SaveCheckpoint(const std::string&, Network<float>&,
                             const std::map<std::string, std::string>&);
template void SaveCheckpoint(const std::string&, Network<double>&,
                             const std::map<std::string, std::string>&);
template void LoadCheckpoint(const std::string&, Network<float>&);
template void LoadCheckpoint(const std::string&, Network<double>&);

}  // namespace normlab
