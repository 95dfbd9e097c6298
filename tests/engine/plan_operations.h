// Operations that no line of text can ask for, declared as any kind is: what a plan must be able to
// say, in both engines.
#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>
#include <vector>

#include "model/plan_builder.h"
#include "operations/fast/operation.h"

namespace normlab::plan_operations {

// Calls visit(channel, pixel, the 16 values of every map) over one block.
template <class Visit, class... Views>
void ForEachPixel(const Visit& visit, const BlockView& first, const Views&... others) {
  for (int c = 0; c < first.shape.channels; ++c) {
    for (int row = 0; row < first.shape.height; ++row) {
      for (int column = 0; column < first.shape.width; ++column) {
        for (int lane = 0; lane < kBlock; ++lane) {
          visit(c, lane, first.at(c, row, column)[lane], others.at(c, row, column)[lane]...);
        }
      }
    }
  }
}

// y = a + b.
class FastSum : public BlockOperation {
 public:
  explicit FastSum(const Placement& placement) : placement_(placement) {}
  void Forward(const Pass&, WorkUnit unit) override {
    ForEachPixel([](int, int, float& y, float a, float b) { y = a + b; },
                 placement_.output.values->block(unit), placement_.inputs[0].values->block(unit),
                 placement_.inputs[1].values->block(unit));
  }
  void Backward(const Pass&, WorkUnit unit) override {
    for (const PlacedMap& input : placement_.inputs) {
      if (input.gradient == nullptr) continue;
      ForEachPixel([](int, int, float& dx, float dy) { dx = dy; }, input.gradient->block(unit),
                   placement_.output.gradient->block(unit));
    }
  }

 private:
  Placement placement_;
};

template <typename T>
class PlainSum : public reference::JoiningOperation<T> {
 public:
  explicit PlainSum(const reference::Placement<T>&) {}
  using Inputs = typename reference::Operation<T>::Inputs;
  Shape OutputShape(const Shape& input) const override { return input; }
  void ForwardAll(const reference::Pass&, Inputs x, reference::Tensor<T>& y) override {
    for (std::size_t e = 0; e < y.values.size(); ++e)
      y.values[e] = x[0]->values[e] + x[1]->values[e];
  }
  void BackwardAll(const reference::Pass&, Inputs, const reference::Tensor<T>&,
                   const reference::Tensor<T>& dy,
                   std::span<reference::Tensor<T>* const> dx) override {
    for (reference::Tensor<T>* each : dx) {
      if (each != nullptr) each->values = dy.values;
    }
  }
};

// The kind with both engines' makers.
template <class Fast, template <class> class Plain>
OperationKind WithMakers(OperationKind kind) {
  kind.make_fast = [](const Placement& placement) -> std::unique_ptr<BlockOperation> {
    return std::make_unique<Fast>(placement);
  };
  kind.make_float = [](const reference::Placement<float>& placement)
      -> std::unique_ptr<reference::Operation<float>> {
    return std::make_unique<Plain<float>>(placement);
  };
  kind.make_double = [](const reference::Placement<double>& placement)
      -> std::unique_ptr<reference::Operation<double>> {
    return std::make_unique<Plain<double>>(placement);
  };
  return kind;
}

inline const OperationKind& Sum() {
  static const OperationKind kind =
      WithMakers<FastSum, PlainSum>({.name = "sum", .traits = {.reads_input = false}});
  return kind;
}

// Sums of a channel over the images of each block, and over the batch.
class ChannelSums {
 public:
  ChannelSums(int channels, int max_blocks)
      : channels_(channels), sums_(static_cast<std::size_t>(channels * max_blocks)) {}
  void Clear(WorkUnit unit) {
    for (int c = 0; c < channels_; ++c) at(unit.block, c) = 0;
  }
  double& at(int block, int c) { return sums_[static_cast<std::size_t>(block * channels_ + c)]; }
  double Total(const Pass& pass, int c) {
    double total = 0;
    for (int block = 0; block < pass.blocks(); ++block) total += at(block, c);
    return total;
  }

 private:
  int channels_;
  std::vector<double> sums_;
};

inline float SignOf(double x) { return static_cast<float>((x > 0) - (x < 0)); }

// y = gain (x - m) / (1 + d), with m the mean of a channel over the batch and d the mean of |x -
// m|: the second waits for the first, and so do the two means of the way back. In evaluation it
// stands still: y = gain x.
class FastSpread : public BlockOperation {
 public:
  explicit FastSpread(const Placement& placement)
      : placement_(placement),
        channels_(placement.x().values->shape().channels),
        sums_(channels_, placement.max_blocks),
        sign_sums_(channels_, placement.max_blocks),
        of_(static_cast<std::size_t>(channels_)) {}

