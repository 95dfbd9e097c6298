// Lays an architecture out as the fast engine's list of operations.
#include "engine/fast/build.h"

#include <array>

#include "engine/fast/map_layout.h"
#include "norm/fast/normalization.h"
#include "operations/dropout.h"
#include "operations/fast/activation.h"
#include "operations/fast/convolution.h"
#include "operations/fast/pooling.h"

namespace normlab {
namespace {

// A map and the gradient of the loss with respect to it. With `affine` the map is a normalization
// of the values that is not stored.
struct Map {
  const BlockTensor* values = nullptr;
  const BlockTensor* gradient = nullptr;
  const BlockTensor* affine = nullptr;
};

// One application of a layer; a repeated layer stands in the list as often as it is applied.
struct Application {
  const Layer* layer;
  std::size_t parameter;  // index of its first tensor
  std::size_t site;       // index into StatisticsSites, where it keeps running statistics
  int number;             // 1, 2, ... of its layer
  bool last;  // of its layer: the first to write the layer's gradient in the backward pass
};

std::vector<Application> Applications(const Architecture& architecture) {
  std::vector<Application> applications;
  const NormMethod& method = FindNormMethod(architecture.options.norm);
  std::size_t parameter = 0, site = 0;
  for (const Layer& layer : architecture.layers) {
    const bool norm = HasNorm(architecture, layer);
    for (int i = 0; i < layer.repeat; ++i) {
      applications.push_back({&layer, parameter, site, i + 1, i + 1 == layer.repeat});
      site += norm && method.running_statistics ? 1 : 0;
    }
    if (layer.kind != LayerKind::kConvolution) continue;
    parameter += norm ? (method.has_bias ? 3 : 2) : 1;
  }
  return applications;
}

class Builder {
 public:
  Builder(const Architecture& architecture, const FastOptions& options, FastNetwork& network)
      : architecture_(architecture),
        simd_(options.simd),
        network_(network),
        gradients_(network, true),
        normalized_(network, false) {}

  void Build() {
    const std::vector<Application> applications = Applications(architecture_);
    Map map;
    map.values =
        network_.AddMap(architecture_.input, applications.front().layer->padding, Held::kPerBlock);
    const BlockTensor* input = map.values;
    for (std::size_t i = 0; i < applications.size(); ++i) {
      const Layer* next = i + 1 < applications.size() ? applications[i + 1].layer : nullptr;
      map = applications[i].layer->kind == LayerKind::kConvolution
                ? AddBlock(applications[i], map, next)
                : AddPool(*applications[i].layer, map, next);
    }
    network_.Finish(input, map.values, map.gradient);
  }

 private:
  // Maps that share memory where shape and border agree. The backward pass reads one map's gradient
  // and writes the one before it, so there neighbours must differ; a normalized map is needed only
  // from its normalization to the layer that reads it.
  class SharedMaps {
   public:
    SharedMaps(FastNetwork& network, bool neighbours_differ)
        : network_(network), neighbours_differ_(neighbours_differ) {}

    const BlockTensor* Take(Shape shape, int border, Held held) {
      for (const Entry& entry : entries_) {
        if (entry.shape == shape && entry.border == border && entry.map->held() == held &&
            !(neighbours_differ_ && entry.map == last_)) {
          return last_ = entry.map;
        }
      }
      entries_.push_back({shape, border, network_.AddMap(shape, border, held)});
      return last_ = entries_.back().map;
    }

   private:
    struct Entry {
      Shape shape;
      int border;
      const BlockTensor* map;
    };
    FastNetwork& network_;
    bool neighbours_differ_;
    std::vector<Entry> entries_;
    const BlockTensor* last_ = nullptr;
  };

  // A gradient goes from one operation to the next on the same block, but where batch statistics
  // make the blocks wait for each other.
  const BlockTensor* GradientMap(Shape shape, int border, bool waits = false) {
    return gradients_.Take(shape, border, waits ? Held::kPerBlock : Held::kPerWorker);
  }

