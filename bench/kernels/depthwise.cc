// Our depthwise convolutions against what bounds them: the bytes that memory gives (the plainest
// loops over the same maps, bench/kernels/streams.h, in turns with them) and the FMA peak. On maps
// that lie in a core's second-level cache, as a block's do in a training step, and on maps that
// take turns and come from beyond it.
//
// Prints a Markdown table. A pass's time is the least of all rounds: anything else on the machine
// only takes away. Bytes are those of the maps, each once, without borders and without the read
// that a write to memory needs beforehand.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/philox.h"
#include "bench/kernels/streams.h"
#include "measure/fma_peak.h"
#include "operations/fast/depthwise.h"

namespace normlab {
namespace {

struct Options {
  std::string simd = "best";
  int rounds = 200;
  int cached = 768;  // KiB of maps that a second-level cache holds
  int beyond = 96;   // MiB of maps that take turns
  bool affine = false;
};

struct Filter {
  int kernel, stride;
};
constexpr Filter kFilters[] = {{3, 1}, {5, 1}, {7, 1}, {3, 2}, {5, 2}};
constexpr int kSides[] = {32, 16, 8};

// x and y, and their gradients, as the engine lays them out, and without borders for the streams.
struct Maps {
  Maps(const Shape& in, const Shape& out, int padding)
      : x(in, 1, padding),
        y(out, 1, 0),
        y_gradient(out, 1, padding),
        x_gradient(in, 1, 0),
        plain_x(in, 1, 0),
        plain_y_gradient(out, 1, 0) {}

  BlockTensor x, y, y_gradient, x_gradient, plain_x, plain_y_gradient;
  std::unique_ptr<BlockOperation> operation;
};

void FillRandomly(const BlockTensor& map) {
  RandomStream random(1, Purpose::kSamples, 0, 0);
  const BlockView view = map.block(0);
  for (int c = 0; c < view.shape.channels; ++c) {
    for (int row = 0; row < view.shape.height; ++row) {
      float* at = view.at(c, row, 0);
      for (int i = 0; i < view.shape.width * kBlock; ++i) {
        at[i] = static_cast<float>(random.Uniform(-1, 1));
      }
    }
  }
}

// One filter on maps of one side, `copies` of them.
class Layer {
 public:
  Layer(Simd simd, const Filter& filter, int side, int channels, int copies, bool affine)
      : simd_(simd),
        filter_(filter),
        in_{channels, side, side},
        out_{channels, (side - 1) / filter.stride + 1, (side - 1) / filter.stride + 1},
        affine_({channels, 3, 1}, 1, 0),
        weights_(static_cast<std::size_t>(channels) * filter.kernel * filter.kernel, 0.1f),
        gradient_(weights_.size()) {
    FillRandomly(affine_);
    for (int i = 0; i < copies; ++i) {
      Maps& maps = maps_.emplace_back(in_, out_, filter.kernel / 2);
      for (const BlockTensor* map : {&maps.x, &maps.y_gradient}) FillRandomly(*map);
      for (const BlockTensor* map : {&maps.plain_x, &maps.plain_y_gradient}) FillRandomly(*map);
      maps.operation = MakeDepthwise(simd, Plan(maps, affine));
    }
    workspace_.Allocate(1);
    batch_.count = kBlock;
    pass_.batch = &batch_;
    for (Maps& maps : maps_) maps.operation->Begin(pass_);
  }

  // Seconds: the operation's forward and backward pass, and the streams'.
  struct Times {
    double forward = std::numeric_limits<double>::infinity();
    double backward = forward, stream_forward = forward, stream_backward = forward;
  };

  void Round() {
    const int ratio = filter_.stride * filter_.stride;
    Time(times_.forward, [&](Maps& maps) { maps.operation->Forward(pass_, 0); });
    Time(times_.stream_forward, [&](Maps& maps) {
      PassForwards(simd_, maps.plain_x.block(0).origin, maps.y.block(0).origin, out_.size(), ratio);
    });
    Time(times_.backward, [&](Maps& maps) {
      maps.operation->WeightGradient(pass_, 0);
      maps.operation->Backward(pass_, 0);
    });
    Time(times_.stream_backward, [&](Maps& maps) {
      PassBackwards(simd_, maps.plain_x.block(0).origin, maps.plain_y_gradient.block(0).origin,
                    maps.x_gradient.block(0).origin, out_.size(), ratio);
    });
  }

