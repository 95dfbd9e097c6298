// Where a normalization's way back finds the gradient of its output y, one channel of a block at a
// time: in a map; or, where readers compute y and nobody but a max pool of 2x2 windows reads it, in
// the pool's gradient, which the normalization routes to the pixels that the pool took. The map of
// y's gradient, four times as large, is then neither written nor read; the values are those that
// the pool would write there, in the same order.
#if defined(NORMLAB_NORM_OUTPUT_GRADIENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_NORM_OUTPUT_GRADIENT_INL_H_
#undef NORMLAB_NORM_OUTPUT_GRADIENT_INL_H_
#else
#define NORMLAB_NORM_OUTPUT_GRADIENT_INL_H_
#endif

#include "hwy/highway.h"
#include "norm/fast/normalization.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/rectifier-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Of a block: y's gradient; or, with `routed`, that of a pool's output, whose values are `pooled`.
struct OutputGradient {
  BlockView gradient;
  BlockView pooled;
  bool routed = false;
};

HWY_INLINE OutputGradient GradientOf(const NormalizationPlan& plan, WorkUnit unit) {
  OutputGradient dy = {.gradient = plan.y_gradient->block(unit), .pooled = {}};
  dy.routed = plan.pooled != nullptr;
  if (dy.routed) dy.pooled = plan.pooled->block(unit);
  return dy;
}

// What readers make of a channel: y = (x - mean) * scale + bias, and of that a ReLU where it is
// `rectified`.
struct ReadersView {
  bool rectified;
  Lanes scale, bias;
};

struct WholeGradient {
  HWY_INLINE Lanes Seen(const Lanes& y) const { return y; }
  HWY_INLINE Lanes operator()(const Lanes& /*y*/, const Lanes& gradient) const { return gradient; }
};
struct PositiveGradient {
  HWY_INLINE Lanes Seen(const Lanes& y) const { return AtLeast(hn::Zero(FloatTag()), y); }
  HWY_INLINE Lanes operator()(const Lanes& y, const Lanes& gradient) const {
    return WherePositive(y, gradient);
  }
};

// A row of x: visit(column, value, distance from the mean, gradient of y) for each pixel.
template <class OfReaders>
struct GivenGradient {
  template <class VisitPixel>
  HWY_INLINE void VisitRow(const BlockView& x, int channel, int row, const Lanes& mean,
                           const VisitPixel& visit) const {
    const float* x_at = x.at(channel, row, 0);
    const float* dy_at = gradient.at(channel, row, 0);
    for (int column = 0; column < x.shape.width; ++column, x_at += kBlock, dy_at += kBlock) {
      const Lanes value = LoadLanes(x_at), distance = Minus(value, mean);
      const Lanes y = TimesPlus(distance, scale, bias);
      visit(column, value, distance, OfReaders()(y, LoadLanes(dy_at)));
    }
  }

  BlockView gradient;
  Lanes scale, bias;
};

template <class OfReaders>
struct RoutedGradient {
  template <class VisitPixel>
  HWY_INLINE void VisitRow(const BlockView& x, int channel, int row, const Lanes& mean,
                           const VisitPixel& visit) const {
    int column = 0;
    if (row / 2 < pooled.shape.height) {
      if (row % 2 == 0) {
        VisitWindows<false>(x, channel, row, mean, visit);
      } else {
        VisitWindows<true>(x, channel, row, mean, visit);
      }
      column = 2 * pooled.shape.width;
    }
    for (; column < x.shape.width; ++column) {  // in no window
      const Lanes value = LoadLanes(x.at(channel, row, column));
      visit(column, value, Minus(value, mean), SetLanes(0.0f));
    }
  }

  // The first of a window's pixels in row-major order that is the largest takes the gradient, so
  // that the lower row is told from the upper one too.
  template <bool lower, class VisitPixel>
  HWY_INLINE void VisitWindows(const BlockView& x, int channel, int row, const Lanes& mean,
                               const VisitPixel& visit) const {
    const float* x_at = x.at(channel, row, 0);
    const float* upper_at = lower ? x.at(channel, row - 1, 0) : nullptr;
    const float* pooled_at = pooled.at(channel, row / 2, 0);
    const float* gradient_at = gradient.at(channel, row / 2, 0);
    for (int window = 0; window < pooled.shape.width; ++window) {
      const Lanes largest = LoadLanes(pooled_at + window * kBlock);
      Lanes left = LoadLanes(gradient_at + window * kBlock);
      if constexpr (lower) {
        for (int k = 0; k < 2; ++k, upper_at += kBlock) {
          const Lanes y = Y(Minus(LoadLanes(upper_at), mean));
          left = WhereUnequal(OfReaders().Seen(y), largest, left);
        }
      }
      for (int k = 0; k < 2; ++k, x_at += kBlock) {
        const Lanes value = LoadLanes(x_at), distance = Minus(value, mean);
        const Lanes y = Y(distance), seen = OfReaders().Seen(y);
        visit(2 * window + k, value, distance, OfReaders()(y, WhereEqual(seen, largest, left)));
        left = WhereUnequal(seen, largest, left);
      }
    }
  }

  HWY_INLINE Lanes Y(const Lanes& distance) const { return TimesPlus(distance, scale, bias); }

  BlockView gradient, pooled;
  Lanes scale, bias;
};

// Calls visit with what of the above tells the gradient of y.
template <class Visit>
HWY_INLINE void WithOutputGradient(const OutputGradient& dy, const ReadersView& readers,
                                   const Visit& visit) {
  const auto with = [&]<class OfReaders>(OfReaders) {
    if (dy.routed) {
      visit(RoutedGradient<OfReaders>{dy.gradient, dy.pooled, readers.scale, readers.bias});
    } else {
      visit(GivenGradient<OfReaders>{dy.gradient, readers.scale, readers.bias});
    }
  };
  if (readers.rectified) {
    with(PositiveGradient());
  } else {
    with(WholeGradient());
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_NORM_OUTPUT_GRADIENT_INL_H_
