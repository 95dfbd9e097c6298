#include "norm/reference/moments.h"

#include <cmath>

namespace normlab::reference {
namespace {

// Calls visit(plane's number n * C + c, channel, first value) for every plane.
template <typename T, typename Visit>
void ForEachPlane(const Tensor<T>& x, Visit visit) {
  std::size_t number = 0;
  for (int n = 0; n < x.images; ++n) {
    for (int c = 0; c < x.shape.channels; ++c, ++number) visit(number, c, x.plane(n, c));
  }
}

// Per plane: sum of dy, and sum of dy * xh.
struct GradientSums {
  std::vector<double> gradient;
  std::vector<double> product;
};

template <typename T>
GradientSums SumGradients(const Tensor<T>& x, const Pooling& pooling, const Moments& moments,
                          const std::vector<double>& inverse, const Tensor<T>& dy) {
  GradientSums sums;
  const std::size_t pixels = x.shape.pixels();
  ForEachPlane(x, [&](std::size_t number, int, const T* values) {
    const int set = pooling.set_of_plane[number];
    const T* gradients = dy.values.data() + number * pixels;
    double gradient = 0, product = 0;
    for (std::size_t e = 0; e < pixels; ++e) {
      gradient += gradients[e];
      product += gradients[e] * (values[e] - moments.mean[set]);
    }
    sums.gradient.push_back(gradient);
    sums.product.push_back(product * inverse[set]);
  });
  return sums;
}

}  // namespace

template <typename T>
Moments PooledMoments(const Tensor<T>& x, const Pooling& pooling) {
  const std::size_t pixels = x.shape.pixels();
  Moments moments{std::vector<double>(pooling.sets), std::vector<double>(pooling.sets),
                  static_cast<double>(x.values.size()) / pooling.sets};
  ForEachPlane(x, [&](std::size_t number, int, const T* values) {
    double sum = 0;
    for (std::size_t e = 0; e < pixels; ++e) sum += values[e];
    moments.mean[pooling.set_of_plane[number]] += sum;
  });
  for (double& mean : moments.mean) mean /= moments.count;
  ForEachPlane(x, [&](std::size_t number, int, const T* values) {
    const double mean = moments.mean[pooling.set_of_plane[number]];
    double sum = 0;
    for (std::size_t e = 0; e < pixels; ++e) sum += (values[e] - mean) * (values[e] - mean);
    moments.variance[pooling.set_of_plane[number]] += sum;
  });
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
  const std::size_t pixels = x.shape.pixels();
  ForEachPlane(x, [&](std::size_t number, int c, const T* values) {
    const int set = pooling.set_of_plane[number];
    const T mean = static_cast<T>(moments.mean[set]), scale = static_cast<T>(inverse[set]);
    T* out = y.values.data() + number * pixels;
    for (std::size_t e = 0; e < pixels; ++e) {
      out[e] = affine.weight[c] * ((values[e] - mean) * scale) + affine.bias[c];
    }
  });
}

template <typename T>
void NormalizeBackward(const Tensor<T>& x, const Pooling& pooling, const Moments& moments,
                       double eps, const Affine<T>& affine, const Tensor<T>& dy,
                       const AffineGradient<T>& gradient, Tensor<T>* dx) {
  const std::vector<double> inverse = InverseDeviations(moments, eps);
  const GradientSums sums = SumGradients(x, pooling, moments, inverse, dy);
  std::vector<double> mean_g(pooling.sets), mean_g_xh(pooling.sets);
  ForEachPlane(x, [&](std::size_t number, int c, const T*) {
    const int set = pooling.set_of_plane[number];
    mean_g[set] += affine.weight[c] * sums.gradient[number] / moments.count;
    mean_g_xh[set] += affine.weight[c] * sums.product[number] / moments.count;
    gradient.weight[c] += static_cast<T>(sums.product[number]);
    gradient.bias[c] += static_cast<T>(sums.gradient[number]);
  });
  if (dx == nullptr) return;
  const std::size_t pixels = x.shape.pixels();
  ForEachPlane(x, [&](std::size_t number, int c, const T* values) {
    const int set = pooling.set_of_plane[number];
    const T mean = static_cast<T>(moments.mean[set]), scale = static_cast<T>(inverse[set]);
    const T shift = static_cast<T>(mean_g[set]), slope = static_cast<T>(mean_g_xh[set]);
    const T* dy_values = dy.values.data() + number * pixels;
    T* out = dx->values.data() + number * pixels;
    for (std::size_t e = 0; e < pixels; ++e) {
      const T xh = (values[e] - mean) * scale;
      out[e] = scale * (affine.weight[c] * dy_values[e] - shift - xh * slope);
    }
  });
}

template Moments PooledMoments(const Tensor<float>&, const Pooling&);
template Moments PooledMoments(const Tensor<double>&, const Pooling&);
template void Normalize(const Tensor<float>&, const Pooling&, const Moments&, double,
                        const Affine<float>&, Tensor<float>&);
template void Normalize(const Tensor<double>&, const Pooling&, const Moments&, double,
                        const Affine<double>&, Tensor<double>&);
template void NormalizeBackward(const Tensor<float>&, const Pooling&, const Moments&, double,
                                const Affine<float>&, const Tensor<float>&,
                                const AffineGradient<float>&, Tensor<float>*);
template void NormalizeBackward(const Tensor<double>&, const Pooling&, const Moments&, double,
                                const Affine<double>&, const Tensor<double>&,
                                const AffineGradient<double>&, Tensor<double>*);

}  // namespace normlab::reference
