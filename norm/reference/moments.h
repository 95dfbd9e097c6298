// The vocabulary of the plain normalizations: which values share a statistic, their mean and
// variance, the normalized values, and the one gradient that all methods have.
#pragma once

#include <vector>

#include "norm/norm.h"
#include "operations/reference/tensor.h"

namespace normlab::reference {

// Which statistic each value of a tensor enters, from the registry's row alone.
struct Pooling {
  int sets = 0;
  std::vector<int> set_of;  // [N * C * H * W], 0 .. sets-1: StatisticIndex of norm/norm.h
};
Pooling PoolValues(const NormMethod& method, int images, Shape shape, int groups);

// Per set. Kept in double for either scalar.
struct Moments {
  std::vector<double> mean;      // 0 where the method is not centered
  std::vector<double> variance;  // biased: over |S|; the mean square where it is not centered
  double count = 0;              // |S|, the same for every set
  bool of_the_input = true;      // false for running statistics, through which no gradient flows
};

// In two passes: the mean, then the mean square of what is left. Sums are double.
template <typename T>
Moments PooledMoments(const Tensor<T>& x, const Pooling& pooling, bool centered);

// weight and bias are [C] or [C, H, W]; without a bias its pointers are null.
template <typename T>
struct Affine {
  AffineKind kind = AffineKind::kPerChannel;  // not kNone
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

// y = weight * (x - mean_S) / s + bias
template <typename T>
void Normalize(const Tensor<T>& x, const Pooling& pooling, const Moments& moments, double eps,
               const Affine<T>& affine, Tensor<T>& y);

// With g = weight * dy and xh = (x - mean_S) / s:
//   dx = (1/s) [g - mean_S(g) - xh mean_S(g xh)],  dweight += sum dy xh,  dbias += sum dy
// without the term mean_S(g) where the mean was not subtracted; dx = g / s where the moments are
// not those of the input.
template <typename T>
void NormalizeBackward(const Tensor<T>& x, const Pooling& pooling, const Moments& moments,
                       bool centered, double eps, const Affine<T>& affine, const Tensor<T>& dy,
                       const AffineGradient<T>& gradient, Tensor<T>* dx);

}  // namespace normlab::reference
