#include "operations/reference/convolution.h"

#include <algorithm>
#include <array>
#include <cassert>

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
Convolution<T>::Convolution(const Options& options, std::span<const T> weight,
                            std::span<T> weight_gradient)
    : options_(options), weight_(weight), weight_gradient_(weight_gradient) {
  assert(options.kernel > 0 && options.padding >= 0);
  assert(weight.size() == static_cast<std::size_t>(options.output_channels) *
                              options.input_channels * options.kernel * options.kernel);
  assert(weight_gradient.size() == weight.size());
}

template <typename T>
Shape Convolution<T>::OutputShape(const Shape& input) const {
  const int shrink = options_.kernel - 1 - 2 * options_.padding;
  return {options_.output_channels, input.height - shrink, input.width - shrink};
}

template <typename T>
void Convolution<T>::Plan(const Shape& input) {
  if (input == input_) return;
  input_ = input;
  output_ = OutputShape(input);
  assert(input.channels == options_.input_channels && output_.height > 0 && output_.width > 0);
  pitch_ = input.width + 2 * options_.padding;
  padded_plane_ = static_cast<std::size_t>(input.height + 2 * options_.padding) * pitch_;
  run_ = static_cast<std::size_t>(output_.height - 1) * pitch_ + output_.width;
  shift_.clear();
  for (int a = 0; a < options_.kernel; ++a) {
    for (int b = 0; b < options_.kernel; ++b) {
      shift_.push_back(static_cast<std::size_t>(a) * pitch_ + b);
    }
  }
  padded_.assign(padded_plane_ * input.channels, T{0});
  padded_gradient_.assign(padded_.size(), T{0});
  wide_.assign(static_cast<std::size_t>(output_.height) * pitch_, T{0});
}

template <typename T>
std::size_t Convolution<T>::WeightIndex(int output, int input, int tap) const {
  return (static_cast<std::size_t>(output) * options_.input_channels + input) * shift_.size() + tap;
}

// The border stays zero: only the interior is ever written.
template <typename T>
void Convolution<T>::PadInput(const T* image) {
  for (int i = 0; i < input_.channels; ++i) {
    T* plane = &padded_[padded_plane_ * i];
    for (int row = 0; row < input_.height; ++row, image += input_.width) {
      std::copy_n(image, input_.width,
                  plane + (row + options_.padding) * pitch_ + options_.padding);
    }
  }
}

template <typename T>
void Convolution<T>::Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) {
  Plan(x.shape);
  const int taps = static_cast<int>(shift_.size());
  for (int n = 0; n < x.images; ++n) {
    PadInput(x.image(n));
    for (int o = 0; o < output_.channels; ++o) {
      std::fill(wide_.begin(), wide_.end(), T{0});
      for (int i = 0; i < input_.channels; ++i) {
        for (int tap = 0; tap < taps; ++tap) {
          AddScaled(weight_[WeightIndex(o, i, tap)], &padded_[padded_plane_ * i] + shift_[tap],
                    wide_.data(), run_);
        }
      }
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
      AddWeightGradient(wide_.data(), o);
      if (dx != nullptr) AddInputGradient(wide_.data(), o);
    }
    if (dx == nullptr) continue;
    for (int i = 0; i < input_.channels; ++i) {
      const T* plane = &padded_gradient_[padded_plane_ * i];
      for (int row = 0; row < input_.height; ++row) {
        std::copy_n(plane + (row + options_.padding) * pitch_ + options_.padding, input_.width,
                    dx->plane(n, i) + row * input_.width);
      }
    }
  }
}

// dw[o,i,a,b] += sum over p, q of dy[o,p,q] * x[i,p+a-padding,q+b-padding]
template <typename T>
void Convolution<T>::AddWeightGradient(const T* dy, int output) {
  for (int i = 0; i < input_.channels; ++i) {
    for (std::size_t tap = 0; tap < shift_.size(); ++tap) {
      weight_gradient_[WeightIndex(output, i, static_cast<int>(tap))] +=
          Dot(dy, &padded_[padded_plane_ * i] + shift_[tap], run_);
    }
  }
}

// dx[i,p+a-padding,q+b-padding] += sum over o of w[o,i,a,b] * dy[o,p,q]
template <typename T>
void Convolution<T>::AddInputGradient(const T* dy, int output) {
  for (int i = 0; i < input_.channels; ++i) {
    for (std::size_t tap = 0; tap < shift_.size(); ++tap) {
      AddScaled(weight_[WeightIndex(output, i, static_cast<int>(tap))], dy,
                &padded_gradient_[padded_plane_ * i] + shift_[tap], run_);
    }
  }
}

template class Convolution<float>;
template class Convolution<double>;

}  // namespace normlab::reference
