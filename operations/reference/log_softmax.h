// The head: log-softmax over the classes and the cross-entropy of the labels, which are class
// numbers or distributions p.
//
//   l_k = x_k - max(x) - log(sum_j exp(x_j - max(x)))
//   loss = -l_label or -sum_k p_k l_k, summed over the images
//   gradient of the mean loss: (exp(l_k) - p_k) / N, p_k smoothed as the batch says
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

// `distributions` is [N][K].
template <typename T>
BatchResult CrossEntropy(const Tensor<T>& log_probabilities, const float* distributions) {
  const int classes = log_probabilities.shape.channels;
  BatchResult result;
  for (int n = 0; n < log_probabilities.images; ++n, distributions += classes) {
    const T* row = log_probabilities.image(n);
    for (int k = 0; k < classes; ++k) {
      result.loss_sum -= static_cast<double>(distributions[k]) * static_cast<double>(row[k]);
    }
    result.correct += std::max_element(row, row + classes) - row ==
                      std::max_element(distributions, distributions + classes) - distributions;
  }
  return result;
}

// dx of the mean loss over the images, with the batch's smoothing.
template <typename T>
void LossGradient(const Tensor<T>& log_probabilities, const Batch& batch, Tensor<T>& dx) {
  const int classes = log_probabilities.shape.channels;
  const T count = static_cast<T>(log_probabilities.images);
  const double smoothing = batch.label_smoothing;
  for (int n = 0; n < log_probabilities.images; ++n) {
    const T* row = log_probabilities.image(n);
    for (int k = 0; k < classes; ++k) {
      const double share = batch.distributions != nullptr
                               ? batch.distributions[static_cast<std::size_t>(n) * classes + k]
                               : k == batch.labels[n];
      const double smoothed =
          smoothing == 0 ? share : (1 - smoothing) * share + smoothing / classes;
      dx.image(n)[k] = (std::exp(row[k]) - static_cast<T>(smoothed)) / count;
    }
  }
}

// Of a batch's labels, whichever it has.
template <typename T>
BatchResult Loss(const Tensor<T>& log_probabilities, const Batch& batch) {
  return batch.distributions != nullptr ? CrossEntropy(log_probabilities, batch.distributions)
                                        : NegativeLogLikelihood(log_probabilities, batch.labels);
}

}  // namespace normlab::reference
