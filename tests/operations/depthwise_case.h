// A depthwise convolution's operands, its definition on them in plain loops and double, and the
// fast operation on the same.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "base/philox.h"
#include "operations/fast/depthwise.h"
#include "tests/operations/reference_gradient.h"

namespace normlab::depthwise {

struct DepthwiseCase {
  int channels = 1, height = 1, width = 1;
  int kernel = 3, stride = 1, padding = 1;
  bool bias = false, relu = false, affine = false, input_gradient = true;
  bool rectified = false;  // what is read, with affine
  int images = kBlock;
  double shift = 0;         // of x
  bool accumulate = false;  // of the parameters' gradients

  int Out(int side) const { return (side + 2 * padding - kernel) / stride + 1; }
  bool exists() const { return std::min(height, width) + 2 * padding >= kernel; }
  Shape in() const { return {channels, height, width}; }
  Shape out() const { return {channels, Out(height), Out(width)}; }
  int taps() const { return kernel * kernel; }
  ConvolutionOptions options() const {
    return {.channels = channels,
            .kernel = kernel,
            .padding = padding,
            .stride = stride,
            .groups = channels,
            .bias = bias};
  }
};

inline std::ostream& operator<<(std::ostream& out, const DepthwiseCase& c) {
  return out << c.channels << "x" << c.height << "x" << c.width << ", kernel " << c.kernel
             << ", stride " << c.stride << ", padding " << c.padding << ", " << c.images
             << " images" << (c.bias ? ", bias" : "") << (c.relu ? ", ReLU" : "")
             << (c.affine ? ", affine" : "") << (c.rectified ? ", rectified" : "")
             << (c.input_gradient ? "" : ", first");
}

// A sum, and what float32 may miss it by: each term is rounded in at most as many additions as lead
// to the sum, each to within 2^-24 of sums that `magnitude` bounds.
struct Sum {
  double value = 0, magnitude = 0, error = 0;
  // b is known to within `roundings` of float32.
  void Add(double a, double b, double roundings = 0) {
    value += a * b;
    magnitude += std::abs(a * b);
    error += std::abs(a) * roundings / kPerRounding;
  }
  double Bound(int additions) const {
    return 1.01 * (error + (additions + 1) * (magnitude + error) / kPerRounding);
  }
  static constexpr double kPerRounding = 16777216;  // 2^24
};

// What is read of x, normalized where the case says so; `error` in roundings of float32.
struct Read {
  double value = 0, error = 0;
};

// Everything that goes in, as plain numbers: [N][C][H][W], and [N][C] of mean, scale, bias.
struct Operands {
  explicit Operands(const DepthwiseCase& c)
      : x(c.in().size() * c.images),
        r(c.out().size() * c.images),
        weights(static_cast<std::size_t>(c.channels) * c.taps()),
        bias(c.channels),
        mean(static_cast<std::size_t>(c.images) * c.channels),
        scale(mean.size()),
        beta(mean.size()) {
    int item = 0;
    for (auto* values : {&x, &r, &weights, &bias, &mean, &scale, &beta}) {
      reference::FillUniform(*values, 100 + item++);
      // Both engines begin with the same float32 numbers.
      for (double& value : *values) value = static_cast<float>(value);
    }
    for (double& value : x) value = static_cast<float>(value + c.shift);
    for (double& value : mean) value = static_cast<float>(value + c.shift);
  }
  std::vector<double> x, r, weights, bias, mean, scale, beta;
};

// The definition: y, and of L = sum r * y the gradients of what is read, of the filters and of the
// biases.
class Definition {
 public:
  Definition(const DepthwiseCase& c, const Operands& operands) : c_(c), in_(operands) {}

  Sum Y(int n, int channel, int q, int p) const {
    Sum sum;
    if (c_.bias) sum.Add(1, in_.bias[channel]);
    for (int i = 0; i < c_.kernel; ++i) {
      for (int j = 0; j < c_.kernel; ++j) {
        const Read read =
            X(n, channel, q * c_.stride + i - c_.padding, p * c_.stride + j - c_.padding);
        sum.Add(Weight(channel, i, j), read.value, read.error);
      }
    }
    return sum;
  }

