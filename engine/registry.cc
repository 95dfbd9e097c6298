#include "engine/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "base/error.h"
#include "base/text.h"
#include "engine/fast/memory.h"
#include "engine/make_network.h"
#include "engine/opencl/opencl_network.h"

namespace normlab {
namespace {

std::unique_ptr<Network<float>> MakeFast(const Architecture& architecture, int max_batch,
                                         const EngineSettings& settings) {
  return MakeFastNetwork(architecture, max_batch, {settings.simd, settings.threads});
}

template <typename T>
std::unique_ptr<Network<T>> MakePlain(const Architecture& architecture, int max_batch,
                                      const EngineSettings&) {
  return MakeReferenceNetwork<T>(architecture, max_batch);
}

std::unique_ptr<Network<float>> MakeOnDevice(const Architecture& architecture, int max_batch,
                                             const EngineSettings& settings) {
  return MakeOpenClNetwork(architecture.plan, max_batch,
                           {.number = settings.device, .together = settings.together});
}

// The plain twins keep every step's map and gradient: measured, four times what the fast engine
// plans. Operations say what they keep beside.
template <typename T>
std::size_t PlainBytes(const Architecture& architecture, int batch_size, int threads) {
  constexpr std::size_t kPlain = 4;
  std::size_t bytes =
      kPlain * MemoryBytes(architecture, batch_size, threads) * (sizeof(T) / sizeof(float));
  const Plan& plan = *architecture.plan;
  for (const PlanOperation& operation : plan.operations) {
    if (operation.kind->plain_values == nullptr) continue;
    bytes += sizeof(T) * operation.kind->plain_values(operation.attributes,
                                                      plan.ShapeOf(operation.output), batch_size);
  }
  return bytes;
}

// "a, b or c"
std::string JoinOr(std::vector<std::string> words) {
  const std::string last = words.back();
  words.pop_back();
  return words.empty() ? last : Join(words) + " or " + last;
}

std::string ScalarName(const Engine& engine) {
  return engine.scalar() == Scalar::kFloat ? "float" : "double";
}

}  // namespace

const std::vector<Engine>& Engines() {
  static const std::vector<Engine> engines = {
      {.name = "fast",
       .title = "SIMD engine",
       .simd = true,
       .threads = true,
       .training_bytes = MemoryBytes,
       .make = MakeFast},
      {.name = "reference",
       .title = "its plain twin",
       .plain = true,
       .training_bytes = PlainBytes<float>,
       .make = MakePlain<float>},
      {.name = "reference64",
       .title = "its plain twin",
       .plain = true,
       .training_bytes = PlainBytes<double>,
       .make = MakePlain<double>},
  };
  return engines;
}

const Engine& DeviceEngine() {
  static const Engine engine = {
      .name = "opencl",
      .title = "OpenCL device",
      .on_device = true,
      .training_bytes = [](const Architecture& architecture, int batch_size,
                           int) { return OpenClBytes(architecture, batch_size); },
      .make = MakeOnDevice};
  return engine;
}

std::string EngineChoice() {
  std::vector<std::string> names;
  for (const Engine& engine : Engines()) names.emplace_back(engine.name);
  return JoinOr(names);
}

std::string EngineTitles() {
  std::vector<std::string> titles;
  for (auto row = Engines().begin(); row != Engines().end();) {
    const auto next = std::find_if(
        row, Engines().end(), [&](const Engine& engine) { return engine.title != row->title; });
    std::vector<std::string> scalars;
    std::transform(row, next, std::back_inserter(scalars), ScalarName);
    titles.emplace_back(row->title);
    if (scalars.size() > 1) titles.back() += " in " + JoinOr(scalars);
    row = next;
  }
  return Join(titles, ", or ");
}

const Engine& FindEngine(std::string_view name, std::string_view origin) {
  const auto found = std::ranges::find(Engines(), name, &Engine::name);
  if (found != Engines().end()) return *found;
  throw UsageError(fmt::format("{} {}: expected {}", origin, name, EngineChoice()));
}

const Engine& PlainEngine(Scalar scalar) {
  const auto found = std::ranges::find_if(
      Engines(), [&](const Engine& engine) { return engine.plain && engine.scalar() == scalar; });
  assert(found != Engines().end());
  return *found;
}

std::string InstructionSet(const Engine& engine, std::string_view simd) {
  return engine.simd ? std::string(SimdName(ParseSimd(simd))) : std::string();
}

}  // namespace normlab
