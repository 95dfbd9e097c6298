#include "train/optimizers/newton_schulz.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "train/optimizers/newton_schulz.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
// clang-format on

#ifndef NORMLAB_TRAIN_PRODUCT_
#define NORMLAB_TRAIN_PRODUCT_
namespace normlab {

// out = scale * base + factor * left right: [rows][width], [rows][inner] and [inner][width], each
// with its distance from row to row; out is none of the others.
template <typename T>
struct Product {
  const T *base, *left, *right;
  T* out;
  T scale, factor;
  std::size_t rows, inner, width;  // width: a multiple of kRowUnit
  std::size_t left_stride, stride;
};
inline constexpr std::size_t kRowUnit = 16;  // values; the widest vector of float

}  // namespace normlab
#endif

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, kRowUnit>;
using Vector = hn::Vec<Tag>;

// kRows rows and kVectors vectors of `out` stay in registers while `inner` is summed over.
template <std::size_t kRows, std::size_t kVectors>
void Tile(const Product<float>& product, std::size_t row, std::size_t column) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  Vector sums[kRows][kVectors];
  for (auto& of_row : sums) {
    for (Vector& sum : of_row) sum = hn::Zero(d);
  }
  for (std::size_t l = 0; l < product.inner; ++l) {
    const float* right = product.right + l * product.stride + column;
    for (std::size_t r = 0; r < kRows; ++r) {
      const Vector left = hn::Set(d, product.left[(row + r) * product.left_stride + l]);
      for (std::size_t v = 0; v < kVectors; ++v) {
        sums[r][v] = hn::MulAdd(left, hn::LoadU(d, right + v * lanes), sums[r][v]);
      }
    }
  }
  const Vector scale = hn::Set(d, product.scale), factor = hn::Set(d, product.factor);
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      const std::size_t at = (row + r) * product.stride + column + v * lanes;
      const Vector base = product.base == nullptr ? hn::Zero(d) : hn::LoadU(d, product.base + at);
      hn::StoreU(hn::MulAdd(factor, sums[r][v], hn::Mul(scale, base)), d, product.out + at);
    }
  }
}

template <std::size_t kVectors>
void Columns(const Product<float>& product, std::size_t column) {
  std::size_t row = 0;
  for (; row + 4 <= product.rows; row += 4) Tile<4, kVectors>(product, row, column);
  for (; row < product.rows; ++row) Tile<1, kVectors>(product, row, column);
}

void Multiply(const Product<float>& product) {
  const std::size_t lanes = hn::Lanes(Tag());
  std::size_t column = 0;
  for (; column + 4 * lanes <= product.width; column += 4 * lanes) Columns<4>(product, column);
  for (; column < product.width; column += lanes) Columns<1>(product, column);
}

}  // namespace

void MultiplyFor(const Product<float>& product) { Multiply(product); }

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

void Multiply(Simd simd, const Product<float>& product) {
  NORMLAB_DISPATCH(simd, MultiplyFor(product));
}

void Multiply(Simd, const Product<double>& product) {
  for (std::size_t row = 0; row < product.rows; ++row) {
    for (std::size_t column = 0; column < product.width; ++column) {
      double sum = 0;
      for (std::size_t l = 0; l < product.inner; ++l) {
        sum += product.left[row * product.left_stride + l] *
               product.right[l * product.stride + column];
      }
      const std::size_t at = row * product.stride + column;
      const double base = product.base == nullptr ? 0 : product.base[at];
      product.out[at] = product.scale * base + product.factor * sum;
    }
  }
}

std::size_t RoundUp(std::size_t value) { return (value + kRowUnit - 1) / kRowUnit * kRowUnit; }

template <typename T>
T Norm(std::span<const T> values) {
  double squares = 0;
  for (const T value : values) squares += static_cast<double>(value) * value;
  return static_cast<T>(std::sqrt(squares));
}

}  // namespace

template <typename T>
void NewtonSchulz<T>::Apply(std::span<T> matrix, int rows, int columns, int steps) {
  constexpr T kA = static_cast<T>(3.4445), kB = static_cast<T>(-4.7750),
              kC = static_cast<T>(2.0315);
  const bool tall = rows > columns;
  const std::size_t n = static_cast<std::size_t>(tall ? columns : rows);
  const std::size_t k = static_cast<std::size_t>(tall ? rows : columns);
  const std::size_t wide = RoundUp(k), narrow = RoundUp(n);
  // Behind n and k every row is filled with zeros, which stay zeros.
  x_.assign(n * wide, 0);
  next_.resize(n * wide);
  transposed_.assign(k * narrow, 0);
  gram_.resize(n * narrow);
  polynomial_.resize(n * narrow);
  const auto at = [&](std::size_t i, std::size_t j) -> T& {
    return tall ? matrix[j * n + i] : matrix[i * k + j];
  };
  const T norm = std::max(Norm<T>(matrix), static_cast<T>(1e-7));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < k; ++j) x_[i * wide + j] = at(i, j) / norm;
  }
  for (int step = 0; step < steps; ++step) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < k; ++j) transposed_[j * narrow + i] = x_[i * wide + j];
    }
    Multiply(simd_, Product<T>{nullptr, x_.data(), transposed_.data(), gram_.data(), 0, 1, n, k,
                               narrow, wide, narrow});
    Multiply(simd_, Product<T>{gram_.data(), gram_.data(), gram_.data(), polynomial_.data(), kB, kC,
                               n, n, narrow, narrow, narrow});
    Multiply(simd_, Product<T>{x_.data(), polynomial_.data(), x_.data(), next_.data(), kA, 1, n, n,
                               wide, narrow, wide});
    std::swap(x_, next_);
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < k; ++j) at(i, j) = x_[i * wide + j];
  }
}

template class NewtonSchulz<float>;
template class NewtonSchulz<double>;

}  // namespace normlab
#endif
