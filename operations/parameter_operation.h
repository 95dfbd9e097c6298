// What makes a parameter of others, once a pass before any block: a filter standardized, a weight
// out of a direction and a length. Its gradient is made once, after the gradients of all blocks and
// applications are summed.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

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
  std::string name;  // "standardized filter"
  std::unique_ptr<ParameterOperation<float>> (*make_float)(const std::vector<int>& shape) = nullptr;
  std::unique_ptr<ParameterOperation<double>> (*make_double)(const std::vector<int>& shape) =
      nullptr;
};

}  // namespace normlab
