// 2-d convolution (as the field calls cross-correlation), square kernel, zero padding; the channels
// of a group of outputs o see those of the same group of inputs alone:
//
//   y[n,o,p,q] = bias[o] + sum over i of the group, a, b of
//                w[o,i,a,b] * x[n,i,p*stride+a-padding,q*stride+b-padding]
#pragma once

#include <span>
#include <vector>

#include "operations/convolution_options.h"
#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T>
class Convolution : public Operation<T> {
 public:
  // `weight` is [O][I / groups][k][k], `bias` [O] or empty where the options have none; both and
  // their gradients outlive the operation.
  Convolution(int input_channels, const ConvolutionOptions& options, std::span<const T> weight,
              std::span<T> weight_gradient, std::span<const T> bias = {},
              std::span<T> bias_gradient = {});

  Shape OutputShape(const Shape& input) const override { return options_.Output(input); }
  void Forward(const Pass& pass, const Tensor<T>& x, Tensor<T>& y) override;
  void Backward(const Pass& pass, const Tensor<T>& x, const Tensor<T>& y, const Tensor<T>& dy,
                Tensor<T>* dx) override;

 private:
  void Plan(const Shape& input);
  // Calls visit(channel of the input, number of the weight, shift) for each weight of an output.
  template <typename Visit>
  void ForEachWeight(int output, const Visit& visit) const;
  std::size_t PaddedIndex(int row, int column) const;
  void PadInput(const T* image);
  void CopyPaddedGradient(T* image) const;
  void AddParameterGradients(const T* dy, int output);
  void AddInputGradient(const T* dy, int output);

  int input_channels_;
  ConvolutionOptions options_;
  std::span<const T> weight_, bias_;
  std::span<T> weight_gradient_, bias_gradient_;

  // Everything below is for one image. Its input channels stand padded with zeros and cut into
  // stride x stride planes: row r, column c of the padded map is row r / stride, column c / stride
  // of the plane of (r mod stride, c mod stride). An output channel is written with the planes' row
  // pitch. Then a kernel tap is a constant shift between the two, and each of the three products is
  // one long loop with unit stride per (o, i, tap). The columns past the output's width are
  // computed and dropped (forward) or zero (backward).
  Shape input_, output_;
  int pitch_ = 0;                   // of a plane's row
  std::size_t plane_ = 0;           // values of a plane
  std::size_t padded_channel_ = 0;  // values of an input channel: all its planes
  std::size_t run_ = 0;             // values from the first to the last output, at this pitch
  std::vector<std::size_t> shift_;  // of each tap, k * k
  std::vector<T> padded_;           // [I][padded_channel_]
  std::vector<T> padded_gradient_;  // [I][padded_channel_]
  std::vector<T> wide_;             // [output height * pitch_], one output channel
};

}  // namespace normlab::reference
