#include "operations/fast/depthwise.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/depthwise.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/bias_gradient-inl.h"
#include "operations/fast/depthwise_rows-inl.h"
#include "operations/fast/rectifier-inl.h"
#include "operations/fast/row_window-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

// Of x, in a stretch of rows: so many that these, and what is computed of them, stay in the
// first-level cache (48 KiB here); sums of filters' gradients leave the registers once in each.
constexpr int kStretchPixels = 192;

// A row (or column) r of the input meets the taps k of a filter for which (r + padding - k) /
// stride is whole: those of one of `stride` phases.
struct TapsOfPhase {
  int taps = 0;
  int before = 0;  // taps of the phases before it
};

std::vector<TapsOfPhase> PhasesOf(int kernel, int stride) {
  std::vector<TapsOfPhase> phases;
  for (int phase = 0, before = 0; phase < stride; before += phases.back().taps, ++phase) {
    phases.push_back({phase < kernel ? (kernel - phase + stride - 1) / stride : 0, before});
  }
  return phases;
}

class Depthwise : public BlockOperation {
 public:
  explicit Depthwise(const ConvolutionPlan& plan)
      : plan_(plan),
        options_(plan.options),
        in_(plan.x->shape()),
        out_(plan.y->shape()),
        taps_(options_.taps()),
        stretch_(std::max(1, kStretchPixels / (in_.width * options_.stride))),
        phases_(PhasesOf(options_.kernel, options_.stride)) {
    assert(options_.kernel % 2 == 1 && options_.kernel <= kLargestKernel);
    assert(options_.padding < options_.kernel && options_.groups == in_.channels);
    assert(out_ == options_.Output(in_));
    turned_.resize(static_cast<std::size_t>(in_.channels) * taps_);
    plan.workspace->Reserve(SumFloats() + WindowFloats());
  }

  void Begin(const Pass& pass) override {
    if (plan_.x_gradient == nullptr || pass.mode != Mode::kTrain) return;
    for (int c = 0; c < in_.channels; ++c) TurnFilter(c);
  }

  void Forward(const Pass&, WorkUnit unit) override {
    WithInput(unit, [&](auto& x) { Forward(x, unit); });
  }

  void WeightGradient(const Pass&, WorkUnit unit) override {
    if (plan_.x_gradient == nullptr) Gradients(unit);
  }
  void Backward(const Pass&, WorkUnit unit) override {
    if (plan_.x_gradient != nullptr) Gradients(unit);
  }

 private:
  // visit(the rows of x as they are read): another way to read them is another Reader here.
  template <class Visit>
  void WithInput(WorkUnit unit, const Visit& visit) const {
    float* memory = plan_.workspace->of(unit) + SumFloats();
    WithReader(plan_.affine, plan_.rectified, unit, [&]<class Reader>(const BlockView& affine) {
      RowWindow<Reader> rows(plan_.x->block(unit), affine, options_.padding, memory);
      visit(rows);
    });
  }

  std::size_t SumFloats() const { return static_cast<std::size_t>(taps_) * kBlock; }
  std::size_t WindowFloats() const {
    if (plan_.affine == nullptr) return 0;
    const int rows = (stretch_ - 1) * options_.stride + options_.kernel;
    return RowWindow<NormalizingReader>::Floats(in_, options_.padding, rows);
  }

  // The first row of x that row `row` of the outputs reads.
  int Top(int row) const { return row * options_.stride - options_.padding; }

  const float* Filter(int channel) const {
    return plan_.weights + static_cast<std::size_t>(channel) * taps_;
  }
  const float* Turned(int channel) const {
    return turned_.data() + static_cast<std::size_t>(channel) * taps_;
  }

