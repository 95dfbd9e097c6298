// 2-d convolution (as the field calls cross-correlation), stride 1, square kernel, zero padding, no
// bias:
//
//   y[n,o,p,q] = sum over i, a, b of  w[o,i,a,b] * x[n,i,p+a-padding,q+b-padding]
#pragma once

#include <span>
#include <vector>

#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T>
class Convolution : public Operation<T> {
 public:
  struct Options {
    int input_channels = 0;
    int output_channels = 0;
    int kernel = 0;
    int padding = 0;
  };

  // `weight` and `weight_gradient` are [O][I][k][k] and outlive the operation.
  Convolution(const Options& options, std::span<const T> weight, std::span<T> weight_gradient);

  Shape OutputShape(const Shape& input) const override;
  void Forward(const Pass& pass, const Tensor<T>& x, Tensor<T>& y) override;
  void Backward(const Pass& pass, const Tensor<T>& x, const Tensor<T>& y, const Tensor<T>& dy,
                Tensor<T>* dx) override;

 private:
  void Plan(const Shape& input);
  std::size_t WeightIndex(int output, int input, int tap) const;
  void PadInput(const T* image);
  void AddWeightGradient(const T* dy, int output);
  void AddInputGradient(const T* dy, int output);

  Options options_;
  std::span<const T> weight_;
  std::span<T> weight_gradient_;

  // Everything below is for one image. Its input channels stand in planes padded with zeros, and an
  // output channel is written with the same row pitch. Then a kernel tap is a constant shift
  // between the two, and each of the three products is one long loop with unit stride per (o, i,
  // tap). The columns past the output's width are computed and dropped (forward) or zero
  // (backward).
  Shape input_, output_;
  int pitch_ = 0;                   // of a padded row
  std::size_t padded_plane_ = 0;    // values of a padded input channel
  std::size_t run_ = 0;             // values from the first to the last output, at this pitch
  std::vector<std::size_t> shift_;  // of each tap, k * k
  std::vector<T> padded_;           // [I][padded_plane_]
  std::vector<T> padded_gradient_;  // [I][padded_plane_]
  std::vector<T> wide_;             // [output height * pitch_], one output channel
};

}  // namespace normlab::reference
