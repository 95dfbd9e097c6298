#include "operations/fast/depthwise.h"

#include <cassert>
#include <cmath>
#include <optional>
#include <vector>

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/depthwise.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/depthwise_rows-inl.h"
#include "operations/fast/row_window-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

// Outputs between which the gradients of a filter stay in registers: so many pixels that the rows
// of x and dy around them stay in the first-level cache.
constexpr int kStripPixels = 192;

// A row (or column) r of the input meets the taps k of a filter for which (r + padding - k) /
// stride is whole: those of one phase, of which there are `stride`.
struct Phase {
  int taps = 0;
  int taps_before = 0;  // of the phases before it
};

std::vector<Phase> PhasesOf(int kernel, int stride) {
  std::vector<Phase> phases;
  for (int phase = 0, before = 0; phase < stride; before += phases.back().taps, ++phase) {
    phases.push_back({phase < kernel ? (kernel - phase + stride - 1) / stride : 0, before});
  }
  return phases;
}

class Depthwise : public BlockOperation {
 public:
  explicit Depthwise(const DepthwisePlan& plan)
      : plan_(plan),
        in_(plan.x->shape()),
        out_(plan.y->shape()),
        taps_(plan.kernel * plan.kernel),
        strip_(std::max(1, kStripPixels / (in_.width * plan.stride))),
        phases_(PhasesOf(plan.kernel, plan.stride)) {
    assert(plan.kernel % 2 == 1 && plan.kernel <= kLargestKernel);
    assert(plan.stride > 0 && plan.padding >= 0 && plan.padding < plan.kernel);
    assert(out_.channels == in_.channels && out_.height > 0 && out_.width > 0);
    assert(out_.height == (in_.height + 2 * plan.padding - plan.kernel) / plan.stride + 1);
    assert(out_.width == (in_.width + 2 * plan.padding - plan.kernel) / plan.stride + 1);
    turned_.resize(static_cast<std::size_t>(in_.channels) * taps_);
    plan.workspace->Reserve(
        static_cast<std::size_t>(taps_) * kBlock +
        (plan.affine == nullptr
             ? 0
             : RowWindow<NormalizingReader>::Floats(in_, plan.padding,
                                                    (strip_ - 1) * plan.stride + plan.kernel)));
  }

  void Begin(const Pass& pass) override {
    if (plan_.x_gradient == nullptr || pass.mode != Mode::kTrain) return;
    for (int c = 0; c < in_.channels; ++c) TurnFilter(c);
  }

  void Forward(const Pass&, WorkUnit unit) override {
    if (plan_.affine != nullptr) {
      Forward<NormalizingReader>(plan_.affine->block(unit), unit);
    } else {
      Forward<PlainReader>({}, unit);
    }
  }

  void WeightGradient(const Pass&, WorkUnit unit) override {
    if (plan_.x_gradient == nullptr) Gradients(unit);
  }
  void Backward(const Pass&, WorkUnit unit) override {
    if (plan_.x_gradient != nullptr) Gradients(unit);
  }

 private:
  const float* Filter(int channel) const {
    return plan_.weights + static_cast<std::size_t>(channel) * taps_;
  }
  float* Turned(int channel) { return turned_.data() + static_cast<std::size_t>(channel) * taps_; }

  // The filter of an input gradient: for each phase of rows and each of columns the taps, the last
  // first, so that they go with ascending rows and columns of dy.
  void TurnFilter(int channel) {
    const int kernel = plan_.kernel, stride = plan_.stride;
    const float* weights = Filter(channel);
    float* to = Turned(channel);
    for (int a = 0; a < stride; ++a) {
      for (int b = 0; b < stride; ++b) {
        for (int i = phases_[a].taps; i-- > 0;) {
          for (int j = phases_[b].taps; j-- > 0;) {
            *to++ = weights[(a + i * stride) * kernel + b + j * stride];
          }
        }
      }
    }
  }

