#include "measure/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/error.h"
#include "base/memory_limits.h"
#include "engine/fast/memory.h"
#include "measure/bandwidth.h"
#include "measure/clock.h"
#include "measure/noise.h"
#include "measure/operation_times.h"

namespace normlab {
namespace {

constexpr double kSliceSeconds = 0.1;  // of each of the step's quantities in one round
constexpr int kFewestSteps = 5, kMostSteps = 1000;

class Bench {
 public:
  Bench(const BenchOptions& options, const Architecture& architecture, BenchReport& report)
      : rounds_(options.rounds),
        report_(report),
        pool_(report.threads),
        step_(architecture, options.batch, {report.simd, pool_.threads()}, options.optimizer),
        times_(step_.network().operation_infos(), options.batch, pool_.threads()) {
    report.threads = pool_.threads();  // fewer where the system gives fewer
    const std::size_t bytes = options.bandwidth_bytes.value_or(BandwidthBytes(report.hardware));
    if (bytes > 0) arrays_ = std::make_unique<BandwidthArrays>(bytes, pool_, report.threads);
    report.bandwidth_bytes = arrays_ ? arrays_->bytes() : 0;
    CountSteps();
  }

  void Run() {
    for (int round = 0; round < rounds_; ++round) {
      clocks_.push_back(MeasureClock());
      peaks_.Round(pool_, report_.threads);
      if (arrays_) RunTriad();
      step_.Restart();
      step_.Step();  // after the triad, which leaves nothing of the network in any cache
      RunSteps();
      RunProfile();
      RunEvaluation();
    }
    report_.clock = SpreadOf(clocks_);
    report_.peaks = peaks_.Report();
    times_.Report(report_);
    if (arrays_) {
      report_.bandwidth_one_thread = SpreadOf(triad_one_);
      report_.bandwidth_all_threads = SpreadOf(triad_all_);
    }
    report_.step = SpreadOf(steps_);
    report_.convolutions = SpreadOf(convolutions_);
    report_.not_convolution = SpreadOf(not_convolution_);
    report_.evaluation = SpreadOf(evaluations_);
  }

 private:
  void CountSteps() {
    step_.Step();  // touches the memory
    const double seconds = std::min(step_.Step(), step_.Step());
    report_.steps_per_round =
        std::clamp(static_cast<int>(std::ceil(kSliceSeconds / seconds)), kFewestSteps, kMostSteps);
  }

  void RunTriad() {
    triad_one_.push_back(arrays_->Triad(pool_, 1));
    triad_all_.push_back(report_.threads == 1 ? triad_one_.back()
                                              : arrays_->Triad(pool_, report_.threads));
  }

  void RunSteps() {
    std::vector<double> seconds;
    for (int i = 0; i < report_.steps_per_round; ++i) seconds.push_back(step_.Step());
    steps_.push_back(Median(seconds));
  }

  // Each pass of the convolutions follows a step, whose maps it works on and whose time it is
  // compared with: what disturbs one disturbs the other.
  void RunProfile() {
    std::vector<StepTimes> profiled;
    std::vector<double> alone, others;
    for (int i = 0; i < report_.steps_per_round; ++i) {
      profiled.push_back(step_.ProfiledStep());
      alone.push_back(step_.ConvolutionsAlone());
      others.push_back(1 - alone.back() / (profiled.back().pass + profiled.back().optimizer));
    }
    times_.AddRound(profiled);
    convolutions_.push_back(Median(alone));
    not_convolution_.push_back(Median(others));
  }

  void RunEvaluation() {
    std::vector<double> seconds;
    for (int i = 0; i < report_.steps_per_round; ++i) seconds.push_back(step_.Evaluate());
    evaluations_.push_back(Median(seconds));
  }

  int rounds_;
  BenchReport& report_;
  ThreadPool pool_;
  StepBench step_;
  OperationTimes times_;
  SimdPeaks peaks_;
  std::unique_ptr<BandwidthArrays> arrays_;
  std::vector<double> clocks_, triad_one_, triad_all_;
  std::vector<double> steps_, convolutions_, not_convolution_, evaluations_;
};

void CheckMemory(const BenchReport& report) {
  const std::size_t free = report.hardware.available_memory;
  if (free == 0 || report.step_bytes <= free) return;
  throw UsageError(fmt::format(
      "model '{}' in batches of {} needs about {} of memory, {} are free: choose a "
      "smaller --batch or fewer channels; normlab doctor tells how much there is",
      report.options.model, report.options.batch,
      MemoryText(static_cast<double>(report.step_bytes)), MemoryText(static_cast<double>(free))));
}

void CountMultiplyAdds(BenchReport& report) {
  for (const OperationReport& operation : report.operations) {
    for (const PieceReport& piece : operation.pieces) {
      report.step_multiply_adds += piece.multiply_adds;
      if (piece.piece == Piece::kForward) report.evaluation_multiply_adds += piece.multiply_adds;
    }
  }
}

}  // namespace

const PieceReport* OperationReport::Find(Piece piece) const {
  for (const PieceReport& report : pieces) {
    if (report.piece == piece) return &report;
  }
  return nullptr;
}

double OperationReport::Seconds() const {
  double sum = 0;
  for (const PieceReport& report : pieces) sum += report.seconds.median;
  return sum;
}

double BenchReport::Peak() const {
  for (const PeakReport& peak : peaks) {
    if (peak.simd == simd) return peak.all_threads.most;
  }
  return 0;
}

BenchReport RunBench(const BenchOptions& options) {
  BenchReport report;
  report.options = options;
  report.architecture = BenchArchitecture(options);
  report.hardware = DescribeHardware();
  report.simd = ParseSimd(options.simd);
  report.threads = options.threads > 0 ? options.threads : report.hardware.cores;
  report.step_bytes = MemoryBytes(report.architecture, options.batch, report.threads);
  CheckMemory(report);
  const double bytes = static_cast<double>(report.step_bytes) +
                       static_cast<double>(options.bandwidth_bytes.value_or(0));
  CheckMemoryNeed({bytes, report.threads - 1},
                  fmt::format("model '{}' in batches of {}", options.model, options.batch),
                  "choose a smaller --batch or fewer channels");
  Bench(options, report.architecture, report).Run();
  CountMultiplyAdds(report);
  report.warnings = NoiseWarnings(report);
  return report;
}

}  // namespace normlab
