#include "model/lower.h"

#include <utility>

#include "model/plan_builder.h"
#include "operations/dropout.h"

namespace normlab {
namespace {

// An attribute at its default is not said.
void SetUnless(int otherwise, std::string_view name, int value, Attributes& attributes) {
  if (value != otherwise) attributes.Set(name, value);
}

Attributes ConvolutionAttributes(const Layer& layer) {
  Attributes attributes = {{"channels", static_cast<double>(layer.output.channels)},
                           {"kernel", static_cast<double>(layer.kernel)},
                           {"padding", static_cast<double>(layer.padding)}};
  SetUnless(1, "stride", layer.stride, attributes);
  SetUnless(1, "groups", layer.channel_groups, attributes);
  SetUnless(0, "bias", layer.bias ? 1 : 0, attributes);
  return attributes;
}

Attributes PoolAttributes(const Layer& layer) {
  Attributes attributes;
  const bool maximum = layer.kind == LayerKind::kMaxPool;
  SetUnless(maximum ? 2 : -1, "size", layer.kernel, attributes);
  if (layer.kernel == 0) return attributes;
  SetUnless(layer.kernel, "stride", layer.stride, attributes);
  SetUnless(0, "padding", layer.padding, attributes);
  return attributes;
}

class Lowering {
 public:
  explicit Lowering(const Architecture& architecture)
      : options_(architecture.options), builder_(architecture.input) {
    for (const Layer& layer : architecture.layers) {
      for (const int input : layer.inputs) {
        inputs_.push_back(input == kImages ? builder_.images() : values_[At(input)]);
      }
      for (int application = 1; application <= layer.repeat; ++application) {
        AddLayer(layer, application);
        inputs_ = {value_};
      }
      inputs_.clear();
      values_.push_back(value_);
    }
  }

  Plan Finish() && { return std::move(builder_).Finish(value_); }

 private:
  void AddLayer(const Layer& layer, int application) {
    switch (layer.kind) {
      case LayerKind::kConvolution:
        return AddUnit(layer, application);
      case LayerKind::kMaxPool:
        return AddAlone(layer, "max pool", PoolAttributes(layer));
      case LayerKind::kAveragePool:
      case LayerKind::kGlobalAveragePool:
        return AddAlone(layer, "average pool", PoolAttributes(layer));
      case LayerKind::kSum:
        return AddAlone(layer, "sum", {});
      case LayerKind::kConcatenation:
        return AddAlone(layer, "concatenation", {});
      case LayerKind::kPaddedShortcut:
        return AddAlone(layer, "padded shortcut",
                        {{"channels", static_cast<double>(layer.output.channels)},
                         {"stride", static_cast<double>(layer.stride)}});
    }
  }

  // An operation, behind a sum an activation: a unit.
  void AddAlone(const Layer& layer, std::string_view kind, Attributes attributes) {
    value_ = builder_.Add(KindNamed(kind), inputs_, std::move(attributes), {.layer = layer.name});
    if (layer.kind == LayerKind::kSum) AddActivation(layer, {.layer = layer.name});
    builder_.EndUnit(value_, value_);
  }

  // Convolution, then activation, normalization and dropout in the model's order.
  void AddUnit(const Layer& layer, int application) {
    PlanPlace place = {.layer = layer.name, .part = "conv", .application = application};
    const FilterMethod& filter = FilterOf(options_, layer);
    if (filter.acts()) place.filter = &filter.operation;
    value_ = builder_.Add(KindNamed("convolution"), inputs_, ConvolutionAttributes(layer), place);
    place.filter = nullptr;
    int before = -1, after = -1;
    for (const UnitStep step : options_.order) {
      if (layer.bare) break;
      if (step == UnitStep::kNorm && NormOf(options_, layer).normalizes()) {
        before = value_;
        after = AddNorm(layer, application);
      } else if (step == UnitStep::kRelu) {
        AddActivation(layer, place);
      } else if (step == UnitStep::kDropout) {
        AddDropout(place);
      }
    }
    builder_.EndUnit(before < 0 ? value_ : before, after < 0 ? value_ : after);
  }

  void AddActivation(const Layer& layer, PlanPlace place) {
    const std::string_view activation = ActivationOf(options_, layer);
    if (activation == kNoActivation) return;
    place.part = activation == "relu" ? "relu" : "activation";
    value_ = builder_.Add(KindNamed(activation), {value_}, {}, place);
  }

  int AddNorm(const Layer& layer, int application) {
    Attributes attributes = {{"groups", static_cast<double>(layer.groups)},
                             {"eps", options_.norm_eps},
                             {"momentum", options_.norm_momentum}};
    if (options_.ghost > 0) attributes.Set("ghost", options_.ghost);
    return value_ =
               builder_.Add(NormOf(options_, layer).Program(options_.norm_by_equation), {value_},
                            std::move(attributes),
                            {.layer = layer.name,
                             .part = "norm",
                             .application = application,
                             .states_per_application = options_.statistics_per_application &&
                                                       layer.repeat > 1 && layer.norm.empty()});
  }

  void AddDropout(PlanPlace place) {
    if (DropoutThreshold(options_.dropout) == 0) return;
    place.part = "dropout";
    value_ = builder_.Add(
        KindNamed("dropout"), {value_},
        {{"probability", options_.dropout}, {"number", static_cast<double>(dropouts_++)}}, place);
  }

  const ModelOptions& options_;
  PlanBuilder builder_;
  std::vector<int> values_;  // what each layer gives
  std::vector<int> inputs_;  // of the application that is added
  int value_ = 0;
  int dropouts_ = 0;
};

}  // namespace

Plan Lower(const Architecture& architecture) { return Lowering(architecture).Finish(); }

}  // namespace normlab
