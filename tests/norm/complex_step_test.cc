// Every normalization's gradient against the complex step: of an analytic function f,
//
//   f'(x) = Im f(x + ih) / h + O(h^2)
//
// without a difference of near values, so that h = 1e-30 gives all digits (Squire & Trapp, "Using
// Complex Variables to Estimate Derivatives of Real Functions", SIAM Review 1998). The function is
// written here once more, from the table in norm/norm.h, over complex numbers.
#include <gtest/gtest.h>

#include <complex>
#include <map>

#include "norm/reference/norm.h"
#include "tests/norm_kind.h"
#include "tests/norm_names.h"
#include "tests/operations/reference_gradient.h"

namespace normlab::reference {
namespace {

using Complex = std::complex<double>;

constexpr double kStep = 1e-30, kEps = 1e-3;

struct Function {
  NormKind kind;
  int groups = 1;
  bool training = true;
  std::vector<double> running_mean, running_var;  // of batch normalization

  // Which values share their mean and variance.
  int SetOf(const Shape& shape, int n, int c, int pixel) const {
    switch (kind) {
      case NormKind::kNone:
        return 0;
      case NormKind::kBatch:
        return c;
      case NormKind::kLayer:
      case NormKind::kLayerElementwise:
      case NormKind::kRms:
        return n;
      case NormKind::kLayerChannels:
        return n * static_cast<int>(shape.pixels()) + pixel;
      case NormKind::kGroup:
        return n * groups + c / (shape.channels / groups);
      case NormKind::kInstance:
        return n * shape.channels + c;
    }
    ADD_FAILURE() << "no sets";
    return 0;
  }

  std::vector<int> Sets(const Tensor<double>& x) const {
    std::vector<int> sets;
    for (int n = 0; n < x.images; ++n) {
      for (int c = 0; c < x.shape.channels; ++c) {
        for (int pixel = 0; pixel < static_cast<int>(x.shape.pixels()); ++pixel) {
          sets.push_back(SetOf(x.shape, n, c, pixel));
        }
      }
    }
    return sets;
  }

  struct Moment {
    Complex mean, variance;
    double count = 0;
  };
  std::map<int, Moment> Moments(const std::vector<Complex>& x, const std::vector<int>& sets) const {
    std::map<int, Moment> moments;
    const bool centred = kind != NormKind::kRms;
    for (std::size_t e = 0; e < x.size(); ++e) {
      moments[sets[e]].count += 1;
      if (centred) moments[sets[e]].mean += x[e];
    }
    for (auto& [set, moment] : moments) moment.mean /= moment.count;
    for (std::size_t e = 0; e < x.size(); ++e) {
      Moment& moment = moments[sets[e]];
      moment.variance += (x[e] - moment.mean) * (x[e] - moment.mean) / moment.count;
    }
    if (kind == NormKind::kBatch && !training) {
      for (auto& [c, moment] : moments) {
        moment.mean = running_mean[static_cast<std::size_t>(c)];
        moment.variance = running_var[static_cast<std::size_t>(c)];
      }
    }
    return moments;
  }

