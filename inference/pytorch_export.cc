#include "inference/pytorch_export.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>

#include "base/error.h"
#include "base/owned_folder.h"
#include "base/system_advice.h"
#include "base/text.h"
#include "inference/pytorch_norms.h"
#include "inference/pytorch_texts.h"
#include "inference/trained_network.h"
#include "train/network_tensors.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

struct Output {
  std::string path, bytes;
};

// Tensors as a network keeps them: complete, in the order and under the names of PyTorch's
// state_dict, in the type of the checkpoint's first tensor.
std::string Weights(const Checkpoint& checkpoint) {
  const TensorFile read = ReadTensors(checkpoint.path);
  const bool doubles = !read.tensors.empty() && read.tensors.front().dtype == DType::kF64;
  TensorFile file{read.metadata, {}};
  file.metadata["format"] = "pt";
  const Engine& engine = PlainEngine(doubles ? Scalar::kDouble : Scalar::kFloat);
  const EngineOptions options{.engine = std::string(engine.name), .threads = 1};
  UseNetwork(checkpoint, options, 1,
             [&](auto& network) { file.tensors = NetworkTensors(network); });
  for (NamedTensor& tensor : file.tensors) {
    tensor.name = ExportedTensorName(checkpoint.architecture, tensor.name);
  }
  return TensorBytes(file);
}

void MakeFolder(const std::string& folder) {
  std::error_code status;
  fs::create_directories(folder, status);
  if (status || !fs::is_directory(folder)) {
    throw RunError(fmt::format(
        "cannot write to {}: {}", folder,
        status ? SystemReason(status) : "it is not a folder; name another with --pytorch"));
  }
}

}  // namespace

std::vector<std::string> ExportPytorch(const Checkpoint& checkpoint,
                                       const ChannelStatistics& statistics,
                                       const std::string& folder) {
  const fs::path base(folder);
  const std::vector<Output> outputs = {
      {base / "model.safetensors", Weights(checkpoint)},
      {base / "model.py", PytorchModel(checkpoint, statistics)},
      {base / "README.md", PytorchReadme(checkpoint, statistics)},
  };
  for (const Output& output : outputs) CheckNewFile(output.path, output.bytes);
  MakeFolder(folder);
  std::vector<std::string> paths;
  for (const Output& output : outputs) {
    WriteNewFile(output.path, output.bytes);
    paths.push_back(output.path);
  }
  return paths;
}

}  // namespace normlab