  void Begin(const Pass& pass) override {
    if (pass.mode == Mode::kEvaluate) of_.assign(of_.size(), {});
  }
  void GatherForward(const Pass& pass, WorkUnit unit, int round) override {
    sums_.Clear(unit);
    sign_sums_.Clear(unit);
    const int live = pass.live_lanes(unit.block);
    ForEachPixel(
        [&](int c, int lane, float x) {
          if (lane >= live) return;
          const float distance = x - at(c).mean;
          sums_.at(unit.block, c) += round == 0 ? x : std::abs(distance);
          sign_sums_.at(unit.block, c) += SignOf(distance);
        },
        placement_.x().values->block(unit));
  }
  void CombineForward(const Pass& pass, int round) override {
    for (int c = 0; c < channels_; ++c) {
      (round == 0 ? at(c).mean : at(c).spread) = Mean(pass, sums_, c);
      at(c).sign = Mean(pass, sign_sums_, c);
    }
  }
  void Forward(const Pass&, WorkUnit unit) override {
    ForEachPixel(
        [&](int c, int, float& y, float x) { y = gain(c) * (x - at(c).mean) / (1 + at(c).spread); },
        placement_.output.values->block(unit), placement_.x().values->block(unit));
  }

  void GatherBackward(const Pass& pass, WorkUnit unit, int round) override {
    sums_.Clear(unit);
    const int live = pass.live_lanes(unit.block);
    ForEachPixel(
        [&](int c, int lane, float x, float dy) {
          if (lane >= live) return;
          sums_.at(unit.block, c) += round == 0 ? dy : dy * (x - at(c).mean);
        },
        placement_.x().values->block(unit), placement_.output.gradient->block(unit));
  }
  void CombineBackward(const Pass& pass, int round) override {
    for (int c = 0; c < channels_; ++c) {
      (round == 0 ? at(c).dy : at(c).product) = Mean(pass, sums_, c);
      if (round == 0) continue;
      placement_.gradients[0].Put(0, static_cast<std::size_t>(c),
                                  static_cast<float>(sums_.Total(pass, c) / (1 + at(c).spread)));
    }
  }
  void Backward(const Pass& pass, WorkUnit unit) override {
    const int live = pass.live_lanes(unit.block);
    ForEachPixel(
        [&](int c, int lane, float& dx, float x, float dy) {
          const float s = 1 + at(c).spread, sign = SignOf(x - at(c).mean) - at(c).sign;
          const float whole = gain(c) * ((dy - at(c).dy) / s - at(c).product * sign / (s * s));
          dx = lane < live ? whole : 0.0f;
        },
        placement_.x().gradient->block(unit), placement_.x().values->block(unit),
        placement_.output.gradient->block(unit));
  }

 private:
  struct OfChannel {
    float mean = 0, spread = 0, sign = 0, dy = 0, product = 0;
  };
  OfChannel& at(int c) { return of_[static_cast<std::size_t>(c)]; }
  float gain(int c) const { return placement_.parameters[0][c]; }
  float Mean(const Pass& pass, ChannelSums& sums, int c) const {
    const double values = static_cast<double>(pass.batch->count) *
                          static_cast<double>(placement_.x().values->shape().pixels());
    return static_cast<float>(sums.Total(pass, c) / values);
  }

  Placement placement_;
  int channels_;
  ChannelSums sums_, sign_sums_;
  std::vector<OfChannel> of_;
};

// Calls visit(channel, element) over a tensor.
template <typename T, class Visit>
void ForEachElement(const reference::Tensor<T>& x, const Visit& visit) {
  const std::size_t pixels = x.shape.pixels();
  const auto channels = static_cast<std::size_t>(x.shape.channels);
  for (std::size_t e = 0; e < x.values.size(); ++e) visit(e / pixels % channels, e);
}

template <typename T>
class PlainSpread : public reference::Operation<T> {
 public:
  explicit PlainSpread(const reference::Placement<T>& placement) : placement_(placement) {}
  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const reference::Pass& pass, const reference::Tensor<T>& x,
               reference::Tensor<T>& y) override {
    const auto channels = static_cast<std::size_t>(x.shape.channels);
    mean_.assign(channels, 0);
    spread_.assign(channels, 0);
    count_ = static_cast<double>(x.values.size()) / static_cast<double>(channels);
    if (pass.training || pass.batch_statistics) {
      ForEachElement(x, [&](std::size_t c, std::size_t e) { mean_[c] += x.values[e] / count_; });
      ForEachElement(x, [&](std::size_t c, std::size_t e) {
        spread_[c] += std::abs(x.values[e] - mean_[c]) / count_;
      });
    }
    ForEachElement(x, [&](std::size_t c, std::size_t e) {
      y.values[e] =
          static_cast<T>(placement_.parameters[0][c] * (x.values[e] - mean_[c]) / (1 + spread_[c]));
    });
  }

