// What makes a parameter of others, once a pass before any block: a filter standardized, a weight
// out of a direction and a length. Its gradient is made once, after the gradients of all blocks and
// applications are summed.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "operations/opencl/launch.h"
#include "operations/slots.h"

namespace normlab {

template <typename T>
class ParameterOperation {
 public:
  virtual ~ParameterOperation() = default;

  using Inputs = std::span<const std::span<const T>>;
  virtual void Forward(Inputs from, std::span<T> to) = 0;
  // Adds to the gradients of what it was made from.
  virtual void Backward(Inputs from, std::span<const T> to, std::span<const T> to_gradient,
                        std::span<const std::span<T>> from_gradients) = 0;
};

struct ParameterOperationKind {
  std::string name;  // "standardized"
  // What is learned beside the filter that it starts from, the last of its inputs; or none.
  std::function<std::vector<ParameterDeclaration>(const std::vector<int>& shape)> parameters = {};
  std::function<std::unique_ptr<ParameterOperation<float>>(const std::vector<int>& shape)>
      make_float = {};
  std::function<std::unique_ptr<ParameterOperation<double>>(const std::vector<int>& shape)>
      make_double = {};
  // The same on an OpenCL device, for an opencl::FilterPlacement: its input is the learned filter,
  // its output what is made of it, its parameters what is learned beside it.
  opencl::DeviceMaker make_opencl = {};
  // What a maker on the processor holds of its own, in bytes. None: little.
  std::function<std::size_t(const std::vector<int>& shape)> bytes = {};
};

}  // namespace normlab