  // The filter of an input gradient: for each phase of rows and each of columns the taps, the last
  // first, so that they go with ascending rows and columns of dy.
  void TurnFilter(int channel) {
    const int kernel = options_.kernel, stride = options_.stride;
    const float* weights = Filter(channel);
    float* to = turned_.data() + static_cast<std::size_t>(channel) * taps_;
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

  template <class Rows>
  void Forward(Rows& x, WorkUnit unit) const {
    const BlockView y = plan_.y->block(unit);
    for (int c = 0; c < in_.channels; ++c) {
      x.BeginChannel(c);
      for (int first = 0; first < out_.height; first += stretch_) {
        const int end = std::min(out_.height, first + stretch_);
        x.Move(Top(first), Top(end - 1) + options_.kernel);
        WriteOutputs(x, c, first, end, y);
      }
    }
  }

  template <class Rows>
  void WriteOutputs(const Rows& x, int channel, int first, int end, const BlockView& y) const {
    OutputRows rows;
    rows.x = x.row(0) - options_.padding * kBlock;
    rows.x_row = x.stride();
    rows.x_rows = in_.height;
    rows.top = Top(first);
    rows.tap_rows = rows.taps = options_.kernel;
    rows.stride = options_.stride;
    rows.weights = Filter(channel);
    rows.start = options_.bias ? plan_.bias[channel] : 0.0f;
    rows.positive_part = FloorStore(plan_.store).at_zero;
    rows.y = y.at(channel, first, 0);
    rows.y_row = static_cast<std::ptrdiff_t>(y.row_stride);
    rows.rows = end - first;
    rows.columns = out_.width;
    CorrelateByFilter(rows);
    if (IsSloped(plan_.store)) {
      RectifyPixels(plan_.store, y, {channel, 1}, {first, end - first}, {0, out_.width});
    }
  }

  void Gradients(WorkUnit unit) const {
    WithInput(unit, [&](auto& x) { Gradients(x, unit); });
  }

  template <class Rows>
  void Gradients(Rows& x, WorkUnit unit) const {
    const BlockView dy = plan_.y_gradient->block(unit);
    float* sums = plan_.workspace->of(unit);
    for (int c = 0; c < in_.channels; ++c) {
      x.BeginChannel(c);
      int written = 0;  // rows of dx
      for (int first = 0; first < out_.height; first += stretch_) {
        const int end = std::min(out_.height, first + stretch_);
        x.Move(Top(first), Top(end - 1) + options_.kernel);
        AddProducts(x, dy, c, first, end, sums);
        if (plan_.x_gradient == nullptr) continue;
        // Those below read rows of dy that come later.
        const int last = end == out_.height ? in_.height : Top(end);
        WriteInputGradient(dy, c, written, last, plan_.x_gradient->block(unit));
        written = std::max(written, last);
      }
      PutFilterGradient(unit, c, sums);
    }
    if (!options_.bias) return;
    BiasGradient(dy, [&](int output, float sum) {
      plan_.bias_gradient.Put(unit.block, static_cast<std::size_t>(output), sum);
    });
  }

  template <class Rows>
  void AddProducts(const Rows& x, const BlockView& dy, int channel, int first, int end,
                   float* sums) const {
    ProductRows rows;
    rows.x = x.row(Top(first)) - options_.padding * kBlock;
    rows.x_row = x.stride();
    rows.stride = options_.stride;
    rows.dy = dy.at(channel, first, 0);
    rows.dy_row = static_cast<std::ptrdiff_t>(dy.row_stride);
    rows.rows = end - first;
    rows.columns = out_.width;
    switch (options_.kernel) {
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

  // Rows first to end - 1 of dx, those of one phase after those of another.
  void WriteInputGradient(const BlockView& dy, int channel, int first, int end,
                          const BlockView& dx) const {
    const int stride = options_.stride;
    for (int a = 0; a < stride; ++a) {
      const int row = FirstOfPhase(a, first);
      if (row >= end) continue;
      const auto phase = [&](int b) {
        OutputRows rows = InputGradientOf(a, b, dy, channel, row, dx);
        rows.rows = (end - row + stride - 1) / stride;
        return rows;
      };
      if (stride == 1) {
        CorrelateByFilter(phase(0));
      } else if (stride == 2) {
        CorrelateByTwoPhases(phase(0), phase(1));
      } else {
        for (int b = 0; b < stride; ++b) CorrelateByPhase(phase(b));
      }
    }
  }

  // Rows of dx from `row` on that are of phase a, columns that are of phase b.
  OutputRows InputGradientOf(int a, int b, const BlockView& dy, int channel, int row,
                             const BlockView& dx) const {
    const int stride = options_.stride, padding = options_.padding, column = FirstOfPhase(b, 0);
    const TapsOfPhase &vertical = phases_[a], &horizontal = phases_[b];
    OutputRows rows;
    rows.x = dy.at(channel, 0, (column + padding - b) / stride - (horizontal.taps - 1));
    rows.x_row = static_cast<std::ptrdiff_t>(dy.row_stride);
    rows.x_rows = out_.height;
    rows.top = (row + padding - a) / stride - (vertical.taps - 1);
    rows.tap_rows = horizontal.taps > 0 ? vertical.taps : 0;
    rows.taps = std::max(1, horizontal.taps);
    rows.weights =
        Turned(channel) + vertical.before * options_.kernel + vertical.taps * horizontal.before;
    rows.y = dx.at(channel, row, column);
    rows.y_row = static_cast<std::ptrdiff_t>(dx.row_stride) * stride;
    rows.step = stride;
    rows.columns = std::max(0, (in_.width - column + stride - 1) / stride);
    return rows;
  }

  // The first row (or column) of a phase that is not before `first`.
  int FirstOfPhase(int phase, int first) const {
    const int beyond = (first + options_.padding - phase) % options_.stride;
    return first + (beyond > 0 ? options_.stride : 0) - beyond;
  }

  void PutFilterGradient(WorkUnit unit, int channel, const float* sums) const {
    for (int tap = 0; tap < taps_; ++tap) {
      plan_.weight_gradient.Put(unit.block, static_cast<std::size_t>(channel) * taps_ + tap,
                                SumLanes(LoadLanes(sums + tap * kBlock)));
    }
  }

  ConvolutionPlan plan_;
  ConvolutionOptions options_;
  Shape in_, out_;
  int taps_;
  int stretch_;                      // rows of outputs
  std::vector<TapsOfPhase> phases_;  // of rows, and of columns
  std::vector<float> turned_;        // [C][kernel][kernel]
};

}  // namespace

std::unique_ptr<BlockOperation> MakeDepthwiseFor(const ConvolutionPlan& plan) {
  return std::make_unique<Depthwise>(plan);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeDepthwise(Simd simd, const ConvolutionPlan& plan) {
  NORMLAB_DISPATCH(simd, MakeDepthwiseFor(plan));
}
}  // namespace normlab
#endif