  void Backward(const reference::Pass&, const reference::Tensor<T>& x, const reference::Tensor<T>&,
                const reference::Tensor<T>& dy, reference::Tensor<T>* dx) override {
    std::vector<double> sign(mean_.size()), sum(mean_.size()), product(mean_.size());
    ForEachElement(x, [&](std::size_t c, std::size_t e) {
      sign[c] += SignOf(x.values[e] - mean_[c]) / count_;
      sum[c] += dy.values[e] / count_;
      product[c] += dy.values[e] * (x.values[e] - mean_[c]) / count_;
    });
    for (std::size_t c = 0; c < mean_.size(); ++c) {
      placement_.gradients[0][c] += static_cast<T>(product[c] * count_ / (1 + spread_[c]));
    }
    ForEachElement(x, [&](std::size_t c, std::size_t e) {
      const double s = 1 + spread_[c];
      dx->values[e] =
          static_cast<T>(placement_.parameters[0][c] *
                         ((dy.values[e] - sum[c]) / s -
                          product[c] * (SignOf(x.values[e] - mean_[c]) - sign[c]) / (s * s)));
    });
  }

 private:
  reference::Placement<T> placement_;
  std::vector<double> mean_, spread_;
  double count_ = 0;
};

inline const OperationKind& Spread() {
  static const OperationKind kind = WithMakers<FastSpread, PlainSpread>(
      {.name = "spread",
       .parameters = [](const Attributes&, Shape input,
                        Shape) -> std::vector<ParameterDeclaration> {
         return {{"gain", {input.channels}, ParameterRole::kGain, {InitialKind::kConstant, 1}}};
       },
       .coupling = Coupling::kBatch,
       .rounds = Rounds{2, 2}});
  return kind;
}

// y = x + state; after the pass the state moves by the mean of what was read. The output is
// restored by a second Forward.
class FastDrift : public BlockOperation {
 public:
  explicit FastDrift(const Placement& placement)
      : placement_(placement),
        channels_(placement.x().values->shape().channels),
        sums_(channels_, placement.max_blocks),
        mean_(static_cast<std::size_t>(channels_)) {}

  void GatherForward(const Pass& pass, WorkUnit unit, int) override {
    sums_.Clear(unit);
    const int live = pass.live_lanes(unit.block);
    ForEachPixel([&](int c, int lane, float x) { sums_.at(unit.block, c) += lane < live ? x : 0; },
                 placement_.x().values->block(unit));
  }
  void CombineForward(const Pass& pass, int) override {
    const double values = static_cast<double>(pass.batch->count) *
                          static_cast<double>(placement_.x().values->shape().pixels());
    for (int c = 0; c < channels_; ++c) {
      mean_[static_cast<std::size_t>(c)] = sums_.Total(pass, c) / values;
    }
  }
  void Forward(const Pass&, WorkUnit unit) override {
    ForEachPixel([&](int c, int, float& y, float x) { y = x + placement_.states[0][c]; },
                 placement_.output.values->block(unit), placement_.x().values->block(unit));
  }
  void Backward(const Pass&, WorkUnit unit) override {
    ForEachPixel([](int, int, float& dx, float dy) { dx = dy; },
                 placement_.x().gradient->block(unit), placement_.output.gradient->block(unit));
  }
  void UpdateStates(const Pass&) override {
    for (int c = 0; c < channels_; ++c) {
      placement_.states[0][c] += static_cast<float>(mean_[static_cast<std::size_t>(c)]);
    }
    ++*placement_.counter;
  }

 private:
  Placement placement_;
  int channels_;
  ChannelSums sums_;
  std::vector<double> mean_;
};

template <typename T>
class PlainDrift : public reference::Operation<T> {
 public:
  explicit PlainDrift(const reference::Placement<T>& placement) : placement_(placement) {}
  Shape OutputShape(const Shape& input) const override { return input; }
  void Forward(const reference::Pass&, const reference::Tensor<T>& x,
               reference::Tensor<T>& y) override {
    mean_.assign(static_cast<std::size_t>(x.shape.channels), 0);
    const double count = static_cast<double>(x.values.size()) / x.shape.channels;
    ForEachElement(x, [&](std::size_t c, std::size_t e) {
      mean_[c] += x.values[e] / count;
      y.values[e] = x.values[e] + placement_.states[0][c];
    });
  }
  void Backward(const reference::Pass&, const reference::Tensor<T>&, const reference::Tensor<T>&,
                const reference::Tensor<T>& dy, reference::Tensor<T>* dx) override {
    if (dx != nullptr) dx->values = dy.values;
  }
  void UpdateStates() override {
    for (std::size_t c = 0; c < mean_.size(); ++c) {
      placement_.states[0][c] += static_cast<T>(mean_[c]);
    }
    ++*placement_.counter;
  }

 private:
  reference::Placement<T> placement_;
  std::vector<double> mean_;
};

inline const OperationKind& Drift() {
  static const OperationKind kind = WithMakers<FastDrift, PlainDrift>(
      {.name = "drift",
       .states = [](const Attributes&, Shape input) -> StateDeclarations {
         return {.tensors = {{"place", {input.channels}, 0.25}}, .counter = "passes"};
       },
       .coupling = Coupling::kBatch,
       .rounds = Rounds{1, 0},
       .traits = {.reads_input = false, .restores = true}});
  return kind;
}

}  // namespace normlab::plan_operations