  Sum InputGradient(int n, int channel, int row, int column) const {
    Sum sum;
    for (int i = 0; i < c_.kernel; ++i) {
      for (int j = 0; j < c_.kernel; ++j) {
        const int q = row + c_.padding - i, p = column + c_.padding - j;
        if (q < 0 || p < 0 || q % c_.stride != 0 || p % c_.stride != 0) continue;
        sum.Add(Weight(channel, i, j), R(n, channel, q / c_.stride, p / c_.stride));
      }
    }
    return sum;
  }

  // Over the images first to end - 1.
  Sum FilterGradient(int channel, int i, int j, int first, int end) const {
    Sum sum;
    ForEachOutput(first, end, [&](int n, int q, int p) {
      const Read read =
          X(n, channel, q * c_.stride + i - c_.padding, p * c_.stride + j - c_.padding);
      sum.Add(R(n, channel, q, p), read.value, read.error);
    });
    return sum;
  }
  Sum BiasGradient(int channel, int first, int end) const {
    Sum sum;
    ForEachOutput(first, end, [&](int n, int q, int p) { sum.Add(1, R(n, channel, q, p)); });
    return sum;
  }

  double Loss() const {
    double loss = 0;
    for (int channel = 0; channel < c_.channels; ++channel) {
      ForEachOutput(0, c_.images, [&](int n, int q, int p) {
        loss += R(n, channel, q, p) * Y(n, channel, q, p).value;
      });
    }
    return loss;
  }

 private:
  template <class Visit>
  void ForEachOutput(int first, int end, const Visit& visit) const {
    for (int n = first; n < end; ++n) {
      for (int q = 0; q < c_.out().height; ++q) {
        for (int p = 0; p < c_.out().width; ++p) visit(n, q, p);
      }
    }
  }
  double Weight(int channel, int i, int j) const {
    return in_.weights[static_cast<std::size_t>(channel * c_.taps() + i * c_.kernel + j)];
  }
  static std::size_t At(const Shape& shape, int n, int channel, int row, int column) {
    return ((static_cast<std::size_t>(n) * shape.channels + channel) * shape.height + row) *
               shape.width +
           column;
  }
  double R(int n, int channel, int q, int p) const {
    const Shape out = c_.out();
    return q < out.height && p < out.width ? in_.r[At(out, n, channel, q, p)] : 0;
  }
  Read X(int n, int channel, int row, int column) const {
    if (row < 0 || column < 0 || row >= c_.height || column >= c_.width) return {};
    const double x = in_.x[At(c_.in(), n, channel, row, column)];
    if (!c_.affine) return {x, 0};
    const std::size_t at = static_cast<std::size_t>(n) * c_.channels + channel;
    const double product = (x - in_.mean[at]) * in_.scale[at];
    // The difference, the product and the sum are rounded.
    const double value = product + in_.beta[at];
    return {c_.rectified ? std::max(value, 0.0) : value, 2 * std::abs(product) + std::abs(value)};
  }

  const DepthwiseCase& c_;
  const Operands& in_;
};

constexpr float kUntouched = 4321.0f;

// A map of all blocks from [N][C][H][W]; borders and lanes without an image hold what must not be
// read, or must stay.
inline std::unique_ptr<BlockTensor> MapOf(const Shape& shape, int images, int border, float around,
                                          const std::vector<double>* values) {
  const int blocks = BlocksFor(images);
  auto map = std::make_unique<BlockTensor>(shape, blocks, border);
  for (int block = 0; block < blocks; ++block) {
    const BlockView view = map->block(block);
    for (int c = 0; c < shape.channels; ++c) {
      for (int row = -border; row < shape.height + border; ++row) {
        std::fill_n(view.at(c, row, -border), (shape.width + 2 * border) * kBlock, around);
        if (values == nullptr || row < 0 || row >= shape.height) continue;
        for (int i = 0; i < shape.width * kBlock; ++i) {
          const int n = block * kBlock + i % kBlock;
          const std::size_t at =
              ((static_cast<std::size_t>(n) * shape.channels + c) * shape.height + row) *
                  shape.width +
              i / kBlock;
          view.at(c, row, 0)[i] = n < images ? static_cast<float>((*values)[at]) : 0.0f;
        }
      }
    }
  }
  return map;
}

// The fast operation on the operands of a case, run for every block by a worker of its own.
class Fast {
 public:
  static constexpr float kThere = 0.5f;  // in the parameters' gradients at first

