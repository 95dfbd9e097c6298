// What every JSON document of this room says of its checkpoint.
#pragma once

#include <nlohmann/json.hpp>

#include "inference/checkpoint.h"
#include "inference/trained_network.h"

namespace normlab {

inline nlohmann::ordered_json CheckpointJson(const Checkpoint& checkpoint) {
  const Config& config = checkpoint.config;
  return {{"path", checkpoint.path},        {"epoch", checkpoint.epoch},
          {"model", config.model},          {"line", checkpoint.architecture.text},
          {"norm", NormLabel(config.norm)}, {"order", config.order},
          {"dataset", config.dataset},      {"seed", config.seed}};
}

inline nlohmann::ordered_json EngineJson(const EngineOptions& options) {
  using Json = nlohmann::ordered_json;
  const bool on_cpu = ParseDevice(options.device, "--device").is_cpu;
  const std::string simd =
      on_cpu ? InstructionSet(FindEngine(options.engine), options.simd) : std::string();
  return {{"name", on_cpu ? options.engine : options.device},
          {"simd", simd.empty() ? Json(nullptr) : Json(simd)}};
}

// What is printed: invalid UTF-8, as paths may hold, is replaced.
inline std::string JsonText(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace normlab
