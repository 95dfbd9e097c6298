// One resolved configuration: the flat keys, named as PyTorch users type them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/choice.h"

namespace normlab {

struct Config {
  std::string model = "mnist-8k";
  std::string dataset = "fashion-mnist";
  std::string norm = "batch";         // a shipped one's name, or a user's text (norm/norm.h)
  std::string norm_program = "room";  // "room" | "equation"
  std::string weights = "none";       // a shipped one's name, or a user's text (norm/filters)
  int ghost = 0;                      // images; 0: the batch is one
  int groups = 2;
  double norm_eps = 1e-5;
  double norm_momentum = 0.1;
  std::string bn_statistics = "shared";  // "shared" | "per_application"
  std::string order = "conv-relu-norm-dropout";
  std::string activation = "relu";  // of operations/activation.h, or "none"
  double dropout = 0;
  int epochs = 20;
  std::int64_t max_steps = 0;
  int batch_size = 128;
  Choice optimizer = "sgd";
  double lr = 0.01;
  double momentum = 0.9;
  bool nesterov = false;
  double l1 = 0;
  double l2 = 0;
  std::string l1_on = "all";
  std::string l2_on = "all";
  std::string decay = "own";
  Choice lr_multiplier = "none", decay_multiplier = "none";
  double clip_norm = 0;
  Choice schedule = "constant";
  Choice average = "none";
  double label_smoothing = 0;
  Choice mix = "none";
  Choice initialization = "none";
  std::string augment = "none";
  bool shuffle = true;
  int validation = 0;
  std::uint64_t seed = 1;
  std::string tta = "none";
};

// How a run is executed. simd, threads and jobs never change what it computes and are not in its
// hash; a device computes the same but for rounding, and is not either; the folders are not in the
// recipe at all.
struct ExecutionOptions {
  std::string engine = "fast";  // a name of engine/registry.h; is in the hash
  std::string simd = "best";
  std::string device = "cpu";  // engine/opencl/device_choice.h
  int threads = 0;             // of one training; 0: chosen (study/job_split.h)
  int jobs = 0;                // trainings at once; 0: chosen
  std::string data_dir;
  std::string out;   // empty: runs/<recipe>_<hash>
  std::string init;  // a safetensors file to start every arm from; its checksum is in the hash
  // All are in the hash, so that a run folder has the file for all arms or none.
  bool log_steps = false;
  bool layer_statistics = true;
  bool compare_statistics = false;
};

}  // namespace normlab