  std::string Row(double fma_peak) const {
    const double outputs = static_cast<double>(out_.size()),
                 inputs = static_cast<double>(in_.size());
    const double flop = 2.0 * kBlock * outputs * filter_.kernel * filter_.kernel;
    return fmt::format(
        "| {}x{}x{} | {}x{}, stride {} | {} |{}{}", in_.channels, in_.height, in_.width,
        filter_.kernel, filter_.kernel, filter_.stride, maps_.size(),
        Cells(times_.forward, times_.stream_forward, kPixel * (inputs + outputs), flop, fma_peak),
        Cells(times_.backward, times_.stream_backward, kPixel * (2 * inputs + outputs), 2 * flop,
              fma_peak));
  }

 private:
  static constexpr double kPixel = kBlock * sizeof(float);

  static std::string Cells(double time, double stream, double bytes, double flop, double peak) {
    return fmt::format(" {:.1f} | {:.0f} % | {:.0f} % | {:.0f} % |", bytes / time / 1e9,
                       100 * stream / time, 100 * flop / time / peak,
                       100 * std::max(stream, flop / peak) / time);
  }

  template <class OnePass>
  void Time(double& least, const OnePass& pass) {
    using Clock = std::chrono::steady_clock;
    if (maps_.size() == 1) pass(maps_[0]);  // what was in the cache before
    for (Maps& maps : maps_) {
      const auto start = Clock::now();
      pass(maps);
      least = std::min(least, std::chrono::duration<double>(Clock::now() - start).count());
    }
  }

  ConvolutionPlan Plan(const Maps& maps, bool affine) {
    ConvolutionPlan plan;
    plan.options = {.channels = in_.channels,
                    .kernel = filter_.kernel,
                    .padding = filter_.kernel / 2,
                    .stride = filter_.stride,
                    .groups = in_.channels};
    plan.weights = weights_.data();
    plan.x = &maps.x;
    plan.affine = affine ? &affine_ : nullptr;
    plan.y = &maps.y;
    plan.y_gradient = &maps.y_gradient;
    plan.x_gradient = &maps.x_gradient;
    plan.weight_gradient = {gradient_.data(), gradient_.size(), false};
    plan.workspace = &workspace_;
    return plan;
  }

  Simd simd_;
  Filter filter_;
  Shape in_, out_;
  BlockTensor affine_;
  std::vector<float> weights_, gradient_;
  Workspace workspace_;
  std::deque<Maps> maps_;
  Batch batch_;
  Pass pass_;
  Times times_;
};

// Of the maps of one block and their gradients.
std::size_t BytesOf(const Filter& filter, int side) {
  const std::size_t out = static_cast<std::size_t>((side - 1) / filter.stride + 1);
  return 2 * kBlock * sizeof(float) * (static_cast<std::size_t>(side) * side + out * out);
}

int ChannelsFor(const Filter& filter, int side, std::size_t bytes) {
  return static_cast<int>(std::max<std::size_t>(1, bytes / BytesOf(filter, side)));
}

void PrintHeader(Simd simd, double peak) {
  fmt::print(
      "One core, {}, FMA peak {:.0f} GFLOP/s. Each pass: GB/s, and the time that memory, the\n"
      "FMA peak and the slower of both would need, of the pass's own.\n\n",
      SimdName(simd), peak / 1e9);
  fmt::print(
      "| maps of 16 images | filter | copies | forward | memory | FMA | bound | backward | memory "
      "| FMA | bound |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Depthwise convolutions and what bounds them (bench/peers/depthwise.cc)");
  app.add_option("--simd", options.simd);
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 100000));
  app.add_option("--cached", options.cached, "KiB of maps in cache")
      ->check(CLI::Range(64, 1 << 20));
  app.add_option("--beyond", options.beyond, "MiB of maps beyond it")
      ->check(CLI::Range(8, 1 << 14));
  app.add_flag("--affine", options.affine, "read a normalization of the maps");
  CLI11_PARSE(app, argc, argv);
  const Simd simd = ParseSimd(options.simd);
  ThreadPool pool(1);
  const double peak = MeasureFmaPeak(simd, pool, 1);
  PrintHeader(simd, peak);
  constexpr std::size_t kCopy = std::size_t{8} << 20;  // several times a second-level cache
  for (const bool cached : {true, false}) {
    const std::size_t bytes = cached ? std::size_t{1024} * options.cached : kCopy;
    const int copies = cached ? 1 : std::max(2, (options.beyond << 20) / static_cast<int>(kCopy));
    for (const int side : kSides) {
      for (const Filter& filter : kFilters) {
        Layer layer(simd, filter, side, ChannelsFor(filter, side, bytes), copies, options.affine);
        for (int round = 0; round < std::max(2, options.rounds / copies); ++round) layer.Round();
        fmt::print("{}\n", layer.Row(peak));
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace normlab

int main(int argc, char** argv) {
  try {
    return normlab::Main(argc, argv);
  } catch (const normlab::Error& error) {
    fmt::print(stderr, "bench_depthwise_kernels: {}\n", error.what());
    return static_cast<int>(error.code());
  }
}
