// Convolutions of every sort against the peak of the arithmetic units: forward, gradient of the
// weights, gradient of the input, each alone on one thread.
//
//   bench_convolution_kernels [--simd avx2] [--trials 100]
//
// Of each the least processor time of the trials, on two blocks that take turns, as a share of the
// FMA peak that one core reaches. Multiply-adds are counted as a direct sum's, so that Winograd's
// tiles may pass 100 %.
#include <fmt/core.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <vector>

#include "base/philox.h"
#include "engine/fast/thread_pool.h"
#include "measure/fma_peak.h"
#include "operations/fast/convolution.h"

namespace normlab {
namespace {

struct Row {
  Shape input;
  ConvolutionOptions options;
};

constexpr Row kRows[] = {
    {{16, 32, 32}, {.channels = 16, .kernel = 3, .padding = 1}},
    {{32, 16, 16}, {.channels = 32, .kernel = 3, .padding = 1}},
    {{64, 8, 8}, {.channels = 64, .kernel = 3, .padding = 1}},
    {{16, 32, 32}, {.channels = 32, .kernel = 3, .padding = 1, .stride = 2}},
    {{32, 16, 16}, {.channels = 64, .kernel = 3, .padding = 1, .stride = 2}},
    {{64, 8, 8}, {.channels = 128, .kernel = 3, .padding = 1, .stride = 2}},
    {{16, 32, 32}, {.channels = 16, .kernel = 5, .padding = 2}},
    {{16, 32, 32}, {.channels = 16, .kernel = 5, .padding = 2, .stride = 2}},
    {{16, 32, 32}, {.channels = 16, .kernel = 7, .padding = 3}},
    {{3, 32, 32}, {.channels = 16, .kernel = 7, .padding = 3, .stride = 2}},
    {{32, 16, 16}, {.channels = 32, .kernel = 3, .padding = 1, .groups = 4}},
    {{64, 16, 16}, {.channels = 64, .kernel = 3, .padding = 1, .groups = 16}},
    {{32, 16, 16}, {.channels = 32, .kernel = 3, .padding = 1, .stride = 2, .groups = 4}},
    {{64, 16, 16}, {.channels = 64, .kernel = 1, .padding = 0, .groups = 4}},
    {{16, 32, 32}, {.channels = 32, .kernel = 1, .padding = 0, .stride = 2}},
    {{32, 16, 16}, {.channels = 64, .kernel = 1, .padding = 0}},
    {{64, 16, 16}, {.channels = 64, .kernel = 1, .padding = 0}},
    {{64, 8, 8}, {.channels = 96, .kernel = 1, .padding = 0}},
    {{96, 8, 8}, {.channels = 96, .kernel = 1, .padding = 0}},
    {{96, 4, 4}, {.channels = 128, .kernel = 1, .padding = 0}},
    {{24, 16, 16}, {.channels = 24, .kernel = 1, .padding = 0, .bias = true}},
    {{24, 16, 16}, {.channels = 24, .kernel = 3, .padding = 1, .bias = true}},
    {{24, 16, 16}, {.channels = 24, .kernel = 3, .padding = 1}},
    {{3, 32, 32}, {.channels = 12, .kernel = 3, .padding = 1}},
};

constexpr int kBlocks = 2;

// This thread's alone: a busy machine takes time, hardly processor time.
double Seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class Measured {
 public:
  Measured(Simd simd, const Row& row)
      : row_(row),
        x_(row.input, kBlocks, row.options.padding),
        dx_(row.input, kBlocks, 0),
        y_(row.options.Output(row.input), kBlocks, 0),
        dy_(y_.shape(), kBlocks, row.options.GradientBorder()),
        weights_(row.options.Weights(row.input)),
        gradients_(weights_.size() * kBlocks),
        biases_(static_cast<std::size_t>(row.options.channels)),
        bias_gradients_(biases_.size() * kBlocks) {
    RandomStream random(1, Purpose::kSamples, 0, 0);
    for (float& weight : weights_) weight = static_cast<float>(random.Uniform(-0.1, 0.1));
    Fill(x_, random);
    Fill(dy_, random);
    ConvolutionPlan plan;
    plan.options = row.options;
    plan.weights = weights_.data();
    plan.bias = biases_.data();
    plan.x = &x_;
    plan.y = &y_;
    plan.y_gradient = &dy_;
    plan.x_gradient = &dx_;
    plan.weight_gradient = {gradients_.data(), weights_.size(), false};
    plan.bias_gradient = {bias_gradients_.data(), biases_.size(), false};
    plan.workspace = &workspace_;
    operation_ = MakeConvolution(simd, plan);
    workspace_.Allocate(1);
    batch_.count = kBlocks * kBlock;
  }

  // FLOP per second of each piece.
  std::vector<double> Rates(int trials) {
    const Pass pass{Mode::kTrain, &batch_, {}};
    operation_->Begin(pass);
    return {Rate(trials, [&](int block) { operation_->Forward(pass, block); }),
            Rate(trials, [&](int block) { operation_->WeightGradient(pass, block); }),
            Rate(trials, [&](int block) { operation_->Backward(pass, block); })};
  }

 private:
  static void Fill(const BlockTensor& map, RandomStream& random) {
    const Shape& shape = map.shape();
    for (int block = 0; block < kBlocks; ++block) {
      for (int c = 0; c < shape.channels; ++c) {
        for (int row = 0; row < shape.height; ++row) {
          float* at = map.block(block).at(c, row, 0);
          std::generate_n(at, shape.width * kBlock,
                          [&] { return static_cast<float>(random.Uniform(-1, 1)); });
        }
      }
    }
  }

  template <class Piece>
  double Rate(int trials, const Piece& piece) const {
    double least = 0;
    for (int trial = 0; trial <= trials; ++trial) {  // the first is not counted
      const double start = Seconds();
      for (int block = 0; block < kBlocks; ++block) piece(block);
      const double seconds = Seconds() - start;
      if (trial == 1 || (trial > 1 && seconds < least)) least = seconds;
    }
    const double multiply_adds =
        static_cast<double>(weights_.size()) * static_cast<double>(y_.shape().pixels());
    return 2 * multiply_adds * kBlocks * kBlock / least;
  }

  Row row_;
  BlockTensor x_, dx_, y_, dy_;
  std::vector<float> weights_, gradients_, biases_, bias_gradients_;
  Workspace workspace_;
  std::unique_ptr<BlockOperation> operation_;
  Batch batch_;
};

double Peak(Simd simd) {
  ThreadPool pool(1);
  double peak = 0;
  for (int i = 0; i < 10; ++i) peak = std::max(peak, MeasureFmaPeak(simd, pool, 1));
  return peak;
}

void Measure(Simd simd, int trials) {
  const double peak = Peak(simd);
  fmt::print("{}: peak of a core {:.1f} GFLOP/s\n", SimdName(simd), peak / 1e9);
  fmt::print("{:44}{:>10}{:>10}{:>10}\n", "", "forward", "weights", "input");
  for (const Row& row : kRows) {
    const ConvolutionOptions& o = row.options;
    std::string line = fmt::format("{}x{}x{} to {}, {}x{}", row.input.channels, row.input.height,
                                   row.input.width, o.channels, o.kernel, o.kernel);
    if (o.stride != 1) line += fmt::format(", stride {}", o.stride);
    if (o.groups != 1) line += fmt::format(", {} groups", o.groups);
    if (o.bias) line += ", bias";
    fmt::print("{:44}", line);
    for (const double rate : Measured(simd, row).Rates(trials)) {
      fmt::print("{:8.0f} %", 100 * rate / peak);
    }
    fmt::print("\n");
  }
}

}  // namespace
}  // namespace normlab

int main(int argc, char** argv) {
  std::string simd = "best";
  int trials = 100;
  CLI::App app("Convolutions of every sort against the FMA peak");
  app.add_option("--simd", simd);
  app.add_option("--trials", trials)->check(CLI::Range(1, 100000));
  CLI11_PARSE(app, argc, argv);
  normlab::Measure(normlab::ParseSimd(simd), trials);
}
