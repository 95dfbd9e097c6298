// The gradient of a convolution's biases: the sum of each channel of dy.
#if defined(NORMLAB_ENGINE_BIAS_GRADIENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_BIAS_GRADIENT_INL_H_
#undef NORMLAB_ENGINE_BIAS_GRADIENT_INL_H_
#else
#define NORMLAB_ENGINE_BIAS_GRADIENT_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Sums of dy over a block's pixels, of `channels` from `first` on: put(channel, sum). Row by row,
// so that no sum grows long.
template <int channels, class Put>
HWY_INLINE void SumChannels(const BlockView& dy, int first, const Put& put) {
  const FloatTag d;
  FloatVector parts[channels][kVectors];
  for (int part = 0; part < kVectors; ++part) {
    FloatVector sum[channels];
    for (int c = 0; c < channels; ++c) sum[c] = hn::Zero(d);
    for (int row = 0; row < dy.shape.height; ++row) {
      const float* at = dy.at(first, row, 0) + part * kVectorSize;
      FloatVector row_sum[channels];
      for (int c = 0; c < channels; ++c) row_sum[c] = hn::Zero(d);
      for (int column = 0; column < dy.shape.width; ++column, at += kBlock) {
        HWY_UNROLL(8)
        for (int c = 0; c < channels; ++c) {
          row_sum[c] = hn::Add(row_sum[c], hn::Load(d, at + c * dy.channel_stride));
        }
      }
      for (int c = 0; c < channels; ++c) sum[c] = hn::Add(sum[c], row_sum[c]);
    }
    for (int c = 0; c < channels; ++c) parts[c][part] = sum[c];
  }
  for (int c = 0; c < channels; ++c) {
    Lanes lanes;
    for (int part = 0; part < kVectors; ++part) lanes.v[part] = parts[c][part];
    put(first + c, SumLanes(lanes));
  }
}

// put(output, sum)
template <class Put>
void BiasGradient(const BlockView& dy, const Put& put) {
  int output = 0;
  for (; output + 4 <= dy.shape.channels; output += 4) SumChannels<4>(dy, output, put);
  for (; output < dy.shape.channels; ++output) SumChannels<1>(dy, output, put);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_BIAS_GRADIENT_INL_H_
