// The depthwise convolution against its definition, in double, and the definition's gradients
// against differences of its values, on every instruction set.
#include "operations/fast/depthwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "base/philox.h"
#include "tests/operations/reference_gradient.h"

namespace normlab {
namespace {

struct DepthwiseCase {
  int channels = 1, height = 1, width = 1;
  int kernel = 3, stride = 1, padding = 1;
  bool bias = false, relu = false, affine = false, input_gradient = true;
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

std::ostream& operator<<(std::ostream& out, const DepthwiseCase& c) {
  return out << c.channels << "x" << c.height << "x" << c.width << ", kernel " << c.kernel
             << ", stride " << c.stride << ", padding " << c.padding << ", " << c.images
             << " images" << (c.bias ? ", bias" : "") << (c.relu ? ", ReLU" : "")
             << (c.affine ? ", affine" : "") << (c.input_gradient ? "" : ", first");
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
    return {value, 2 * std::abs(product) + std::abs(value)};
  }

  const DepthwiseCase& c_;
  const Operands& in_;
};

constexpr float kUntouched = 4321.0f;

// A map of all blocks from [N][C][H][W]; borders and lanes without an image hold what must not be
// read, or must stay.
std::unique_ptr<BlockTensor> MapOf(const Shape& shape, int images, int border, float around,
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

template <class Visit>
void ForEachPixel(const DepthwiseCase& c, const Shape& shape, const Visit& visit) {
  for (int n = 0; n < c.images; ++n) {
    for (int channel = 0; channel < shape.channels; ++channel) {
      for (int row = 0; row < shape.height; ++row) {
        for (int column = 0; column < shape.width; ++column) visit(n, channel, row, column);
      }
    }
  }
}

void ExpectNear(float value, const Sum& sum, int additions, const char* what) {
  ASSERT_NEAR(value, sum.value, sum.Bound(additions)) << what;
}

void ExpectBorderUntouched(const BlockTensor& map, int blocks, int border) {
  const Shape& shape = map.shape();
  for (int block = 0; block < blocks; ++block) {
    const BlockView view = map.block(block);
    for (int c = 0; c < shape.channels; ++c) {
      for (int row = -border; row < shape.height + border; ++row) {
        for (int i = -border * kBlock; i < (shape.width + border) * kBlock; ++i) {
          const bool inside = row >= 0 && row < shape.height && i >= 0 && i < shape.width * kBlock;
          if (inside) continue;
          ASSERT_EQ(view.at(c, row, 0)[i], kUntouched) << "written outside the map";
        }
      }
    }
  }
}

void ExpectTheDefinition(const DepthwiseCase& c, Simd simd, int first_worker = 1) {
  SCOPED_TRACE(testing::Message() << SimdName(simd) << ": " << c);
  const Operands operands(c);
  const Definition exact(c, operands);
  const Fast fast(c, operands, simd, first_worker);
  ForEachPixel(c, c.out(), [&](int n, int channel, int row, int column) {
    Sum sum = exact.Y(n, channel, row, column);
    if (c.relu) sum.value = std::max(sum.value, 0.0);
    ExpectNear(fast.y(n, channel, row, column), sum, c.taps() + 1, "y");
  });
  ExpectBorderUntouched(fast.y(), fast.blocks(), 2);
  if (c.input_gradient) {
    ForEachPixel(c, c.in(), [&](int n, int channel, int row, int column) {
      ExpectNear(fast.dx(n, channel, row, column), exact.InputGradient(n, channel, row, column),
                 c.taps(), "dx");
    });
    ExpectBorderUntouched(fast.dx(), fast.blocks(), 3);
  }
  // Each lane over the pixels, then the lanes by halves.
  const int additions = static_cast<int>(c.out().pixels()) + 4;
  for (int block = 0; block < fast.blocks(); ++block) {
    const int first = block * kBlock, end = std::min(c.images, first + kBlock);
    for (int channel = 0; channel < c.channels; ++channel) {
      for (int k = 0; k < c.taps(); ++k) {
        const std::size_t at =
            (static_cast<std::size_t>(block) * c.channels + channel) * c.taps() + k;
        ExpectNear(fast.weight_gradient()[at],
                   exact.FilterGradient(channel, k / c.kernel, k % c.kernel, first, end), additions,
                   "gradient of a weight");
      }
      const float got =
          fast.bias_gradient()[static_cast<std::size_t>(block * c.channels + channel)];
      if (c.bias) {
        ExpectNear(got, exact.BiasGradient(channel, first, end), additions, "gradient of a bias");
      } else {
        ASSERT_EQ(got, Fast::kThere) << "written though there is no bias";
      }
    }
  }
}

struct Side {
  int height, width;
};
// One pixel, fewer than a filter has, whole tiles and rests of them, more rows than a stretch.
constexpr Side kSides[] = {{1, 1}, {2, 3},   {4, 4},  {7, 5},  {5, 9},
                           {8, 8}, {13, 11}, {3, 33}, {22, 17}};

TEST(Depthwise, IsItsDefinition) {
  for (const Simd simd : SupportedSimd()) {
    int counted = 0;
    for (const int kernel : {1, 3, 5, 7}) {
      for (const int stride : {1, 2, 3, 4}) {
        for (const int padding : {0, kernel / 2}) {
          for (const Side& side : kSides) {
            DepthwiseCase c = {1 + counted % 3, side.height, side.width, kernel, stride, padding};
            if (!c.exists()) continue;
            ++counted;
            c.bias = counted % 2 == 0;
            c.relu = counted % 3 == 0;
            c.affine = counted % 5 < 2;
            c.input_gradient = counted % 7 != 0;
            ExpectTheDefinition(c, simd);
            if (testing::Test::HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

// What each pair of these shares must not depend on the third: all of them, on one odd map.
TEST(Depthwise, IsItsDefinitionWhateverIsAskedBesides) {
  for (const Simd simd : SupportedSimd()) {
    for (const int stride : {1, 2}) {
      for (int asked = 0; asked < 16; ++asked) {
        DepthwiseCase c = {5, 7, 10, 3, stride, 1};
        c.bias = asked & 1;
        c.relu = asked & 2;
        c.affine = asked & 4;
        c.input_gradient = asked & 8;
        ExpectTheDefinition(c, simd);
      }
    }
  }
}

TEST(Depthwise, IsItsDefinitionOfBatchesThatFillABlockPartly) {
  for (const Simd simd : SupportedSimd()) {
    for (const int images : reference::kUglyBatches) {
      DepthwiseCase c = {3, 6, 5, 5, 1, 2};
      c.images = images;
      c.bias = true;
      c.affine = images % 2 == 0;
      ExpectTheDefinition(c, simd);
    }
  }
}

// Values that are all near 10, as what is read normalized often is: its mean is near 10 too.
TEST(Depthwise, IsItsDefinitionFarFromZero) {
  for (const Simd simd : SupportedSimd()) {
    for (const bool affine : {false, true}) {
      DepthwiseCase c = {3, 9, 7, 3, 2, 1};
      c.shift = 10;
      c.affine = affine;
      ExpectTheDefinition(c, simd);
    }
  }
}

TEST(Depthwise, TheDefinitionHasItsNumericGradients) {
  for (const int kernel : {3, 5}) {
    for (const int stride : {1, 2}) {
      DepthwiseCase c = {2, 6, 5, kernel, stride, kernel / 2};
      c.images = 2;
      c.bias = true;
      SCOPED_TRACE(testing::Message() << c);
      Operands operands(c);
      const Definition definition(c, operands);
      const auto loss = [&] { return definition.Loss(); };
      std::vector<double> dx, filters, biases;
      ForEachPixel(c, c.in(), [&](int n, int channel, int row, int column) {
        dx.push_back(definition.InputGradient(n, channel, row, column).value);
      });
      for (int channel = 0; channel < c.channels; ++channel) {
        for (int k = 0; k < c.taps(); ++k) {
          filters.push_back(
              definition.FilterGradient(channel, k / kernel, k % kernel, 0, c.images).value);
        }
        biases.push_back(definition.BiasGradient(channel, 0, c.images).value);
      }
      reference::ExpectNumericGradient("x", operands.x, dx, loss);
      reference::ExpectNumericGradient("weight", operands.weights, filters, loss);
      reference::ExpectNumericGradient("bias", operands.bias, biases, loss);
    }
  }
}

std::vector<float> ValuesOf(const BlockTensor& map, const DepthwiseCase& c) {
  std::vector<float> values;
  ForEachPixel(c, map.shape(), [&](int n, int channel, int row, int column) {
    values.push_back(map.block(n / kBlock).at(channel, row, column)[n % kBlock]);
  });
  return values;
}

TEST(Depthwise, DoesNotDependOnWhoComputes) {
  for (const Simd simd : SupportedSimd()) {
    DepthwiseCase c = {3, 9, 7, 3, 1, 1};
    c.images = 33;
    c.affine = c.bias = true;
    const Operands operands(c);
    const Fast one(c, operands, simd, 0), other(c, operands, simd, 3);
    EXPECT_EQ(ValuesOf(one.y(), c), ValuesOf(other.y(), c));
    EXPECT_EQ(ValuesOf(one.dx(), c), ValuesOf(other.dx(), c));
    EXPECT_EQ(one.weight_gradient(), other.weight_gradient());
    EXPECT_EQ(one.bias_gradient(), other.bias_gradient());
  }
}

TEST(Depthwise, AddsToTheGradientOfALaterApplication) {
  for (const Simd simd : SupportedSimd()) {
    DepthwiseCase c = {3, 9, 7, 3, 1, 1};
    c.bias = true;
    const Operands operands(c);
    const Fast once(c, operands, simd);
    c.accumulate = true;
    const Fast added(c, operands, simd);
    for (std::size_t i = 0; i < once.weight_gradient().size(); ++i) {
      EXPECT_EQ(added.weight_gradient()[i], Fast::kThere + once.weight_gradient()[i]);
    }
    for (std::size_t i = 0; i < once.bias_gradient().size(); ++i) {
      EXPECT_EQ(added.bias_gradient()[i], Fast::kThere + once.bias_gradient()[i]);
    }
  }
}

TEST(Depthwise, ReluHidesNoNan) {
  for (const Simd simd : SupportedSimd()) {
    SCOPED_TRACE(SimdName(simd));
    DepthwiseCase c = {2, 6, 11, 3, 1, 1};
    c.relu = true;
    Operands operands(c);
    operands.x[0] = std::numeric_limits<double>::quiet_NaN();
    const Fast fast(c, operands, simd);
    for (const int row : {0, 1, 2}) {
      for (const int column : {0, 1, 2}) {
        const bool reached = row < 2 && column < 2;
        EXPECT_EQ(std::isnan(fast.y(0, 0, row, column)), reached) << row << ", " << column;
      }
    }
    EXPECT_FALSE(std::isnan(fast.y(1, 0, 0, 0))) << "another image";
  }
}

}  // namespace
}  // namespace normlab
