// One convolution with its inputs, and what each engine makes of it.
#pragma once

#include <algorithm>
#include <vector>

#include "base/at.h"
#include "operations/fast/convolution.h"
#include "operations/reference/convolution.h"

namespace normlab {

struct ConvolutionCase {
  ConvolutionOptions options;
  reference::Tensor<double> x, dy;
  std::vector<double> weight, bias;  // no biases where the options have none

  Shape output() const { return options.Output(x.shape); }
};

// [N][C][H][W], [O][I / groups][k][k], [O].
struct ConvolutionResult {
  std::vector<double> y, dx, weight_gradient, bias_gradient;
};

template <typename To, typename From>
std::vector<To> Converted(const std::vector<From>& from) {
  return std::vector<To>(from.begin(), from.end());
}

template <typename T>
ConvolutionResult RunTwin(const ConvolutionCase& c) {
  const std::vector<T> weight = Converted<T>(c.weight), bias = Converted<T>(c.bias);
  std::vector<T> weight_gradient(weight.size()), bias_gradient(bias.size());
  reference::Convolution<T> convolution(c.x.shape.channels, c.options, weight, weight_gradient,
                                        bias, bias_gradient);
  reference::Tensor<T> x(c.x.images, c.x.shape), dx = x, y(c.x.images, c.output()), dy = y;
  x.values = Converted<T>(c.x.values);
  dy.values = Converted<T>(c.dy.values);
  convolution.Forward({}, x, y);
  convolution.Backward({}, x, y, dy, &dx);
  return {Converted<double>(y.values), Converted<double>(dx.values),
          Converted<double>(weight_gradient), Converted<double>(bias_gradient)};
}

// A map of blocks with `border` zeros around it, as one that others read may have.
class BlockMap {
 public:
  BlockMap(int images, Shape shape, int border)
      : images_(images), border_(border), map_(shape, BlocksFor(images), border) {}
  BlockMap(const reference::Tensor<double>& values, int border)
      : BlockMap(values.images, values.shape, border) {
    ForEach([&](std::size_t e, float& value) { value = static_cast<float>(values.values[e]); });
  }

  const BlockTensor* map() const { return &map_; }
  std::vector<double> Values() const {
    std::vector<double> values(map_.shape().size() * At(images_));
    ForEach([&](std::size_t e, float& value) { values[e] = value; });
    return values;
  }
  // Whether any of the zeros around the map was written to.
  bool BorderIsZero() const {
    const Shape& shape = map_.shape();
    for (int block = 0; block < BlocksFor(images_); ++block) {
      const BlockView view = map_.block(block);
      for (int c = 0; c < shape.channels; ++c) {
        for (int row = -border_; row < shape.height + border_; ++row) {
          for (int column = -border_; column < shape.width + border_; ++column) {
            const bool inside =
                row >= 0 && column >= 0 && row < shape.height && column < shape.width;
            const float* lanes = view.at(c, row, column);
            if (!inside && std::any_of(lanes, lanes + kBlock, [](float v) { return v != 0; })) {
              return false;
            }
          }
        }
      }
    }
    return true;
  }

 private:
  template <class Visit>
  void ForEach(const Visit& visit) const {
    const Shape& shape = map_.shape();
    std::size_t e = 0;
    for (int n = 0; n < images_; ++n) {
      const BlockView view = map_.block(n / kBlock);
      for (int c = 0; c < shape.channels; ++c) {
        for (int row = 0; row < shape.height; ++row) {
          for (int column = 0; column < shape.width; ++column, ++e) {
            visit(e, view.at(c, row, column)[n % kBlock]);
          }
        }
      }
    }
  }

  int images_, border_;
  BlockTensor map_;
};

struct FastConvolution {
  ConvolutionResult result;
  bool borders_are_zero = false;
};

// `more`: rows and columns around the maps beyond those that are needed. `applications`: how often
// the same weights are applied in a pass, their gradients being added up.
inline FastConvolution RunFast(const ConvolutionCase& c, Simd simd, Store store, int more = 0,
                               int applications = 1) {
  const std::vector<float> weight = Converted<float>(c.weight), bias = Converted<float>(c.bias);
  const int blocks = BlocksFor(c.x.images), images = c.x.images;
  std::vector<float> weight_gradients(weight.size() * At(blocks), 1e3f);
  std::vector<float> bias_gradients(bias.size() * At(blocks), 1e3f);
  const BlockMap x(c.x, c.options.padding + more), dy(c.dy, c.options.GradientBorder() + more);
  const BlockMap y(images, c.output(), more), dx(images, c.x.shape, more);
  Workspace workspace;
  std::vector<std::unique_ptr<BlockOperation>> operations;
  for (int application = 0; application < applications; ++application) {
    ConvolutionPlan plan;
    plan.options = c.options;
    plan.store = store;
    plan.weights = weight.data();
    plan.bias = bias.empty() ? nullptr : bias.data();
    plan.x = x.map();
    plan.y = y.map();
    plan.y_gradient = dy.map();
    plan.x_gradient = dx.map();
    plan.weight_gradient = {weight_gradients.data(), weight.size(), application > 0};
    plan.bias_gradient = {bias_gradients.data(), bias.size(), application > 0};
    plan.workspace = &workspace;
    operations.push_back(MakeConvolution(simd, plan));
  }
  workspace.Allocate(1);
  Batch batch;
  batch.count = images;
  Pass pass;
  pass.batch = &batch;
  for (const auto& operation : operations) {
    operation->Begin(pass);
    for (int block = 0; block < blocks; ++block) {
      operation->Forward(pass, block);
      operation->WeightGradient(pass, block);
      operation->Backward(pass, block);
    }
  }
  const auto sum = [blocks](const std::vector<float>& partial) {
    std::vector<double> total(partial.size() / At(blocks));
    for (std::size_t e = 0; e < partial.size(); ++e) total[e % total.size()] += partial[e];
    return total;
  };
  return {{y.Values(), dx.Values(), sum(weight_gradients),
           bias.empty() ? std::vector<double>() : sum(bias_gradients)},
          y.BorderIsZero() && dx.BorderIsZero()};
}

}  // namespace normlab
