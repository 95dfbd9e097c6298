// The functions of the language and their derivatives, for any scalar: float, double, long double
// and complex ones, of which the real part decides where a function has a kink.
#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>

#include "norm/equation/functions.h"

namespace normlab::equation {

template <class T>
struct RealOf {
  using Type = T;
};
template <class T>
struct RealOf<std::complex<T>> {
  using Type = T;
};
template <class T>
using Real = typename RealOf<T>::Type;

template <class T>
T RealPart(T value) {
  return value;
}
template <class T>
T RealPart(const std::complex<T>& value) {
  return value.real();
}

// Of a complex value to first order in its imaginary part, which is what a complex step asks.
template <class T>
T Erf(T value) {
  return std::erf(value);
}
template <class T>
std::complex<T> Erf(const std::complex<T>& value) {
  const T slope = 2 * std::numbers::inv_sqrtpi_v<T> * std::exp(-value.real() * value.real());
  return {std::erf(value.real()), slope * value.imag()};
}

template <class T>
T Sigmoid(const T& value) {
  // Never exp of a large number.
  if (RealPart(value) >= 0) return T(1) / (T(1) + std::exp(-value));
  const T power = std::exp(value);
  return power / (T(1) + power);
}

template <class T>
T Softplus(const T& value) {
  return RealPart(value) > 0 ? value + std::log(T(1) + std::exp(-value))
                             : std::log(T(1) + std::exp(value));
}

// x ^ n by multiplication for a whole number: exact where std::pow of a complex base is not.
template <class T>
T WholePower(T base, int exponent) {
  T result(1);
  for (int n = std::abs(exponent); n > 0; n >>= 1, base *= base) {
    if (n & 1) result *= base;
  }
  return exponent < 0 ? T(1) / result : result;
}

template <class T>
T Power(const T& base, const T& exponent) {
  const Real<T> real = RealPart(exponent);
  const bool whole = exponent == T(real) && std::abs(real) <= 64 && std::floor(real) == real;
  return whole ? WholePower(base, static_cast<int>(real)) : std::pow(base, exponent);
}

template <class T>
int SignOf(const T& value) {
  return (RealPart(value) > 0) - (RealPart(value) < 0);
}

template <class T>
bool IsNotANumber(const T& value) {
  return std::isnan(RealPart(value));
}

// `a`: its one to three arguments. What is not a number stays so, as in PyTorch.
template <class T>
T Apply(Function function, const T* a) {
  switch (function) {
    case Function::kNegate:
      return -a[0];
    case Function::kAdd:
      return a[0] + a[1];
    case Function::kSubtract:
      return a[0] - a[1];
    case Function::kMultiply:
      return a[0] * a[1];
    case Function::kDivide:
      return a[0] / a[1];
    case Function::kPower:
      return Power(a[0], a[1]);
    case Function::kSqrt:
      return std::sqrt(a[0]);
    case Function::kExp:
      return std::exp(a[0]);
    case Function::kLog:
      return std::log(a[0]);
    case Function::kAbs:
      return T(Real<T>(SignOf(a[0]))) * a[0];
    case Function::kTanh:
      return std::tanh(a[0]);
    case Function::kSigmoid:
      return Sigmoid(a[0]);
    case Function::kSoftplus:
      return Softplus(a[0]);
    case Function::kErf:
      return Erf(a[0]);
    case Function::kRelu:
      return RealPart(a[0]) <= 0 ? T(0) : a[0];
    case Function::kMax:
      return RealPart(a[0]) >= RealPart(a[1]) || IsNotANumber(a[0]) ? a[0] : a[1];
    case Function::kMin:
      return RealPart(a[0]) <= RealPart(a[1]) || IsNotANumber(a[0]) ? a[0] : a[1];
    case Function::kClip:
      return RealPart(a[0]) < RealPart(a[1]) ? a[1] : RealPart(a[0]) > RealPart(a[2]) ? a[2] : a[0];
    case Function::kStop:  // nor does a complex step pass
      return T(RealPart(a[0]));
  }
  return T(0);
}

// The derivative by argument `by`; `value` is what Apply gave.
template <class T>
T Derivative(Function function, const T* a, const T& value, std::size_t by) {
  const auto share = [](int order) { return T(order > 0 ? 1 : order == 0 ? Real<T>(0.5) : 0); };
  switch (function) {
    case Function::kNegate:
      return T(-1);
    case Function::kAdd:
      return T(1);
    case Function::kSubtract:
      return T(by == 0 ? 1 : -1);
    case Function::kMultiply:
      return a[1 - by];
    case Function::kDivide:
      return by == 0 ? T(1) / a[1] : -value / a[1];
    case Function::kPower:
      return by == 0 ? a[1] * Power(a[0], a[1] - T(1)) : value * std::log(a[0]);
    case Function::kSqrt:
      return T(Real<T>(0.5)) / value;
    case Function::kExp:
      return value;
    case Function::kLog:
      return T(1) / a[0];
    case Function::kAbs:
      return T(Real<T>(SignOf(a[0])));
    case Function::kTanh:
      return T(1) - value * value;
    case Function::kSigmoid:
      return value * (T(1) - value);
    case Function::kSoftplus:
      return Sigmoid(a[0]);
    case Function::kErf:
      return T(2 * std::numbers::inv_sqrtpi_v<Real<T>>) * std::exp(-a[0] * a[0]);
    case Function::kRelu:
      return T(Real<T>(SignOf(a[0]) > 0));
    case Function::kMax:
      return share(SignOf(a[by] - a[1 - by]));
    case Function::kMin:
      return share(SignOf(a[1 - by] - a[by]));
    case Function::kClip: {
      const bool below = RealPart(a[0])<RealPart(a[1]), above = RealPart(a[0])> RealPart(a[2]);
      const std::size_t passes = below ? 1 : above ? 2 : 0;
      return T(Real<T>(by == passes));
    }
    case Function::kStop:
      return T(0);
  }
  return T(0);
}

}  // namespace normlab::equation
