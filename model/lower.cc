#include "model/lower.h"

#include <utility>

#include "model/plan_builder.h"
#include "operations/dropout.h"

namespace normlab {
namespace {

class Lowering {
 public:
  explicit Lowering(const Architecture& architecture)
      : options_(architecture.options), builder_(architecture.input) {
    for (const Layer& layer : architecture.layers) {
      for (int application = 1; application <= layer.repeat; ++application) {
        if (layer.kind == LayerKind::kConvolution) {
          AddUnit(layer, application);
        } else {
          AddPool(layer);
        }
      }
    }
  }

  Plan Finish() && { return std::move(builder_).Finish(value_); }

 private:
  void AddPool(const Layer& layer) {
    const bool maximum = layer.kind == LayerKind::kMaxPool;
    const Attributes attributes =
        maximum ? Attributes{} : Attributes{{"size", static_cast<double>(layer.kernel)}};
    value_ = builder_.Add(KindNamed(maximum ? "max pool" : "average pool"), {value_}, attributes,
                          {.layer = layer.name});
    builder_.EndUnit(value_, value_);
  }

  // Convolution, then ReLU, normalization and dropout in the model's order.
  void AddUnit(const Layer& layer, int application) {
    PlanPlace place = {.layer = layer.name, .part = "conv", .application = application};
    const FilterMethod& filter = ActingFilter(options_);
    if (filter.acts() && !layer.bare) place.filter = &filter.operation;
    value_ = builder_.Add(KindNamed("convolution"), {value_},
                          {{"channels", static_cast<double>(layer.output.channels)},
                           {"kernel", static_cast<double>(layer.kernel)},
                           {"padding", static_cast<double>(layer.padding)}},
                          place);
    place.filter = nullptr;
    int before = -1, after = -1;
    for (const UnitStep step : options_.order) {
      if (layer.bare) break;
      if (step == UnitStep::kNorm && options_.norm->normalizes()) {
        before = value_;
        after = AddNorm(layer, application);
      } else if (step == UnitStep::kRelu && !options_.norm->is_activation) {
        place.part = "relu";
        value_ = builder_.Add(KindNamed("relu"), {value_}, {}, place);
      } else if (step == UnitStep::kDropout) {
        AddDropout(place);
      }
    }
    builder_.EndUnit(before < 0 ? value_ : before, after < 0 ? value_ : after);
  }

  int AddNorm(const Layer& layer, int application) {
    Attributes attributes = {{"groups", static_cast<double>(layer.groups)},
                             {"eps", options_.norm_eps},
                             {"momentum", options_.norm_momentum}};
    if (options_.ghost > 0) attributes.Set("ghost", options_.ghost);
    return value_ = builder_.Add(
               options_.norm->Program(options_.norm_by_equation), {value_}, std::move(attributes),
               {.layer = layer.name,
                .part = "norm",
                .application = application,
                .states_per_application = options_.statistics_per_application && layer.repeat > 1});
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
  int value_ = 0;
  int dropouts_ = 0;
};

}  // namespace

Plan Lower(const Architecture& architecture) { return Lowering(architecture).Finish(); }

}  // namespace normlab