  template <class Reader>
  void Forward(const BlockView& affine, WorkUnit unit) const {
    const BlockView y = plan_.y->block(unit);
    RowWindow<Reader> x(plan_.x->block(unit), affine, plan_.padding, plan_.workspace->of(unit));
    for (int c = 0; c < in_.channels; ++c) {
      x.BeginChannel(c);
      for (int first = 0; first < out_.height; first += strip_) {
        const int end = std::min(out_.height, first + strip_);
        WriteOutputs(MoveTo(first, end, x), c, first, end, y);
      }
    }
  }

  // To the rows that the outputs first to end - 1 read.
  template <class Reader>
  RowWindow<Reader>& MoveTo(int first, int end, RowWindow<Reader>& x) const {
    x.Move(first * plan_.stride - plan_.padding,
           (end - 1) * plan_.stride - plan_.padding + plan_.kernel);
    return x;
  }

  template <class Reader>
  void WriteOutputs(const RowWindow<Reader>& x, int channel, int first, int end,
                    const BlockView& y) const {
    OutputRows rows;
    rows.x = x.row(0) - plan_.padding * kBlock;
    rows.x_row = x.stride();
    rows.x_rows = in_.height;
    rows.top = first * plan_.stride - plan_.padding;
    rows.tap_rows = rows.taps = plan_.kernel;
    rows.stride = plan_.stride;
    rows.weights = Filter(channel);
    rows.start = plan_.bias != nullptr ? plan_.bias[channel] : 0.0f;
    rows.positive_part = plan_.store == Store::kPositivePart;
    rows.y = y.at(channel, first, 0);
    rows.y_row = static_cast<std::ptrdiff_t>(y.row_stride);
    rows.rows = end - first;
    rows.columns = out_.width;
    SumRowsOfFilter(rows);
  }

  void Gradients(WorkUnit unit) {
    if (plan_.affine != nullptr) {
      Gradients<NormalizingReader>(plan_.affine->block(unit), unit);
    } else {
      Gradients<PlainReader>({}, unit);
    }
  }

  template <class Reader>
  void Gradients(const BlockView& affine, WorkUnit unit) {
    const BlockView dy = plan_.y_gradient->block(unit);
    float* sums = plan_.workspace->of(unit);
    RowWindow<Reader> x(plan_.x->block(unit), affine, plan_.padding, sums + taps_ * kBlock);
    for (int c = 0; c < in_.channels; ++c) {
      x.BeginChannel(c);
      int written = 0;  // rows of dx
      for (int first = 0; first < out_.height; first += strip_) {
        const int end = std::min(out_.height, first + strip_);
        AddProducts(MoveTo(first, end, x), dy, c, first, end, sums);
        if (plan_.x_gradient == nullptr) continue;
        // Later rows need later rows of dy.
        const int last = end == out_.height ? in_.height : end * plan_.stride - plan_.padding;
        if (last > written) WriteInputGradient(dy, c, written, last, unit);
        written = std::max(written, last);
      }
      PutGradients(unit, c, sums);
      if (plan_.bias != nullptr) PutBiasGradient(unit, c, dy);
    }
  }

  template <class Reader>
  void AddProducts(const RowWindow<Reader>& x, const BlockView& dy, int channel, int first, int end,
                   float* sums) const {
    ProductRows rows;
    rows.x = x.row(first * plan_.stride - plan_.padding) - plan_.padding * kBlock;
    rows.x_row = x.stride();
    rows.stride = plan_.stride;
    rows.dy = dy.at(channel, first, 0);
    rows.dy_row = static_cast<std::ptrdiff_t>(dy.row_stride);
    rows.rows = end - first;
    rows.columns = out_.width;
    switch (plan_.kernel) {
      case 1:
        return AddFilterGradient<1>(rows, first == 0, sums);
      case 3:
        return AddFilterGradient<3>(rows, first == 0, sums);
      case 5:
        return AddFilterGradient<5>(rows, first == 0, sums);
      default:
        return AddFilterGradient<7>(rows, first == 0, sums);
    }
  }

