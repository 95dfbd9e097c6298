// Batch normalization (Ioffe & Szegedy 2015, algorithm 1): a channel's statistics pool over all
// pixels of all images of the batch. This is the one method whose statistics cross lanes and
// blocks: each block gathers, the pass waits, the sums are combined in block order.
#include <algorithm>
#include <cmath>
#include <vector>

#include "norm/fast/normalization.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "norm/fast/batch_norm.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "norm/fast/moments-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

class BatchNorm : public BlockOperation {
 public:
  BatchNorm(const NormalizationPlan& plan, int max_blocks)
      : plan_(plan),
        channels_(plan.x->shape().channels),
        pixels_(plan.x->shape().pixels()),
        lane_means_({channels_, 1, 1}, max_blocks, 0),
        lane_deviations_({channels_, 1, 1}, max_blocks, 0),
        block_dy_(static_cast<std::size_t>(channels_) * max_blocks),
        block_dy_distance_(block_dy_.size()),
        mean_(channels_),
        inverse_deviation_(channels_),
        batch_(2 * static_cast<std::size_t>(channels_)),
        mean_dy_(channels_),
        mean_dy_normalized_(channels_) {}

  void Begin(const Pass& pass) override {
    if (pass.mode != Mode::kEvaluate) return;
    for (int c = 0; c < channels_; ++c) {
      mean_[c] = plan_.running_mean[c];
      inverse_deviation_[c] =
          static_cast<float>(1.0 / std::sqrt(double{plan_.running_var[c]} + plan_.eps));
    }
  }

  void GatherForward(const Pass&, WorkUnit unit, int) override {
    const BlockView x = plan_.x->block(unit);
    for (int c = 0; c < channels_; ++c) {
      const Moments moments = ChannelMoments(x, c);
      StoreLanes(moments.mean, lane_means_.block(unit).at(c, 0, 0));
      StoreLanes(moments.deviation, lane_deviations_.block(unit).at(c, 0, 0));
    }
  }

  void CombineForward(const Pass& pass, int) override {
    const double images = pass.batch->count, pixels = static_cast<double>(pixels_);
    for (int c = 0; c < channels_; ++c) {
      const double mean =
          SumLive(pass, c, [](float lane_mean, float) { return lane_mean; }) / images;
      const double deviation = SumLive(pass, c, [&](float lane_mean, float lane_deviation) {
        return lane_deviation + pixels * (lane_mean - mean) * (lane_mean - mean);
      });
      const double values = images * pixels;
      mean_[c] = static_cast<float>(mean);
      inverse_deviation_[c] = static_cast<float>(1.0 / std::sqrt(deviation / values + plan_.eps));
      const double unbiased = values > 1 ? deviation / (values - 1.0) : 0.0;
      batch_[c] = mean;
      batch_[channels_ + c] = unbiased;
    }
    if (plan_.batch_statistics != nullptr) {
      std::copy(batch_.begin(), batch_.end(), plan_.batch_statistics);
    }
  }

  void UpdateStates(const Pass&) override {
    for (int c = 0; c < channels_; ++c) {
      UpdateRunning(plan_.running_mean[c], batch_[c]);
      UpdateRunning(plan_.running_var[c], batch_[channels_ + c]);
    }
    ++*plan_.batches_tracked;
  }

  void Forward(const Pass&, WorkUnit unit) override {
    for (int c = 0; c < channels_; ++c) {
      const Lanes mean = SetLanes(mean_[c]), bias = SetLanes(plan_.bias[c]);
      const Lanes scale = SetLanes(Scale(c));
      if (plan_.y == nullptr) {
        StoreAffine(plan_.affine->block(unit), c, mean, scale, bias);
      } else {
        NormalizeChannel(plan_.x->block(unit), plan_.y->block(unit), c, mean, scale, bias);
      }
    }
  }

  void GatherBackward(const Pass&, WorkUnit unit, int) override {
    const BlockView x = plan_.x->block(unit);
    const OutputGradient dy = GradientOf(plan_, unit);
    for (int c = 0; c < channels_; ++c) {
      const GradientSums sums = ChannelGradientSums(x, dy, c, SetLanes(mean_[c]), OfReaders(c));
      block_dy_[At(unit.block, c)] = SumLanes(sums.dy);
      block_dy_distance_[At(unit.block, c)] = SumLanes(sums.dy_distance);
    }
  }

