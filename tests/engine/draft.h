// Plans written by hand, operation by operation.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/plan_builder.h"
#include "norm/norm.h"
#include "operations/convolution_options.h"

namespace normlab {

// A network under construction, operation by operation.
class Draft {
 public:
  explicit Draft(Shape images = {3, 7, 6}) : builder_(images) {}

  int images() const { return builder_.images(); }
  Shape shape(int value) const { return builder_.shape(value); }
  int Convolution(int x, int channels, const std::string& layer, int kernel = 3,
                  const ParameterOperationKind* filter = nullptr, int application = 1) {
    return builder_.Add(KindNamed("convolution"), {x},
                        {{"channels", static_cast<double>(channels)},
                         {"kernel", static_cast<double>(kernel)},
                         {"padding", kernel == 3 ? 1.0 : 0.0}},
                        {layer, "conv", application, false, filter});
  }
  // Of any sort; an attribute at its default is not set.
  int Convolution(int x, const ConvolutionOptions& options, const std::string& layer,
                  const ParameterOperationKind* filter = nullptr, int application = 1) {
    Attributes attributes = {{"channels", static_cast<double>(options.channels)},
                             {"kernel", static_cast<double>(options.kernel)},
                             {"padding", static_cast<double>(options.padding)}};
    if (options.stride != 1) attributes.Set("stride", options.stride);
    if (options.groups != 1) attributes.Set("groups", options.groups);
    if (options.bias) attributes.Set("bias", 1);
    return builder_.Add(KindNamed("convolution"), {x}, attributes,
                        {layer, "conv", application, false, filter});
  }
  int Norm(const std::string& name, int x, const std::string& layer, int application = 1) {
    return builder_.Add(FindNormMethod(name).operation, {x},
                        {{"groups", 2}, {"eps", 1e-3}, {"momentum", 0.1}},
                        {layer, "norm", application});
  }
  int Add(const OperationKind& kind, std::vector<int> x, const std::string& layer,
          const Attributes& attributes = {}, int application = 1) {
    return builder_.Add(kind, std::move(x), attributes, {layer, "op", application});
  }
  int Relu(int x, const std::string& layer) { return Activation("relu", x, layer); }
  int Activation(std::string_view name, int x, const std::string& layer) {
    return Add(KindNamed(name), {x}, layer);
  }
  int Dropout(int x, const std::string& layer) {
    return Add(KindNamed("dropout"), {x}, layer,
               {{"probability", 0.25}, {"number", static_cast<double>(dropouts_++)}});
  }
  // As PlanBuilder has it.
  void EndUnit(int before, int after) { builder_.EndUnit(before, after); }
  // The scores of 4 classes.
  std::shared_ptr<const Plan> Finish(int x) {
    const int pooled = Add(KindNamed("average pool"), {x}, "GAP", {{"size", 0}});
    const int logits = Convolution(pooled, 4, "last", 1);
    return std::make_shared<const Plan>(std::move(builder_).Finish(logits));
  }

 private:
  PlanBuilder builder_;
  int dropouts_ = 0;
};

}  // namespace normlab
