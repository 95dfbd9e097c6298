// The nearest matrix with orthonormal rows, roughly: Muon's direction.
#pragma once

#include <span>
#include <vector>

#include "operations/fast/simd.h"

namespace normlab {

// A matrix G = U S V^T becomes about U V^T, its singular values somewhere in 0.7 to 1.2 (Jordan et
// al. 2024, "Muon: An optimizer for hidden layers in neural networks"):
//
//   X = G / max(|G|, 1e-7)           Frobenius norm; G transposed where it has more rows than
//   columns A = X X^T    X = a X + (b A + c A A) X       `steps` times; a, b, c = 3.4445,
//   -4.7750, 2.0315
//
// Sums run over ascending indices in every instruction set. Of zeros: zeros.
template <typename T>
class NewtonSchulz {
 public:
  explicit NewtonSchulz(Simd simd) : simd_(simd) {}

  // `matrix` is [rows][columns], row after row. No allocation once the largest was seen.
  void Apply(std::span<T> matrix, int rows, int columns, int steps);

 private:
  Simd simd_;  // of float; double is computed in plain loops
  std::vector<T> x_, transposed_, gram_, polynomial_, next_;
};

}  // namespace normlab
