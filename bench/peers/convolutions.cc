// Our convolutions, one at a time (bench/peers/contestant.h), called as a training step calls them:
// weights packed at the beginning of each pass, blocks shared by the threads, the blocks' partial
// gradients added in the end.
#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include "base/philox.h"
#include "bench/peers/contestant.h"
#include "engine/fast/thread_pool.h"
#include "operations/fast/convolution.h"

namespace normlab {
namespace {

void FillRandomly(const BlockTensor& tensor, int blocks, RandomStream& random) {
  const Shape& shape = tensor.shape();
  for (int block = 0; block < blocks; ++block) {
    const BlockView view = tensor.block(block);
    for (int c = 0; c < shape.channels; ++c) {
      for (int row = 0; row < shape.height; ++row) {
        float* at = view.at(c, row, 0);
        for (int i = 0; i < shape.width * kBlock; ++i) {
          at[i] = static_cast<float>(random.Uniform(-1, 1));
        }
      }
    }
  }
}

ConvolutionOptions OptionsOf(const ConvolutionShape& shape) {
  return {.channels = shape.out,
          .kernel = shape.kernel,
          .padding = shape.padding,
          .stride = shape.stride,
          .groups = shape.groups};
}

// A convolution with maps of its own.
struct Copy {
  Copy(const ConvolutionShape& shape, int blocks)
      : x({shape.in, shape.height, shape.width}, blocks, shape.padding),
        y({shape.out, shape.out_height(), shape.out_width()}, blocks, 0),
        y_gradient(y.shape(), blocks, OptionsOf(shape).GradientBorder()),
        x_gradient(x.shape(), blocks, 0) {}

  BlockTensor x, y, y_gradient, x_gradient;
  std::unique_ptr<BlockOperation> operation;
};

class Ours : public Contestant {
 public:
  explicit Ours(const ContestOptions& options)
      : simd_(ParseSimd(options.simd)), pool_(options.threads) {
    batch_.count = options.batch;
  }

  std::string Version() const override { return fmt::format("normlab {}", SimdName(simd_)); }

  std::string Load(const ConvolutionShape& shape) override {
    const int blocks = BlocksFor(batch_.count);
    RandomStream random(1, Purpose::kSamples, 0, 0);
    copies_.clear();
    workspace_ = Workspace();
    weights_.resize(shape.weights());
    for (float& weight : weights_) weight = static_cast<float>(random.Uniform(-0.1, 0.1));
    gradient_.resize(shape.weights());
    partial_gradients_.resize(shape.weights() * static_cast<std::size_t>(blocks));
    for (int i = 0; i < CopiesOf(shape, batch_.count); ++i) {
      Copy& copy = copies_.emplace_back(shape, blocks);
      FillRandomly(copy.x, blocks, random);
      FillRandomly(copy.y_gradient, blocks, random);
      copy.operation = MakeConvolution(simd_, Plan(shape, copy));
    }
    workspace_.Allocate(pool_.threads());
    return fmt::format("{} copies of {} blocks", copies_.size(), blocks);
  }

  std::vector<double> Time(double milliseconds) override {
    const int copies = static_cast<int>(copies_.size());
    return {MeanMilliseconds(milliseconds, copies, [&](int copy) { Forward(copy); }),
            MeanMilliseconds(milliseconds, copies, [&](int copy) { Backward(copy); })};
  }

 private:
  ConvolutionPlan Plan(const ConvolutionShape& shape, const Copy& copy) {
    ConvolutionPlan plan;
    plan.options = OptionsOf(shape);
    plan.weights = weights_.data();
    plan.x = &copy.x;
    plan.y = &copy.y;
    plan.y_gradient = &copy.y_gradient;
    plan.x_gradient = shape.first ? nullptr : &copy.x_gradient;
    plan.weight_gradient = {partial_gradients_.data(), shape.weights(), false};
    plan.workspace = &workspace_;
    return plan;
  }

  void Forward(int copy) {
    BlockOperation& operation = *copies_[static_cast<std::size_t>(copy)].operation;
    const Pass pass{Mode::kTrain, &batch_, {}};
    operation.Begin(pass);
    pool_.ForEach(pass.blocks(), ThreadPool::Order::kForwards, [&](int block, int worker) {
      operation.Forward(pass, {block, worker});
    });
  }

  void Backward(int copy) {
    BlockOperation& operation = *copies_[static_cast<std::size_t>(copy)].operation;
    const Pass pass{Mode::kTrain, &batch_, {}};
    pool_.ForEach(pass.blocks(), ThreadPool::Order::kForwards, [&](int block, int worker) {
      operation.WeightGradient(pass, {block, worker});
      operation.Backward(pass, {block, worker});
    });
    std::copy_n(partial_gradients_.data(), gradient_.size(), gradient_.data());
    for (int block = 1; block < pass.blocks(); ++block) {
      const float* partial =
          partial_gradients_.data() + static_cast<std::size_t>(block) * gradient_.size();
      for (std::size_t i = 0; i < gradient_.size(); ++i) gradient_[i] += partial[i];
    }
  }

  Simd simd_;
  ThreadPool pool_;
  Batch batch_;
  std::vector<float> weights_, gradient_, partial_gradients_;
  Workspace workspace_;
  std::deque<Copy> copies_;
};

}  // namespace
}  // namespace normlab

int main(int argc, char** argv) {
  return normlab::RunContestant(
      argc, argv,
      [](const normlab::ContestOptions& options) -> std::unique_ptr<normlab::Contestant> {
        return std::make_unique<normlab::Ours>(options);
      });
}