  // A map from which no weights lead back to the images has no gradient: nobody wants it.
  Map AddPool(const Layer& layer, const Map& x, const Layer* next) {
    const Map y = {network_.AddMap(layer.output, Border(next), Held::kPerBlock),
                   x.gradient == nullptr ? nullptr : GradientMap(layer.output, 0), nullptr};
    const bool whole_map = layer.kind == LayerKind::kGlobalAveragePool;
    const PoolingPlan plan = {whole_map ? layer.input.height : layer.kernel,
                              whole_map ? layer.input.width : layer.kernel,
                              x.values,
                              y.values,
                              y.gradient,
                              x.gradient,
                              x.affine};
    const bool maximum = layer.kind == LayerKind::kMaxPool;
    network_.AddOperation({.layer = layer.name, .name = maximum ? "max pool" : "average pool"},
                          maximum ? MakeMaxPool(simd_, plan) : MakeAveragePool(simd_, plan),
                          y.values, x.values);
    return y;
  }

  // Convolution, then ReLU, normalization and dropout in the model's order.
  Map AddBlock(const Application& application, const Map& x, const Layer* next) {
    const Layer& layer = *application.layer;
    const bool norm = HasNorm(architecture_, layer);
    const std::vector<BlockStep> steps = Steps(layer, norm);
    // The input gradient is a convolution over the output's gradient with this border.
    const int gradient_border = layer.kernel - 1 - layer.padding;
    Map map = {network_.AddMap(layer.output, norm ? 0 : Border(next), Held::kPerBlock),
               GradientMap(layer.output, gradient_border), nullptr};
    AddConvolution(application, x, map, !steps.empty() && steps.front() == BlockStep::kRelu);
    network_.AddBlock(layer.name, application.number, map.values);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i] == BlockStep::kNorm) {
        const NormMethod& method = FindNormMethod(architecture_.options.norm);
        const bool waits = method.pools_images;
        const bool on_the_way = method.constant_over_a_channel() && i + 1 == steps.size() &&
                                ReadsNormalizedInput(simd_, next);
        map = AddNorm(
            application, map, GradientMap(layer.output, 0, waits),
            on_the_way ? nullptr : normalized_.Take(layer.output, Border(next), Held::kPerWorker),
            Neighbours(steps, i - 1));
      } else {
        AddInPlace(application, steps, i, map);
      }
    }
    return map;
  }

  std::vector<BlockStep> Steps(const Layer& layer, bool norm) const {
    std::vector<BlockStep> steps;
    if (layer.bare) return steps;
    for (BlockStep step : architecture_.options.order) {
      const bool present = step == BlockStep::kNorm      ? norm
                           : step == BlockStep::kDropout ? Threshold() > 0
                                                         : true;
      if (present) steps.push_back(step);
    }
    return steps;
  }

  std::uint32_t Threshold() const { return DropoutThreshold(architecture_.options.dropout); }

  // Which in-place steps act on the same map as step `at`: the run of neighbours without a norm.
  struct InPlace {
    bool relu = false, dropout = false;
  };
  static InPlace Neighbours(const std::vector<BlockStep>& steps, std::size_t at) {
    InPlace found;
    if (at >= steps.size()) return found;
    std::size_t first = at, end = at + 1;
    while (first > 0 && steps[first - 1] != BlockStep::kNorm) --first;
    while (end < steps.size() && steps[end] != BlockStep::kNorm) ++end;
    for (std::size_t i = first; i < end; ++i) {
      found.relu |= steps[i] == BlockStep::kRelu;
      found.dropout |= steps[i] == BlockStep::kDropout;
    }
    return found;
  }

  float GateScale(const InPlace& in_place) const {
    return in_place.dropout ? static_cast<float>(DropoutScale(Threshold())) : 1.0f;
  }

  static OperationInfo Info(const Application& application, const std::string& name) {
    return {.layer = application.layer->name, .name = name, .application = application.number};
  }
  static OperationInfo ConvolutionInfo(const Application& application, bool input_gradient) {
    OperationInfo info = Info(application, "convolution");
    const std::size_t once = MultiplyAdds(*application.layer);
    info.of(Phase::kForward) = info.of(Phase::kWeightGradient) = once;
    if (input_gradient) info.of(Phase::kBackward) = once;
    return info;
  }

  void AddConvolution(const Application& application, const Map& x, const Map& y, bool relu) {
    ConvolutionPlan plan;
    plan.kernel = application.layer->kernel;
    plan.padding = application.layer->padding;
    plan.relu = relu;
    plan.weights = network_.parameter(application.parameter);
    plan.x = x.values;
    plan.x_affine = x.affine;
    plan.y = y.values;
    plan.y_gradient = y.gradient;
    plan.x_gradient = x.gradient;
    plan.weight_gradient = network_.partial_gradient(application.parameter, !application.last);
    plan.workspace = &network_.workspace();
    network_.AddOperation(ConvolutionInfo(application, x.gradient != nullptr),
                          MakeConvolution(simd_, plan), y.values, x.values);
  }

  // `y`: where the normalized map is stored; null: the next layer normalizes while it reads.
  Map AddNorm(const Application& application, const Map& x, const BlockTensor* y_gradient,
              const BlockTensor* y, const InPlace& before) {
    const ModelOptions& options = architecture_.options;
    const NormMethod& method = FindNormMethod(options.norm);
    NormalizationPlan plan;
    plan.kind = method.kind;
    plan.groups = application.layer->groups;
    plan.eps = options.norm_eps;
    plan.momentum = options.norm_momentum;
    plan.weight = network_.parameter(application.parameter + 1);
    plan.weight_gradient = network_.partial_gradient(application.parameter + 1, !application.last);
    if (method.has_bias) {
      plan.bias = network_.parameter(application.parameter + 2);
      plan.bias_gradient = network_.partial_gradient(application.parameter + 2, !application.last);
    }
    if (method.running_statistics) {
      const StatisticsSite& site = network_.statistics_sites()[application.site];
      plan.running_mean = network_.buffer_at(site.running_mean);
      plan.running_var = network_.buffer_at(site.running_var);
      plan.batches_tracked = network_.counter(site.counter);
      plan.batch_statistics = network_.batch_statistics_at(site.batch);
    }
    plan.x = x.values;
    plan.y = y;
    if (y == nullptr) {
      plan.affine = network_.AddMap({x.values->shape().channels, 3, 1}, 0, Held::kPerBlock);
    }
    plan.y_gradient = y_gradient;
    plan.x_gradient = x.gradient;
    plan.gated = before.relu;
    plan.gate_scale = before.relu ? GateScale(before) : 1.0f;
    network_.AddOperation(Info(application, std::string(method.name) + " norm"),
                          MakeNormalization(simd_, plan, network_.max_blocks()),
                          y == nullptr ? plan.affine : y, x.values);
    return {y == nullptr ? x.values : y, y_gradient, plan.affine};
  }

  void AddInPlace(const Application& application, const std::vector<BlockStep>& steps,
                  std::size_t at, const Map& map) {
    const InPlace in_place = Neighbours(steps, at);
    if (steps[at] == BlockStep::kRelu) {
      bool norm_follows = false;
      for (std::size_t i = at; i < steps.size(); ++i) norm_follows |= steps[i] == BlockStep::kNorm;
      ReluPlan plan = {map.values, map.gradient, at != 0, !norm_follows, GateScale(in_place)};
      network_.AddOperation(Info(application, "relu"), MakeRelu(simd_, plan), map.values, nullptr);
    } else {
      DropoutPlan plan = {architecture_.options.dropout, dropouts_++, map.values,
                          in_place.relu ? nullptr : map.gradient};
      network_.AddOperation(Info(application, "dropout"),
                            MakeDropout(simd_, plan, network_.max_blocks()), map.values, nullptr);
    }
  }

  const Architecture& architecture_;
  Simd simd_;
  FastNetwork& network_;
  SharedMaps gradients_, normalized_;
  int dropouts_ = 0;
};

}  // namespace

std::unique_ptr<FastNetwork> BuildFastNetwork(const Architecture& architecture, int max_batch,
                                              const FastOptions& options) {
  auto network = std::make_unique<FastNetwork>(
      ParameterInfos(architecture), BufferInfos(architecture), CounterInfos(architecture),
      StatisticsSites(architecture), max_batch, options.threads);
  Builder(architecture, options, *network).Build();
  return network;
}

std::unique_ptr<Network<float>> MakeFastNetwork(const Architecture& architecture, int max_batch,
                                                const FastOptions& options) {
  return BuildFastNetwork(architecture, max_batch, options);
}

}  // namespace normlab