  // sum r y
  Complex operator()(const Tensor<double>& like, const std::vector<int>& sets,
                     const std::vector<Complex>& x, const std::vector<Complex>& weight,
                     const std::vector<Complex>& bias, const std::vector<double>& r) const {
    const std::map<int, Moment> moments = Moments(x, sets);
    Complex sum;
    for (std::size_t e = 0; e < x.size(); ++e) {
      if (kind == NormKind::kNone) {
        sum += r[e] * x[e];
        continue;
      }
      const Moment& moment = moments.at(sets[e]);
      const std::size_t element = e % like.shape.size();
      const std::size_t p =
          kind == NormKind::kLayerElementwise ? element : element / like.shape.pixels();
      Complex y = weight[p] * (x[e] - moment.mean) / std::sqrt(moment.variance + kEps);
      if (kind != NormKind::kRms) y += bias[p];
      sum += r[e] * y;
    }
    return sum;
  }
};

std::vector<Complex> ToComplex(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

// The gradient of the twin at a point, and the function's at the same point.
class Comparison {
 public:
  Comparison(const NormMethod& method, int images, const Shape& shape, int groups, bool training,
             double shift)
      : method_(method),
        function_{KindOf(method), groups, training, {}, {}},
        x_(UniformTensor(images, shape, 60, shift - 1, shift + 1)),
        r_(UniformTensor(images, shape, 61)),
        dx_(images, shape) {
    std::size_t size = method.affine == AffineKind::kNone ? 0 : 1;
    for (const int extent : AffineExtents(method, shape)) size *= static_cast<std::size_t>(extent);
    weight_.resize(size);
    bias_.resize(method.has_bias ? size : 0);
    weight_gradient_.resize(weight_.size());
    bias_gradient_.resize(bias_.size());
    function_.running_mean.resize(static_cast<std::size_t>(shape.channels));
    function_.running_var.resize(function_.running_mean.size());
    FillUniform(weight_, 62, 0.5, 1.5);
    FillUniform(bias_, 63);
    FillUniform(function_.running_mean, 64);
    FillUniform(function_.running_var, 65, 0.5, 2);
  }

  void Run() {
    const double loss = Twin();
    const std::vector<int> sets = function_.Sets(x_);
    std::vector<Complex> x = ToComplex(x_.values), weight = ToComplex(weight_),
                         bias = ToComplex(bias_);
    const auto function = [&] { return function_(x_, sets, x, weight, bias, r_.values); };
    EXPECT_NEAR(function().real(), loss, 1e-11 * (1 + std::abs(loss)));
    Expect("dx", x, dx_.values, function);
    Expect("weight", weight, weight_gradient_, function);
    Expect("bias", bias, bias_gradient_, function);
  }

 private:
  double Twin() {
    std::vector<double> mean = function_.running_mean, variance = function_.running_var;
    std::int64_t batches = 0;
    NormOptions<double> options;
    options.groups = function_.groups;
    options.eps = kEps;
    options.weight = weight_.data();
    options.bias = method_.has_bias ? bias_.data() : nullptr;
    options.gradient = {weight_gradient_.data(),
                        method_.has_bias ? bias_gradient_.data() : nullptr};
    options.running_mean = mean.data();
    options.running_variance = variance.data();
    options.batches_tracked = &batches;
    const auto norm = MakeNorm(method_, options);
    Tensor<double> y(x_.images, x_.shape);
    const Pass pass{function_.training, {}, nullptr};
    norm->Forward(pass, x_, y);
    norm->Backward(pass, x_, y, r_, &dx_);
    double loss = 0;
    for (std::size_t e = 0; e < y.values.size(); ++e) loss += r_.values[e] * y.values[e];
    return loss;
  }

  // At some elements spread over all.
  template <class F>
  static void Expect(const std::string& what, std::vector<Complex>& values,
                     const std::vector<double>& gradient, const F& function) {
    double largest = 0;
    for (const double g : gradient) largest = std::max(largest, std::abs(g));
    const std::size_t stride = values.size() / 24 + 1;
    for (std::size_t e = 0; e < values.size(); e += stride) {
      values[e] += Complex(0, kStep);
      const double derivative = function().imag() / kStep;
      values[e] = values[e].real();
      ASSERT_NEAR(gradient[e], derivative, 1e-12 * (largest + 1)) << what << " " << e;
    }
  }

  const NormMethod& method_;
  Function function_;
  Tensor<double> x_, r_, dx_;
  std::vector<double> weight_, bias_, weight_gradient_, bias_gradient_;
};

class ComplexStep : public testing::TestWithParam<NormMethod> {};
INSTANTIATE_TEST_SUITE_P(Registry, ComplexStep, testing::ValuesIn(MomentsMethods()),
                         [](const auto& info) { return TestName(info.param.name); });

TEST_P(ComplexStep, GivesTheGradientOfTheTwin) {
  for (const bool training : {true, false}) {
    for (const int images : {1, 2, 17}) {
      for (const Shape shape : {Shape{6, 5, 3}, Shape{12, 1, 2}, Shape{2, 2, 7}}) {
        for (const int groups : {1, 2, 3, 6}) {
          const bool grouped = KindOf(GetParam()) == NormKind::kGroup;
          if (grouped ? shape.channels % groups != 0 : groups != 1) continue;
          for (const double shift : {0.0, 10.0}) {
            SCOPED_TRACE(testing::Message()
                         << (training ? "training" : "evaluation") << ", " << images
                         << " images of " << shape.channels << "x" << shape.height << "x"
                         << shape.width << ", groups " << groups << ", shift " << shift);
            Comparison(GetParam(), images, shape, groups, training, shift).Run();
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace normlab::reference