  // Rows first to end - 1 of dx, one phase of rows after the other.
  void WriteInputGradient(const BlockView& dy, int channel, int first, int end, WorkUnit unit) {
    const BlockView dx = plan_.x_gradient->block(unit);
    const int stride = plan_.stride;
    for (int a = 0; a < stride; ++a) {
      const int row = FirstOfPhase(first, a), count = (end - row + stride - 1) / stride;
      if (row >= end) continue;
      const auto phase = [&](int b) { return PhaseOfInputGradient(dy, channel, row, count, a, b, dx); };
      if (stride == 1) {
        SumRowsOfFilter(phase(0));
      } else if (stride == 2) {
        SumRowsOfTwoPhases(phase(0), phase(1));
      } else {
        for (int b = 0; b < stride; ++b) SumRowsOfPhase(phase(b));
      }
    }
  }

  // `count` rows of dx from `row` on, of phase a, and the columns of phase b.
  OutputRows PhaseOfInputGradient(const BlockView& dy, int channel, int row, int count, int a,
                                  int b, const BlockView& dx) {
    const int stride = plan_.stride, padding = plan_.padding, column = FirstOfPhase(0, b);
    const Phase &vertical = phases_[a], &horizontal = phases_[b];
    OutputRows rows;
    rows.x = dy.at(channel, 0, (column + padding - b) / stride - (horizontal.taps - 1));
    rows.x_row = static_cast<std::ptrdiff_t>(dy.row_stride);
    rows.x_rows = out_.height;
    rows.top = (row + padding - a) / stride - (vertical.taps - 1);
    rows.tap_rows = horizontal.taps > 0 ? vertical.taps : 0;
    rows.taps = std::max(1, horizontal.taps);
    rows.weights = Turned(channel) + vertical.taps_before * plan_.kernel +
                   vertical.taps * horizontal.taps_before;
    rows.y = dx.at(channel, row, column);
    rows.y_row = static_cast<std::ptrdiff_t>(dx.row_stride) * stride;
    rows.step = stride;
    rows.rows = count;
    rows.columns = std::max(0, (in_.width - column + stride - 1) / stride);
    return rows;
  }

  // The first row (or column) of a phase from `first` on.
  int FirstOfPhase(int first, int phase) const {
    const int beyond = (first + plan_.padding - phase) % plan_.stride;
    return first + (beyond == 0 ? 0 : beyond > 0 ? plan_.stride - beyond : -beyond);
  }

  void PutGradients(WorkUnit unit, int channel, const float* sums) const {
    for (int tap = 0; tap < taps_; ++tap) {
      plan_.weight_gradient.Put(unit.block, static_cast<std::size_t>(channel) * taps_ + tap,
                                SumLanes(LoadLanes(sums + tap * kBlock)));
    }
  }

  void PutBiasGradient(WorkUnit unit, int channel, const BlockView& dy) const {
    Lanes sum = SetLanes(0.0f);
    for (int row = 0; row < out_.height; ++row) {
      for (int column = 0; column < out_.width; ++column) {
        sum = Plus(sum, LoadLanes(dy.at(channel, row, column)));
      }
    }
    plan_.bias_gradient.Put(unit.block, static_cast<std::size_t>(channel), SumLanes(sum));
  }

  DepthwisePlan plan_;
  Shape in_, out_;
  int taps_, strip_;
  std::vector<Phase> phases_;  // of rows, and of columns
  std::vector<float> turned_;  // [C][kernel][kernel]
};

}  // namespace

std::unique_ptr<BlockOperation> MakeDepthwiseFor(const DepthwisePlan& plan) {
  return std::make_unique<Depthwise>(plan);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeDepthwise(Simd simd, const DepthwisePlan& plan) {
  NORMLAB_DISPATCH(simd, MakeDepthwiseFor(plan));
}
}  // namespace normlab
#endif