  void CombineBackward(const Pass& pass, int) override {
    const double values = static_cast<double>(pass.batch->count) * static_cast<double>(pixels_);
    for (int c = 0; c < channels_; ++c) {
      double dy = 0, dy_distance = 0;
      for (int block = 0; block < pass.blocks(); ++block) {
        dy += block_dy_[At(block, c)];
        dy_distance += block_dy_distance_[At(block, c)];
      }
      const double dy_normalized = dy_distance * inverse_deviation_[c];
      // The sum over the whole batch goes into the first block's part; the others stay zero.
      plan_.bias_gradient.Put(0, c, static_cast<float>(dy));
      plan_.weight_gradient.Put(0, c, static_cast<float>(dy_normalized));
      mean_dy_[c] = static_cast<float>(dy / values);
      mean_dy_normalized_[c] = static_cast<float>(dy_normalized / values);
    }
  }

  void Backward(const Pass& pass, WorkUnit unit) override {
    // The shared sums would give lanes past the last image a gradient; their factors are zero.
    alignas(64) float live[kBlock];
    for (int lane = 0; lane < kBlock; ++lane) live[lane] = lane < pass.live_lanes(unit.block);
    const BlockView x = plan_.x->block(unit), dx = plan_.x_gradient->block(unit);
    const OutputGradient dy = GradientOf(plan_, unit);
    for (int c = 0; c < channels_; ++c) {
      const float scale = plan_.weight[c] * inverse_deviation_[c] * plan_.gate.scale;
      const Lanes factor = Times(LoadLanes(live), SetLanes(scale));
      const BackwardFactors factors = {
          factor, Times(factor, SetLanes(mean_dy_[c])),
          Times(factor, SetLanes(mean_dy_normalized_[c] * inverse_deviation_[c]))};
      BackwardChannel(x, dy, dx, c, SetLanes(mean_[c]), factors, plan_.gate, OfReaders(c));
    }
  }

 private:
  float Scale(int channel) const { return inverse_deviation_[channel] * plan_.weight[channel]; }
  ReadersView OfReaders(int channel) const {
    return {plan_.rectified_by_readers, SetLanes(Scale(channel)), SetLanes(plan_.bias[channel])};
  }

  std::size_t At(int block, int channel) const {
    return static_cast<std::size_t>(block) * channels_ + channel;
  }

  template <class Term>
  double SumLive(const Pass& pass, int channel, const Term& term) const {
    double sum = 0;
    for (int block = 0; block < pass.blocks(); ++block) {
      const float* means = lane_means_.block(block).at(channel, 0, 0);
      const float* deviations = lane_deviations_.block(block).at(channel, 0, 0);
      for (int lane = 0; lane < pass.live_lanes(block); ++lane) {
        sum += term(means[lane], deviations[lane]);
      }
    }
    return sum;
  }

  void UpdateRunning(float& running, double value) const {
    running = static_cast<float>((1.0 - plan_.momentum) * running + plan_.momentum * value);
  }

  NormalizationPlan plan_;
  int channels_;
  std::size_t pixels_;
  BlockTensor lane_means_, lane_deviations_;         // of each image, [block][C][16]
  std::vector<float> block_dy_, block_dy_distance_;  // of each block, [block][C]
  std::vector<float> mean_, inverse_deviation_;      // of the batch, [C]
  std::vector<double> batch_;                        // means, then unbiased variances
  std::vector<float> mean_dy_, mean_dy_normalized_;  // of the batch, [C]
};

}  // namespace

std::unique_ptr<BlockOperation> MakeBatchNormFor(const NormalizationPlan& plan, int max_blocks) {
  return std::make_unique<BatchNorm>(plan, max_blocks);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeBatchNorm(Simd simd, const NormalizationPlan& plan,
                                              int max_blocks) {
  NORMLAB_DISPATCH(simd, MakeBatchNormFor(plan, max_blocks));
}
}  // namespace normlab
#endif
