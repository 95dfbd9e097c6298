// The vocabulary that every normalization shares: the moments of one channel of 16 images, lane by
// lane, how moments merge, and the two passes that use them. A method only says over what it
// merges: channels (layer, group), or lanes and blocks (batch).
#if defined(NORMLAB_NORM_MOMENTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_NORM_MOMENTS_INL_H_
#undef NORMLAB_NORM_MOMENTS_INL_H_
#else
#define NORMLAB_NORM_MOMENTS_INL_H_
#endif

#include <algorithm>

#include "hwy/highway.h"
#include "norm/fast/output_gradient-inl.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/rectifier-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// `deviation` is the sum of squared deviations from `mean` over `count` values of each lane.
struct Moments {
  Lanes mean;
  Lanes deviation;
  float count;
};

// Chan, Golub, LeVeque: "Updating formulae and a pairwise algorithm for computing sample
// variances", 1979. No E[x^2] - E[x]^2: a large mean costs no digits.
HWY_INLINE Moments Merge(const Moments& a, const Moments& b) {
  const float count = a.count + b.count;
  const Lanes delta = Minus(b.mean, a.mean);
  const Lanes between = Times(Times(delta, delta), SetLanes(a.count * b.count / count));
  return {TimesPlus(delta, SetLanes(b.count / count), a.mean),
          Plus(Plus(a.deviation, b.deviation), between), count};
}

// Four interleaved sums hide the adder's latency; the order depends on the map's shape alone.
struct FourSums {
  Lanes part[4];
  HWY_INLINE FourSums() {
    for (Lanes& lanes : part) lanes = SetLanes(0.0f);
  }
  HWY_INLINE Lanes Total() const { return Plus(Plus(part[0], part[1]), Plus(part[2], part[3])); }
};

HWY_INLINE Lanes SumRows(const BlockView& x, int channel, int first_row, int end_row) {
  FourSums sums;
  const int width = x.shape.width;
  for (int row = first_row; row < end_row; ++row) {
    const float* at = x.at(channel, row, 0);
    int column = 0;
    for (; column + 4 <= width; column += 4, at += 4 * kBlock) {
      HWY_UNROLL(4)
      for (int k = 0; k < 4; ++k) sums.part[k] = Plus(sums.part[k], LoadLanes(at + k * kBlock));
    }
    for (; column < width; ++column, at += kBlock) {
      sums.part[column % 4] = Plus(sums.part[column % 4], LoadLanes(at));
    }
  }
  return sums.Total();
}

HWY_INLINE Lanes SumSquaredDeviations(const BlockView& x, int channel, int first_row, int end_row,
                                      const Lanes& mean) {
  FourSums sums;
  const int width = x.shape.width;
  for (int row = first_row; row < end_row; ++row) {
    const float* at = x.at(channel, row, 0);
    int column = 0;
    for (; column + 4 <= width; column += 4, at += 4 * kBlock) {
      HWY_UNROLL(4)
      for (int k = 0; k < 4; ++k) {
        const Lanes distance = Minus(LoadLanes(at + k * kBlock), mean);
        sums.part[k] = TimesPlus(distance, distance, sums.part[k]);
      }
    }
    for (; column < width; ++column, at += kBlock) {
      const Lanes distance = Minus(LoadLanes(at), mean);
      sums.part[column % 4] = TimesPlus(distance, distance, sums.part[column % 4]);
    }
  }
  return sums.Total();
}

// Two passes over a stretch of rows that fits the first-level cache (256 pixels are 16 KiB), then
// the next stretch: the map is read from farther away only once.
HWY_INLINE Moments ChannelMoments(const BlockView& x, int channel) {
  const int rows_per_stretch = std::max(1, 256 / x.shape.width);
  Moments all{};
  for (int first = 0; first < x.shape.height; first += rows_per_stretch) {
    const int end = std::min(first + rows_per_stretch, x.shape.height);
    Moments stretch;
    stretch.count = static_cast<float>((end - first) * x.shape.width);
    stretch.mean = Times(SumRows(x, channel, first, end), SetLanes(1.0f / stretch.count));
    stretch.deviation = SumSquaredDeviations(x, channel, first, end, stretch.mean);
    all = first == 0 ? stretch : Merge(all, stretch);
  }
  return all;
}

