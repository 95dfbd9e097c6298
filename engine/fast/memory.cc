#include "engine/fast/memory.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/fast/map_layout.h"
#include "operations/dropout.h"
#include "operations/fast/block.h"
#include "operations/fast/block_tensor.h"

namespace normlab {
namespace {

constexpr std::size_t kMaskBytes = kBlock / 8;  // of one element of a block

// Walks the applications as the builder of the fast network does, and adds up instead of taking.
class Plan {
 public:
  Plan(const Architecture& architecture, Simd simd) : architecture_(architecture), simd_(simd) {}

  // Bytes of a block, and of a thread.
  ActivationBytes OfOneBlock() {
    const std::vector<const Layer*> layers = Applications();
    Add(architecture_.input, layers.front()->padding, Held::kPerBlock);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const Layer* next = i + 1 < layers.size() ? layers[i + 1] : nullptr;
      if (layers[i]->kind == LayerKind::kConvolution) {
        AddBlock(*layers[i], next);
      } else {
        Add(layers[i]->output, Border(next), Held::kPerBlock);
        if (StandsBehindWeights(layers, i)) TakeGradient(layers[i]->output, 0, Held::kPerWorker);
      }
    }
    return bytes_;
  }

 private:
  struct Map {
    Shape shape;
    int border;
    Held held;
    friend bool operator==(const Map&, const Map&) = default;
  };

  std::vector<const Layer*> Applications() const {
    std::vector<const Layer*> layers;
    for (const Layer& layer : architecture_.layers) {
      layers.insert(layers.end(), static_cast<std::size_t>(layer.repeat), &layer);
    }
    return layers;
  }

  // The maps before the first weights have no gradient.
  static bool StandsBehindWeights(const std::vector<const Layer*>& layers, std::size_t at) {
    return std::any_of(layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(at),
                       [](const Layer* layer) { return layer->kind == LayerKind::kConvolution; });
  }

  void Add(Shape shape, int border, Held held) {
    const Shape with_border = {shape.channels, shape.height + 2 * border, shape.width + 2 * border};
    (held == Held::kPerBlock ? bytes_.batch : bytes_.thread) +=
        sizeof(float) * kBlock * with_border.size();
  }

  // Gradients of one shape share their memory, but neighbours do not.
  void TakeGradient(Shape shape, int border, Held held) {
    const Map map = {shape, border, held};
    for (std::size_t i = 0; i < gradients_.size(); ++i) {
      if (gradients_[i] == map && i != last_gradient_) {
        last_gradient_ = i;
        return;
      }
    }
    last_gradient_ = gradients_.size();
    gradients_.push_back(map);
    Add(shape, border, held);
  }

  void TakeNormalized(Shape shape, int border) {
    const Map map = {shape, border, Held::kPerWorker};
    if (std::ranges::find(normalized_, map) != normalized_.end()) return;
    normalized_.push_back(map);
    Add(shape, border, Held::kPerWorker);
  }

  void AddBlock(const Layer& layer, const Layer* next) {
    const bool norm = HasNorm(architecture_, layer);
    Add(layer.output, norm ? 0 : Border(next), Held::kPerBlock);
    TakeGradient(layer.output, layer.kernel - 1 - layer.padding, Held::kPerWorker);
    if (norm) AddNorm(layer, next);
    if (!layer.bare && DropoutKeepsItsDecisions(norm)) {
      bytes_.batch += kMaskBytes * layer.output.size();
    }
  }

  void AddNorm(const Layer& layer, const Layer* next) {
    const NormMethod& method = FindNormMethod(architecture_.options.norm);
    TakeGradient(layer.output, 0, method.pools_images ? Held::kPerBlock : Held::kPerWorker);
    if (!method.pools_images) {
      const StatisticShape statistics = StatisticShapeOf(method, 1, layer.output, layer.groups);
      // Mean and scale, from the forward to the backward pass.
      Add({2 * statistics.channels, statistics.height, statistics.width}, 0, Held::kPerBlock);
    }
    if (method.constant_over_a_channel() && NormIsLast() && ReadsNormalizedInput(simd_, next)) {
      Add({layer.output.channels, 3, 1}, 0, Held::kPerBlock);  // mean, scale, bias
    } else {
      TakeNormalized(layer.output, Border(next));
    }
  }

  bool HasDropout() const { return DropoutThreshold(architecture_.options.dropout) > 0; }

  bool NormIsLast() const {
    const auto& order = architecture_.options.order;
    return order[2] == BlockStep::kNorm ||
           (order[2] == BlockStep::kDropout && !HasDropout() && order[1] == BlockStep::kNorm);
  }

  // A zero of the map beside a ReLU says what was dropped, where that map is held for the batch: it
  // is unless a normalization wrote it.
  bool DropoutKeepsItsDecisions(bool norm) const {
    return HasDropout() && norm && architecture_.options.order[2] != BlockStep::kNorm;
  }

  const Architecture& architecture_;
  Simd simd_;
  ActivationBytes bytes_;
  std::vector<Map> gradients_, normalized_;
  std::size_t last_gradient_ = SIZE_MAX;
};

}  // namespace

ActivationBytes PlannedActivations(const Architecture& architecture, int batch_size, Simd simd) {
  ActivationBytes bytes = Plan(architecture, simd).OfOneBlock();
  bytes.batch *= static_cast<std::size_t>(BlocksFor(batch_size));
  return bytes;
}

std::size_t MemoryBytes(const Architecture& architecture, int batch_size, int threads) {
  const ActivationBytes activations = PlannedActivations(architecture, batch_size);
  return activations.batch + activations.thread * static_cast<std::size_t>(threads) +
         sizeof(float) * (static_cast<std::size_t>(BlocksFor(batch_size)) + 2) *
             StoredParameters(architecture);
}

}  // namespace normlab
