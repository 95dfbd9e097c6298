// The vocabulary that the plain normalizations share: which values pool their statistics, their
// mean and variance, the normalized values, and the one gradient that all of them have.
//
// Every method here pools whole planes (one channel of one image), so a method is no more than a
// numbering of the planes: those with the same number form one set S.
#pragma once

#include <vector>

#include "engine/reference/tensor.h"

namespace normlab::reference {

struct Pooling {
  int sets = 0;
  std::vector<int> set_of_plane;  // [n * C + c], 0 .. sets-1
};

// `set(n, c)` is the number of the plane's set.
template <typename SetOf>
Pooling PoolPlanes(int images, int channels, int sets, SetOf set) {
  Pooling pooling{sets, {}};
  pooling.set_of_plane.reserve(static_cast<std::size_t>(images) * channels);
  for (int n = 0; n < images; ++n) {
    for (int c = 0; c < channels; ++c) pooling.set_of_plane.push_back(set(n, c));
  }
  return pooling;
}

// Per set. Kept in double for either scalar.
struct Moments {
  std::vector<double> mean;
  std::vector<double> variance;  // biased: over |S|
  double count = 0;              // |S|, the same for every set
};

// In two passes: the mean, then the mean square of what is left. Sums are double.
template <typename T>
Moments PooledMoments(const Tensor<T>& x, const Pooling& pooling);

// weight and bias are [C].
template <typename T>
struct Affine {
  const T* weight = nullptr;
  const T* bias = nullptr;
};
template <typename T>
struct AffineGradient {
  T* weight = nullptr;
  T* bias = nullptr;
};

// 1 / sqrt(variance + eps) per set.
std::vector<double> InverseDeviations(const Moments& moments, double eps);

// y = weight_c * (x - mean_S) / s + bias_c
template <typename T>
void Normalize(const Tensor<T>& x, const Pooling& pooling, const Moments& moments, double eps,
               const Affine<T>& affine, Tensor<T>& y);

// With g = weight_c * dy and xh = (x - mean_S) / s:
//   dx = (1/s) [g - mean_S(g) - xh mean_S(g xh)],  dweight_c += sum dy xh,  dbias_c += sum dy
template <typename T>
void NormalizeBackward(const Tensor<T>& x, const Pooling& pooling, const Moments& moments,
                       double eps, const Affine<T>& affine, const Tensor<T>& dy,
                       const AffineGradient<T>& gradient, Tensor<T>* dx);

}  // namespace normlab::reference
