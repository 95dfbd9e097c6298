// The head: log-softmax over the classes and the negative log-likelihood of the labels.
//
//   l_k = x_k - max(x) - log(sum_j exp(x_j - max(x)));  loss = -l_label, summed over the images
//   gradient of the mean loss: (exp(l_k) - [k = label]) / N
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "operations/reference/operation.h"

namespace normlab::reference {

// x and y are [N][K][1][1].
template <typename T>
void LogSoftmax(const Tensor<T>& x, Tensor<T>& y) {
  const int classes = x.shape.channels;
  for (int n = 0; n < x.images; ++n) {
    const T* in = x.image(n);
    const T largest = *std::max_element(in, in + classes);
    T sum = 0;
    for (int k = 0; k < classes; ++k) sum += std::exp(in[k] - largest);
    const T log_sum = std::log(sum);
    for (int k = 0; k < classes; ++k) y.image(n)[k] = in[k] - largest - log_sum;
  }
}

template <typename T>
BatchResult NegativeLogLikelihood(const Tensor<T>& log_probabilities, const std::uint8_t* labels) {
  const int classes = log_probabilities.shape.channels;
  BatchResult result;
  for (int n = 0; n < log_probabilities.images; ++n) {
    const T* row = log_probabilities.image(n);
    result.loss_sum -= static_cast<double>(row[labels[n]]);
    result.correct += std::max_element(row, row + classes) - row == labels[n];
  }
  return result;
}

// dx of the mean loss over the images.
template <typename T>
void LogSoftmaxGradient(const Tensor<T>& log_probabilities, const std::uint8_t* labels,
                        Tensor<T>& dx) {
  const T count = static_cast<T>(log_probabilities.images);
  for (int n = 0; n < log_probabilities.images; ++n) {
    const T* row = log_probabilities.image(n);
    for (int k = 0; k < log_probabilities.shape.channels; ++k) {
      dx.image(n)[k] = (std::exp(row[k]) - (k == labels[n] ? T{1} : T{0})) / count;
    }
  }
}

}  // namespace normlab::reference