// Over the channels first .. end - 1 of each image.
HWY_INLINE Moments ChannelsMoments(const BlockView& x, int first, int end) {
  Moments moments = ChannelMoments(x, first);
  for (int c = first + 1; c < end; ++c) moments = Merge(moments, ChannelMoments(x, c));
  return moments;
}

// 1 / sqrt(variance + eps), the variance biased.
HWY_INLINE Lanes InverseDeviation(const Moments& moments, double eps) {
  const Lanes variance = Times(moments.deviation, SetLanes(1.0f / moments.count));
  return InverseRoot(Plus(variance, SetLanes(static_cast<float>(eps))));
}

// y = (x - mean) * scale + bias over one channel.
HWY_INLINE void NormalizeChannel(const BlockView& x, const BlockView& y, int channel,
                                 const Lanes& mean, const Lanes& scale, const Lanes& bias) {
  for (int row = 0; row < x.shape.height; ++row) {
    const float* from = x.at(channel, row, 0);
    float* to = y.at(channel, row, 0);
    for (int column = 0; column < x.shape.width; ++column, from += kBlock, to += kBlock) {
      StoreLanes(TimesPlus(Minus(LoadLanes(from), mean), scale, bias), to);
    }
  }
}

// Leaves a channel's normalization to whoever reads x.
HWY_INLINE void StoreAffine(const BlockView& affine, int channel, const Lanes& mean,
                            const Lanes& scale, const Lanes& bias) {
  StoreLanes(mean, affine.at(channel, 0, 0));
  StoreLanes(scale, affine.at(channel, 1, 0));
  StoreLanes(bias, affine.at(channel, 2, 0));
}

struct GradientSums {
  Lanes dy;           // sum of dy
  Lanes dy_distance;  // sum of dy * (x - mean)
};

template <class Source>
HWY_INLINE GradientSums SumGradients(const BlockView& x, int channel, const Lanes& mean,
                                     const Source& dy) {
  Lanes sum[2] = {SetLanes(0.0f), SetLanes(0.0f)};
  Lanes product[2] = {SetLanes(0.0f), SetLanes(0.0f)};
  for (int row = 0; row < x.shape.height; ++row) {
    dy.VisitRow(x, channel, row, mean,
                [&](int column, const Lanes&, const Lanes& distance, const Lanes& gradient) {
                  const int k = column % 2;
                  sum[k] = Plus(sum[k], gradient);
                  product[k] = TimesPlus(gradient, distance, product[k]);
                });
  }
  return {Plus(sum[0], sum[1]), Plus(product[0], product[1])};
}

HWY_INLINE GradientSums ChannelGradientSums(const BlockView& x, const OutputGradient& dy,
                                            int channel, const Lanes& mean,
                                            const ReadersView& readers) {
  GradientSums sums;
  WithOutputGradient(dy, readers,
                     [&](const auto& source) { sums = SumGradients(x, channel, mean, source); });
  return sums;
}

// dx = a dy - b - c (x - mean): the master backward with everything that is constant over the
// channel drawn together.
struct BackwardFactors {
  Lanes a, b, c;
};

template <class PassGate, class Source>
HWY_INLINE void BackwardPixels(const BlockView& x, const BlockView& dx, int channel,
                               const Lanes& mean, const BackwardFactors& factors,
                               const PassGate& pass, const Source& dy) {
  for (int row = 0; row < x.shape.height; ++row) {
    float* dx_at = dx.at(channel, row, 0);
    dy.VisitRow(x, channel, row, mean,
                [&](int column, const Lanes& value, const Lanes& distance, const Lanes& of_y) {
                  const Lanes through = TimesPlus(factors.a, of_y, Minus(SetLanes(0), factors.b));
                  const Lanes gradient = MinusTimes(factors.c, distance, through);
                  StoreLanes(pass(value, gradient), dx_at + column * kBlock);
                });
  }
}

// `gate` without its scale, which is drawn into the factors.
HWY_INLINE void BackwardChannel(const BlockView& x, const OutputGradient& dy, const BlockView& dx,
                                int channel, const Lanes& mean, const BackwardFactors& factors,
                                const Gate& gate, const ReadersView& readers) {
  WithOutputGradient(dy, readers, [&](const auto& source) {
    WithGate(gate, [&](const auto& pass) {
      BackwardPixels(x, dx, channel, mean, factors, pass, source);
    });
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_NORM_MOMENTS_INL_H_
