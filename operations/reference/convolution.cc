#include "operations/reference/convolution.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>

namespace normlab::reference {
namespace {

template <typename T>
void AddScaled(T scale, const T* __restrict__ x, T* __restrict__ y, std::size_t count) {
  for (std::size_t j = 0; j < count; ++j) y[j] += scale * x[j];
}

// Eight partial sums: independent chains for the compiler, and less rounding than a single one.
template <typename T>
T Dot(const T* __restrict__ a, const T* __restrict__ b, std::size_t count) {
  constexpr std::size_t kChains = 8;
  std::array<T, kChains> sums{};
  std::size_t j = 0;
  for (; j + kChains <= count; j += kChains) {
    for (std::size_t k = 0; k < kChains; ++k) sums[k] += a[j + k] * b[j + k];
  }
  T total = 0;
  for (; j < count; ++j) total += a[j] * b[j];
  for (const T sum : sums) total += sum;
  return total;
}

}  // namespace

template <typename T>
Convolution<T>::Convolution(int input_channels, const ConvolutionOptions& options,
                            std::span<const T> weight, std::span<T> weight_gradient,
                            std::span<const T> bias, std::span<T> bias_gradient)
    : input_channels_(input_channels),
      options_(options),
      weight_(weight),
      bias_(bias),
      weight_gradient_(weight_gradient),
      bias_gradient_(bias_gradient) {
  assert(options.kernel > 0 && options.padding >= 0 && options.stride > 0);
  assert(input_channels % options.groups == 0 && options.channels % options.groups == 0);
  assert(weight.size() == options.Weights({input_channels, 1, 1}));
  assert(weight_gradient.size() == weight.size());
  assert(bias.size() == (options.bias ? static_cast<std::size_t>(options.channels) : 0));
  assert(bias_gradient.size() == bias.size());
}

template <typename T>
void Convolution<T>::Plan(const Shape& input) {
  if (input == input_) return;
  input_ = input;
  output_ = OutputShape(input);
  assert(input.channels == input_channels_ && output_.height > 0 && output_.width > 0);
  const int stride = options_.stride;
  const int height = input.height + 2 * options_.padding;
  pitch_ = (input.width + 2 * options_.padding + stride - 1) / stride;
  plane_ = static_cast<std::size_t>((height + stride - 1) / stride) * pitch_;
  padded_channel_ = plane_ * stride * stride;
  run_ = static_cast<std::size_t>(output_.height - 1) * pitch_ + output_.width;
  shift_.clear();
  for (int a = 0; a < options_.kernel; ++a) {
    for (int b = 0; b < options_.kernel; ++b) shift_.push_back(PaddedIndex(a, b));
  }
  padded_.assign(padded_channel_ * input.channels, T{0});
  padded_gradient_.assign(padded_.size(), T{0});
  wide_.assign(static_cast<std::size_t>(output_.height) * pitch_, T{0});
}

// Of the padded map's row and column, within a channel.
template <typename T>
std::size_t Convolution<T>::PaddedIndex(int row, int column) const {
  const int stride = options_.stride;
  const int plane = row % stride * stride + column % stride;
  return plane * plane_ + static_cast<std::size_t>(row / stride) * pitch_ + column / stride;
}

template <typename T>
template <typename Visit>
void Convolution<T>::ForEachWeight(int output, const Visit& visit) const {
  const int inputs = input_channels_ / options_.groups;
  const int first = output / (options_.channels / options_.groups) * inputs;
  std::size_t number = static_cast<std::size_t>(output) * inputs * shift_.size();
  for (int i = 0; i < inputs; ++i) {
    for (const std::size_t shift : shift_) visit(first + i, number++, shift);
  }
}

// The border stays zero: only the interior is ever written.
template <typename T>
void Convolution<T>::PadInput(const T* image) {
  const int padding = options_.padding;
  for (int i = 0; i < input_.channels; ++i) {
    T* to = &padded_[padded_channel_ * i];
    for (int row = 0; row < input_.height; ++row) {
      for (int column = 0; column < input_.width; ++column) {
        to[PaddedIndex(row + padding, column + padding)] = *image++;
      }
    }
  }
}

template <typename T>
void Convolution<T>::CopyPaddedGradient(T* image) const {
  const int padding = options_.padding;
  for (int i = 0; i < input_.channels; ++i) {
    const T* from = &padded_gradient_[padded_channel_ * i];
    for (int row = 0; row < input_.height; ++row) {
      for (int column = 0; column < input_.width; ++column) {
        *image++ = from[PaddedIndex(row + padding, column + padding)];
      }
    }
  }
}

template <typename T>
void Convolution<T>::Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) {
  Plan(x.shape);
  for (int n = 0; n < x.images; ++n) {
    PadInput(x.image(n));
    for (int o = 0; o < output_.channels; ++o) {
      std::fill(wide_.begin(), wide_.end(), bias_.empty() ? T{0} : bias_[o]);
      ForEachWeight(o, [&](int i, std::size_t number, std::size_t shift) {
        AddScaled(weight_[number], &padded_[padded_channel_ * i] + shift, wide_.data(), run_);
      });
      for (int row = 0; row < output_.height; ++row) {
        std::copy_n(wide_.data() + row * pitch_, output_.width,
                    y.plane(n, o) + row * output_.width);
      }
    }
  }
}

template <typename T>
void Convolution<T>::Backward(const Pass&, const Tensor<T>& x, const Tensor<T>&,
                              const Tensor<T>& dy, Tensor<T>* dx) {
  Plan(x.shape);
  std::fill(wide_.begin(), wide_.end(), T{0});
  for (int n = 0; n < x.images; ++n) {
    PadInput(x.image(n));
    std::fill(padded_gradient_.begin(), padded_gradient_.end(), T{0});
    for (int o = 0; o < output_.channels; ++o) {
      for (int row = 0; row < output_.height; ++row) {
        std::copy_n(dy.plane(n, o) + row * output_.width, output_.width,
                    wide_.data() + row * pitch_);
      }
      AddParameterGradients(wide_.data(), o);
      if (dx != nullptr) AddInputGradient(wide_.data(), o);
    }
    if (dx != nullptr) CopyPaddedGradient(dx->image(n));
  }
}

// dw[o,i,a,b] += sum over p, q of dy[o,p,q] * x[i,p*stride+a-padding,q*stride+b-padding]
template <typename T>
void Convolution<T>::AddParameterGradients(const T* dy, int output) {
  ForEachWeight(output, [&](int i, std::size_t number, std::size_t shift) {
    weight_gradient_[number] += Dot(dy, &padded_[padded_channel_ * i] + shift, run_);
  });
  if (!bias_.empty()) bias_gradient_[output] += std::accumulate(dy, dy + run_, T{0});
}

// dx[i,p*stride+a-padding,q*stride+b-padding] += sum over o of w[o,i,a,b] * dy[o,p,q]
template <typename T>
void Convolution<T>::AddInputGradient(const T* dy, int output) {
  ForEachWeight(output, [&](int i, std::size_t number, std::size_t shift) {
    AddScaled(weight_[number], dy, &padded_gradient_[padded_channel_ * i] + shift, run_);
  });
}

template class Convolution<float>;
template class Convolution<double>;

}  // namespace normlab::reference
