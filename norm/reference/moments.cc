#include "norm/reference/moments.h"

#include <cmath>

namespace normlab::reference {
namespace {

// Calls visit(value's number, its statistic, its parameter) for every value in order.
template <typename T, typename Visit>
void ForEachValue(const Tensor<T>& x, const Pooling& pooling, AffineKind kind, Visit visit) {
  const std::size_t pixels = x.shape.pixels();
  std::size_t e = 0;
  for (int n = 0; n < x.images; ++n) {
    for (std::size_t element = 0; element < x.shape.size(); ++element, ++e) {
      visit(e, static_cast<std::size_t>(pooling.set_of[e]),
            kind == AffineKind::kPerElement ? element : element / pixels);
    }
  }
}

std::size_t AffineSize(AffineKind kind, Shape shape) {
  return kind == AffineKind::kPerElement ? shape.size() : static_cast<std::size_t>(shape.channels);
}

// Per parameter: sum of dy and of dy * xh. Per set: mean of g and of g * xh.
struct GradientSums {
  std::vector<double> dy, dy_normalized, mean_g, mean_g_normalized;
};

template <typename T>
GradientSums SumGradients(const Tensor<T>& x, const Pooling& pooling, const Moments& moments,
                          const std::vector<double>& inverse, const Affine<T>& affine,
                          const Tensor<T>& dy) {
  const std::size_t parameters = AffineSize(affine.kind, x.shape);
  const auto sets = static_cast<std::size_t>(pooling.sets);
  GradientSums sums = {std::vector<double>(parameters), std::vector<double>(parameters),
                       std::vector<double>(sets), std::vector<double>(sets)};
  ForEachValue(x, pooling, affine.kind, [&](std::size_t e, std::size_t set, std::size_t p) {
    const double gradient = dy.values[e];
    const double product = gradient * (x.values[e] - moments.mean[set]) * inverse[set];
    sums.dy[p] += gradient;
    sums.dy_normalized[p] += product;
    sums.mean_g[set] += affine.weight[p] * gradient / moments.count;
    sums.mean_g_normalized[set] += affine.weight[p] * product / moments.count;
  });
  return sums;
}

}  // namespace

Pooling PoolValues(const NormMethod& method, int images, Shape shape, int groups) {
  const StatisticShape statistics = StatisticShapeOf(method, images, shape, groups);
  Pooling pooling{statistics.size(), {}};
  pooling.set_of.reserve(shape.size() * static_cast<std::size_t>(images));
  for (int n = 0; n < images; ++n) {
    for (int c = 0; c < shape.channels; ++c) {
      for (int h = 0; h < shape.height; ++h) {
        for (int w = 0; w < shape.width; ++w) {
          pooling.set_of.push_back(StatisticIndex(statistics, shape, n, c, h, w));
        }
      }
    }
  }
  return pooling;
}

template <typename T>
Moments PooledMoments(const Tensor<T>& x, const Pooling& pooling, bool centered) {
  const auto sets = static_cast<std::size_t>(pooling.sets);
  Moments moments{std::vector<double>(sets), std::vector<double>(sets),
                  static_cast<double>(x.values.size()) / pooling.sets};
  if (centered) {
    for (std::size_t e = 0; e < x.values.size(); ++e) {
      moments.mean[static_cast<std::size_t>(pooling.set_of[e])] += x.values[e];
    }
    for (double& mean : moments.mean) mean /= moments.count;
  }
  for (std::size_t e = 0; e < x.values.size(); ++e) {
    const auto set = static_cast<std::size_t>(pooling.set_of[e]);
    const double distance = x.values[e] - moments.mean[set];
    moments.variance[set] += distance * distance;
  }
  for (double& variance : moments.variance) variance /= moments.count;
  return moments;
}

std::vector<double> InverseDeviations(const Moments& moments, double eps) {
  std::vector<double> inverse;
  for (const double variance : moments.variance) inverse.push_back(1.0 / std::sqrt(variance + eps));
  return inverse;
}

template <typename T>
void Normalize(const Tensor<T>& x, const Pooling& pooling, const Moments& moments, double eps,
               const Affine<T>& affine, Tensor<T>& y) {
  const std::vector<double> inverse = InverseDeviations(moments, eps);
  ForEachValue(x, pooling, affine.kind, [&](std::size_t e, std::size_t set, std::size_t p) {
    const T mean = static_cast<T>(moments.mean[set]), scale = static_cast<T>(inverse[set]);
    const T scaled = affine.weight[p] * ((x.values[e] - mean) * scale);
    y.values[e] = affine.bias == nullptr ? scaled : scaled + affine.bias[p];
  });
}

template <typename T>
void NormalizeBackward(const Tensor<T>& x, const Pooling& pooling, const Moments& moments,
                       bool centered, double eps, const Affine<T>& affine, const Tensor<T>& dy,
                       const AffineGradient<T>& gradient, Tensor<T>* dx) {
  const std::vector<double> inverse = InverseDeviations(moments, eps);
  const GradientSums sums = SumGradients(x, pooling, moments, inverse, affine, dy);
  for (std::size_t p = 0; p < sums.dy.size(); ++p) {
    gradient.weight[p] += static_cast<T>(sums.dy_normalized[p]);
    if (gradient.bias != nullptr) gradient.bias[p] += static_cast<T>(sums.dy[p]);
  }
  if (dx == nullptr) return;
  ForEachValue(x, pooling, affine.kind, [&](std::size_t e, std::size_t set, std::size_t p) {
    const T mean = static_cast<T>(moments.mean[set]), scale = static_cast<T>(inverse[set]);
    const T g = affine.weight[p] * dy.values[e];
    if (!moments.of_the_input) {
      dx->values[e] = scale * g;
      return;
    }
    const T shift = centered ? static_cast<T>(sums.mean_g[set]) : T{0};
    const T normalized = (x.values[e] - mean) * scale;
    dx->values[e] = scale * (g - shift - normalized * static_cast<T>(sums.mean_g_normalized[set]));
  });
}

template Moments PooledMoments(const Tensor<float>&, const Pooling&, bool);
template Moments PooledMoments(const Tensor<double>&, const Pooling&, bool);
template void Normalize(const Tensor<float>&, const Pooling&, const Moments&, double,
                        const Affine<float>&, Tensor<float>&);
template void Normalize(const Tensor<double>&, const Pooling&, const Moments&, double,
                        const Affine<double>&, Tensor<double>&);
template void NormalizeBackward(const Tensor<float>&, const Pooling&, const Moments&, bool, double,
                                const Affine<float>&, const Tensor<float>&,
                                const AffineGradient<float>&, Tensor<float>*);
template void NormalizeBackward(const Tensor<double>&, const Pooling&, const Moments&, bool, double,
                                const Affine<double>&, const Tensor<double>&,
                                const AffineGradient<double>&, Tensor<double>*);

}  // namespace normlab::reference