  Fast(const DepthwiseCase& c, const Operands& operands, Simd simd, int first_worker = 0)
      : c_(c), blocks_(BlocksFor(c.images)), workers_(blocks_ + first_worker) {
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    // No border is asked of what is read normalized; it is not zero then.
    x_ = c.affine ? MapOf(c.in(), c.images, 1, kNan, &operands.x)
                  : MapOf(c.in(), c.images, c.padding, 0.0f, &operands.x);
    y_ = MapOf(c.out(), c.images, 2, kUntouched, nullptr);
    dy_ = MapOf(c.out(), c.images, c.options().GradientBorder(), 0.0f, &operands.r);
    dx_ = MapOf(c.in(), c.images, 3, kUntouched, nullptr);
    affine_ = Affine(operands);
    weights_.assign(operands.weights.begin(), operands.weights.end());
    bias_.assign(operands.bias.begin(), operands.bias.end());
    weight_gradient_.assign(weights_.size() * blocks_, kThere);
    bias_gradient_.assign(bias_.size() * blocks_, kThere);
    Run(simd, first_worker);
  }

  float y(int n, int c, int row, int column) const { return At(*y_, n, c, row, column); }
  float dx(int n, int c, int row, int column) const { return At(*dx_, n, c, row, column); }
  const std::vector<float>& weight_gradient() const { return weight_gradient_; }
  const std::vector<float>& bias_gradient() const { return bias_gradient_; }
  const BlockTensor& y() const { return *y_; }
  const BlockTensor& dx() const { return *dx_; }
  int blocks() const { return blocks_; }

 private:
  std::unique_ptr<BlockTensor> Affine(const Operands& operands) const {
    const Shape shape = {c_.channels, 3, 1};
    std::vector<double> values(shape.size() * c_.images);
    for (std::size_t at = 0; at < operands.mean.size(); ++at) {
      values[3 * at] = operands.mean[at];
      values[3 * at + 1] = operands.scale[at];
      values[3 * at + 2] = operands.beta[at];
    }
    return MapOf(shape, c_.images, 0, 0, &values);
  }

  ConvolutionPlan Plan() {
    ConvolutionPlan plan;
    plan.options = c_.options();
    plan.store.rectified = c_.relu;
    plan.weights = weights_.data();
    plan.bias = c_.bias ? bias_.data() : nullptr;
    plan.x = x_.get();
    plan.affine = c_.affine ? affine_.get() : nullptr;
    plan.rectified = c_.rectified;
    plan.y = y_.get();
    plan.y_gradient = dy_.get();
    plan.x_gradient = c_.input_gradient ? dx_.get() : nullptr;
    plan.weight_gradient = {weight_gradient_.data(), weights_.size(), c_.accumulate};
    plan.bias_gradient = {bias_gradient_.data(), bias_.size(), c_.accumulate};
    plan.workspace = &workspace_;
    return plan;
  }

  void Run(Simd simd, int first_worker) {
    const auto operation = MakeDepthwise(simd, Plan());
    workspace_.Allocate(workers_);
    LeaveNansInWorkspace();
    Batch batch;
    batch.count = c_.images;
    Pass pass;
    pass.batch = &batch;
    operation->Begin(pass);
    for (int block = 0; block < blocks_; ++block) {
      operation->Forward(pass, {block, first_worker + block});
    }
    LeaveNansInWorkspace();
    for (int block = 0; block < blocks_; ++block) {
      operation->WeightGradient(pass, {block, first_worker + block});
      if (c_.input_gradient) operation->Backward(pass, {block, first_worker + block});
    }
  }

  // As other operations may.
  void LeaveNansInWorkspace() {
    for (int worker = 0; worker + 1 < workers_; ++worker) {
      std::fill(workspace_.of({0, worker}), workspace_.of({0, worker + 1}),
                std::numeric_limits<float>::quiet_NaN());
    }
  }

  static float At(const BlockTensor& map, int n, int c, int row, int column) {
    return map.block(n / kBlock).at(c, row, column)[n % kBlock];
  }

  DepthwiseCase c_;
  int blocks_, workers_;
  std::unique_ptr<BlockTensor> x_, y_, dy_, dx_, affine_;
  std::vector<float> weights_, bias_, weight_gradient_, bias_gradient_;
  Workspace workspace_;
};

}  // namespace normlab::depthwise
