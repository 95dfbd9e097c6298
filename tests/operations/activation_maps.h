// An activation by itself, on maps and on tensors, as a network would place it: the fast engine's
// and the plain twin's.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "operations/activation.h"
#include "operations/fast/block_tensor.h"

namespace normlab {

// The parameters of an operation at what they begin with.
template <typename T>
std::vector<std::vector<T>> InitialParameters(const OperationKind& kind,
                                              const Attributes& attributes, Shape shape) {
  std::vector<std::vector<T>> values;
  if (kind.parameters == nullptr) return values;
  for (const ParameterDeclaration& declared : kind.parameters(attributes, shape, shape)) {
    values.emplace_back(SizeOf(declared.shape), static_cast<T>(declared.initial.constant));
  }
  return values;
}

// On tensors.
template <typename T>
struct PlainActivation {
  PlainActivation(const OperationKind& kind, const Attributes& attributes, int images, Shape shape)
      : x(images, shape),
        y(images, shape),
        dy(images, shape),
        dx(images, shape),
        parameters(InitialParameters<T>(kind, attributes, shape)),
        gradients(parameters) {
    for (std::vector<T>& gradient : gradients) std::ranges::fill(gradient, T{0});
    reference::Placement<T> placement;
    placement.attributes = attributes;
    placement.inputs = {shape};
    placement.output = shape;
    for (std::vector<T>& parameter : parameters) placement.parameters.emplace_back(parameter);
    for (std::vector<T>& gradient : gradients) placement.gradients.emplace_back(gradient);
    if constexpr (std::is_same_v<T, float>) {
      operation = kind.make_float(placement);
    } else {
      operation = kind.make_double(placement);
    }
  }
  void Run() {
    operation->Forward({true}, x, y);
    operation->Backward({true}, x, y, dy, &dx);
  }

  reference::Tensor<T> x, y, dy, dx;
  std::vector<std::vector<T>> parameters, gradients;
  std::unique_ptr<reference::Operation<T>> operation;
};

// How a network may have placed it.
struct ActivationSituation {
  Simd simd = BestSimd();
  bool in_place = false;    // y in the map of x, dx in that of dy
  bool normalizes = false;  // what it reads is (x - mean) * scale + bias
  bool accumulates = false;
  int border = 0;
};

// On maps of some blocks.
class FastActivation {
 public:
  FastActivation(const OperationKind& kind, const Attributes& attributes, int blocks, Shape shape,
                 const ActivationSituation& situation)
      : x(shape, blocks, situation.border),
        y(shape, blocks, situation.border),
        dy(shape, blocks, situation.border),
        dx(shape, blocks, situation.border),
        affine({shape.channels, 3, 1}, blocks, 0),
        parameters(InitialParameters<float>(kind, attributes, shape)),
        in_place_(situation.in_place),
        apart_(kind.traits.gradient_apart),
        blocks_(blocks) {
    Placement placement;
    placement.attributes = attributes;
    placement.simd = situation.simd;
    placement.max_blocks = blocks;
    placement.inputs = {{&x, situation.normalizes ? &affine : nullptr, &input_gradient()}};
    placement.output = {&output(), nullptr, &dy};
    for (const std::vector<float>& parameter : parameters) {
      placement.parameters.push_back(parameter.data());
      gradients.emplace_back(parameter.size() * static_cast<std::size_t>(blocks));
      placement.gradients.push_back(
          {gradients.back().data(), parameter.size(), situation.accumulates});
    }
    operation_ = kind.make_fast(placement);
  }
  BlockTensor& output() { return in_place_ ? x : y; }
  BlockTensor& input_gradient() { return in_place_ ? dy : dx; }

  void Forward() {
    for (int block = 0; block < blocks_; ++block) operation_->Forward({}, block);
  }
  void Backward() {
    for (int block = 0; block < blocks_; ++block) {
      if (apart_) operation_->WeightGradient({}, block);
      operation_->Backward({}, block);
    }
  }

  BlockTensor x, y, dy, dx, affine;
  std::vector<std::vector<float>> parameters, gradients;  // of each block

 private:
  bool in_place_, apart_;
  int blocks_;
  std::unique_ptr<BlockOperation> operation_;
};

}  // namespace normlab
