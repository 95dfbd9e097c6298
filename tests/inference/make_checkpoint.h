// Checkpoints and data sets on disk, small enough to make for one test.
#pragma once

#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/philox.h"
#include "config/check.h"
#include "data/dataset.h"
#include "engine/make_network.h"
#include "study/checkpoint_metadata.h"
#include "tests/train/temporary_folder.h"
#include "train/safetensors.h"
#include "train/trainer.h"

namespace normlab {

inline std::string BigEndian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 255);
  return bytes;
}

// MNIST's four files with random pixels and labels.
inline void WriteNoiseMnist(const std::string& folder, int train, int test) {
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, int images, std::uint32_t item) {
    RandomStream random(11, Purpose::kSamples, 0, item);
    const auto count = static_cast<std::uint32_t>(images);
    std::string pixels = BigEndian(0x803) + BigEndian(count) + BigEndian(28) + BigEndian(28);
    std::string labels = BigEndian(0x801) + BigEndian(count);
    for (int n = 0; n < images; ++n) {
      labels += static_cast<char>(random.Below(10));
      for (int p = 0; p < 28 * 28; ++p) pixels += static_cast<char>(random.Below(256));
    }
    WriteFile(folder + "/" + name + "-images-idx3-ubyte", pixels);
    WriteFile(folder + "/" + name + "-labels-idx1-ubyte", labels);
  };
  write("train", train, 1);
  write("t10k", test, 2);
}

// A unit applied twice, pools of both kinds, groups that differ.
inline Config SmallConfig(const std::string& norm = "batch") {
  Config config;
  config.model = "C4/2 P C6/2 C6/3x2 P c8/4 GAP c10!";
  config.dataset = "mnist";
  config.norm = norm;
  config.batch_size = 16;
  config.dropout = 0.25;
  return config;
}

// Nothing is left at 0 or 1.
template <typename T>
void Randomize(Network<T>& network) {
  RandomStream random(3, Purpose::kSamples, 0, 9);
  for (const ParameterInfo& info : network.parameter_infos()) {
    const double centre = info.role == ParameterRole::kGain ? 1 : 0;
    for (std::size_t i = 0; i < info.size; ++i) {
      network.parameters()[info.offset + i] = static_cast<T>(centre + random.Uniform(-0.5, 0.5));
    }
  }
  for (const BufferInfo& info : network.buffer_infos()) {
    const bool variance = info.name.find(".running_var") != std::string::npos;
    for (std::size_t i = 0; i < info.size; ++i) {
      network.buffers()[info.offset + i] =
          static_cast<T>(variance ? random.Uniform(0.5, 2) : random.Uniform(-0.5, 0.5));
    }
  }
  for (CounterInfo& counter : network.counters()) counter.value = 469;
}

// Random weights, as a training on `dataset` would leave them after epoch 7.
template <typename T = float>
void WriteCheckpoint(const std::string& path, const Config& config, const Dataset& dataset) {
  const auto network = MakeReferenceNetwork<T>(MakeArchitecture(config), 1);
  Randomize(*network);
  SaveCheckpoint(path, *network, WriteCheckpointMetadata(config, 7, 469, dataset));
}

// A folder with noise for MNIST and a checkpoint of random weights.
struct SmallStudy {
  explicit SmallStudy(const Config& study_config = SmallConfig(), int train = 40, int test = 37)
      : config(study_config) {
    WriteNoiseMnist(data, train, test);
    dataset = LoadDataset("mnist", data);
    WriteCheckpoint(path, config, dataset);
  }

  TemporaryFolder folder;
  std::string data = folder / "data", path = folder / "last.safetensors";
  Config config;
  Dataset dataset;
};

}  // namespace normlab
