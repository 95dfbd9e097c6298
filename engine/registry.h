// The registry of engines: what each needs, and how it makes a network. Recipes, help, records,
// memory, estimates and the tests all read these rows; a new engine is a folder beside this file
// and a row.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/network.h"
#include "model/architecture.h"
#include "operations/fast/simd.h"

namespace normlab {

// What a user may choose of an engine; one that does not use it passes it over.
struct EngineSettings {
  Simd simd = BestSimd();
  int threads = 1;
  int device = 0;    // opencl::Device::number
  int together = 1;  // networks like this one that a device may have at a time
};

// Parameters and buffers are zero / 0 / 1 until InitializeParameters or a checkpoint fills them.
template <typename T>
using NetworkMaker = std::unique_ptr<Network<T>> (*)(const Architecture& architecture,
                                                     int max_batch, const EngineSettings& settings);

enum class Scalar { kFloat, kDouble };

struct Engine {
  std::string_view name;   // what a recipe says
  std::string_view title;  // what help says; rows that differ in their scalar alone share it

  bool simd = false;       // its instruction set can be chosen
  bool threads = false;    // it divides a batch among threads; if not, it runs on one
  bool on_device = false;  // it computes on an OpenCL device
  // Written to be read: slow, so that a time is estimated from one block of images, and the engine
  // to take where a network is made for its tensors alone.
  bool plain = false;

  // What a training holds for batches of this size, in bytes.
  std::size_t (*training_bytes)(const Architecture& architecture, int batch_size, int threads);

  // Which of the two it is tells the scalar.
  std::variant<NetworkMaker<float>, NetworkMaker<double>> make;

  Scalar scalar() const { return make.index() == 0 ? Scalar::kFloat : Scalar::kDouble; }
  std::size_t scalar_bytes() const {
    return scalar() == Scalar::kFloat ? sizeof(float) : sizeof(double);
  }
};

const std::vector<Engine>& Engines();  // the default first; those of the processor
// The one of OpenCL devices, in float; none of Engines().
const Engine& DeviceEngine();
std::string EngineChoice();  // "fast, reference or reference64"
std::string EngineTitles();  // "SIMD engine, or its plain twin in float or double"

// Throws UsageError naming `origin`, where the name was given, and all that it may be.
const Engine& FindEngine(std::string_view name, std::string_view origin = "engine");

// The first plain engine that computes in `scalar`.
const Engine& PlainEngine(Scalar scalar);

// The name of the instruction set that `simd`, "best" or a name, chooses; empty where the engine
// has no choice. Throws UsageError, as ParseSimd does.
std::string InstructionSet(const Engine& engine, std::string_view simd);

// visit(network) with a new network, a Network<float>& or a Network<double>& that lives until
// `visit` returns; gives what `visit` gives.
template <class Visit>
auto VisitNetwork(const Engine& engine, const Architecture& architecture, int max_batch,
                  const EngineSettings& settings, const Visit& visit) {
  return std::visit(
      [&](const auto make) { return visit(*make(architecture, max_batch, settings)); },
      engine.make);
}

}  // namespace normlab
