#include "measure/device_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/cores.h"
#include "engine/registry.h"
#include "measure/synthetic_batch.h"
#include "model/initialize.h"
#include "train/weight_update.h"

namespace normlab {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr double kLearningRate = 0.01, kMomentum = 0.9;
constexpr double kRaceSeconds = 0.2;
constexpr int kMostRaceSteps = 200;

class Racer {
 public:
  Racer(const Engine& engine, const Architecture& architecture, const BenchOptions& options,
        const EngineSettings& settings)
      : images_(architecture.input, architecture.classes, options.batch, kSeed),
        network_(
            std::get<NetworkMaker<float>>(engine.make)(architecture, options.batch, settings)) {
    InitializeParameters<float>(architecture, kSeed, network_->parameters());
    InitializeBuffers<float>(architecture, network_->buffers());
    TrainOptions with;
    with.optimizer.kind = options.optimizer;
    with.optimizer.lr = kLearningRate;
    with.optimizer.momentum = kMomentum;
    update_ = std::make_unique<WeightUpdate<float>>(*network_, with, 1);
  }

  void Step() {
    network_->Train(images_.batch(), {kSeed, ++step_});
    update_->Step({kLearningRate, kMomentum});
  }

  void Steps(int steps) {
    for (int i = 0; i < steps; ++i) Step();
  }

 private:
  SyntheticBatch images_;
  std::unique_ptr<Network<float>> network_;
  std::unique_ptr<WeightUpdate<float>> update_;
  std::uint32_t step_ = 0;
};

double SecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

using Racers = std::vector<std::unique_ptr<Racer>>;

// Each on a thread of its own, as trainings side by side are.
void StepAll(Racers& racers, int steps) {
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < racers.size(); ++i) {
    others.emplace_back([&, i] { racers[i]->Steps(steps); });
  }
  racers.front()->Steps(steps);
  for (std::thread& other : others) other.join();
}

// So many that a slice of time is measured.
int StepsOfASlice(double seconds) {
  return std::clamp(static_cast<int>(kRaceSeconds / std::max(seconds, 1e-6)), 1, kMostRaceSteps);
}

std::string Milliseconds(const Spread& spread) {
  return fmt::format("{:.2f} ms ({:.2f} to {:.2f})", 1e3 * spread.median, 1e3 * spread.least,
                     1e3 * spread.most);
}

}  // namespace

DeviceBenchReport RaceDevice(const BenchOptions& options, const DeviceChoice& device) {
  const Architecture architecture = BenchArchitecture(options);
  DeviceBenchReport report;
  report.device = DeviceTitle(device);
  report.batch = options.batch;
  report.threads = options.threads > 0 ? options.threads : Cores();
  report.together = options.together;
  const EngineSettings settings = {ParseSimd(options.simd), report.threads, device.number,
                                   options.together};
  Racers on_device, fast;
  report.first_step = SecondsOf([&] {
    on_device.push_back(std::make_unique<Racer>(DeviceEngine(), architecture, options, settings));
    on_device.front()->Step();
  });
  while (static_cast<int>(on_device.size()) < options.together) {
    on_device.push_back(std::make_unique<Racer>(DeviceEngine(), architecture, options, settings));
  }
  fast.push_back(std::make_unique<Racer>(FindEngine("fast"), architecture, options, settings));
  fast.front()->Step();
  const int device_count = StepsOfASlice(SecondsOf([&] { StepAll(on_device, 1); }));
  const int fast_count = StepsOfASlice(SecondsOf([&] { StepAll(fast, 1); }));
  std::vector<double> device_steps, fast_steps, ratios;
  for (int round = 0; round < options.rounds; ++round) {
    fast_steps.push_back(SecondsOf([&] { StepAll(fast, fast_count); }) / fast_count);
    device_steps.push_back(SecondsOf([&] { StepAll(on_device, device_count); }) /
                           (device_count * options.together));
    ratios.push_back(device_steps.back() / fast_steps.back());
  }
  report.device_step = SpreadOf(device_steps);
  report.fast_step = SpreadOf(fast_steps);
  report.ratio = SpreadOf(ratios);
  return report;
}

std::string DeviceBenchTable(const BenchOptions& options, const DeviceBenchReport& report) {
  return fmt::format(
      "{}, {} norm, batches of {}; {} rounds in turns, median (least to most)\n\n"
      "{}{}\n  first step   {:.2f} s, with what its kernels take to compile, or to be found again\n"
      "  step         {}, {:.0f} images/s\n"
      "fast engine, {} thread{}\n  step         {}, {:.0f} images/s\n\n"
      "the device's step takes {:.2f} times the fast engine's ({:.2f} to {:.2f})\n",
      options.model, NormLabel(options.norm), report.batch, options.rounds, report.device,
      report.together > 1 ? fmt::format(", {} trainings at once", report.together) : "",
      report.first_step, Milliseconds(report.device_step), report.batch / report.device_step.median,
      report.threads, report.threads == 1 ? "" : "s", Milliseconds(report.fast_step),
      report.batch / report.fast_step.median, report.ratio.median, report.ratio.least,
      report.ratio.most);
}

std::string DeviceBenchJson(const BenchOptions& options, const DeviceBenchReport& report,
                            const std::string& version) {
  using Json = nlohmann::ordered_json;
  const auto spread = [](const Spread& of) {
    return Json{{"median", of.median}, {"least", of.least}, {"most", of.most}};
  };
  const Json document = {{"schema", 1},
                         {"normlab", version},
                         {"device", report.device},
                         {"model", options.model},
                         {"norm", NormLabel(options.norm)},
                         {"batch", report.batch},
                         {"threads", report.threads},
                         {"rounds", options.rounds},
                         {"together", report.together},
                         {"first_step", report.first_step},
                         {"device_step", spread(report.device_step)},
                         {"fast_step", spread(report.fast_step)},
                         {"ratio", spread(report.ratio)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace normlab
