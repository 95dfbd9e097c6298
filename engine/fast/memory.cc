#include "engine/fast/memory.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "engine/fast/layout.h"
#include "operations/fast/block.h"

namespace normlab {
namespace {

std::size_t BytesOf(const MapMemory& map) {
  return sizeof(float) * At(map.shape.channels) *
         BlockTensor::FloatsOfChannel(map.shape, map.border);
}

}  // namespace

ActivationBytes PlannedActivations(const Plan& plan, int batch_size, Simd simd) {
  const FusedPlan fused = Fuse(plan, simd);
  const MapLayout layout = LayOut(plan, fused, TimelineOf(plan, fused));
  ActivationBytes bytes;
  for (const MapMemory& map : layout.memory) {
    (map.held == Held::kPerBlock ? bytes.batch : bytes.thread) += BytesOf(map);
  }
  std::size_t working = 0;
  // Further applications of a layer keep as much as the first, and what an equation's program keeps
  // takes a compilation to tell.
  std::map<std::tuple<std::string, std::string, bool, Held>, std::size_t> kept;
  for (std::size_t i = 0; i < plan.operations.size(); ++i) {
    const PlanOperation& operation = plan.operations[i];
    if (operation.kind->working_bytes != nullptr && operation.application == 1) {
      working = std::max(working, operation.kind->working_bytes(operation.attributes,
                                                                plan.ShapeOf(operation.output)));
    }
    if (operation.kind->kept_bytes == nullptr) continue;
    const int output = layout.values[At(operation.output)];
    const Held held = output < 0 ? Held::kPerBlock : layout.of(output).held;
    const bool backward = fused.operations[i].backward;
    const auto [known, is_new] =
        kept.try_emplace({operation.layer, operation.part, backward, held}, 0);
    if (is_new) {
      known->second = operation.kind->kept_bytes(operation.attributes,
                                                 plan.ShapeOf(operation.output), backward, held);
    }
    bytes.batch += known->second;
  }
  bytes.thread += working;
  bytes.batch *= static_cast<std::size_t>(BlocksFor(batch_size));
  return bytes;
}

ActivationBytes PlannedActivations(const Architecture& architecture, int batch_size, Simd simd) {
  return PlannedActivations(*architecture.plan, batch_size, simd);
}

std::size_t FilterMakersBytes(const Plan& plan) {
  std::size_t bytes = 0;
  for (const DerivedParameter& derived : plan.derived) {
    if (derived.kind->bytes != nullptr) bytes += derived.kind->bytes(derived.shape);
  }
  return bytes;
}

std::size_t MemoryBytes(const Architecture& architecture, int batch_size, int threads) {
  const ActivationBytes activations = PlannedActivations(architecture, batch_size);
  const Plan& plan = *architecture.plan;
  return activations.batch + activations.thread * static_cast<std::size_t>(threads) +
         sizeof(float) * (static_cast<std::size_t>(BlocksFor(batch_size)) + 2) *
             (plan.parameter_count() + plan.derived_count()) +
         FilterMakersBytes(plan);
}

}  // namespace normlab
