// What one run of normlab bench has found. Times are seconds; rates FLOP or bytes per second.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "measure/bench_options.h"
#include "measure/hardware.h"
#include "measure/rounds.h"
#include "measure/simd_peak.h"
#include "operations/fast/operation.h"

namespace normlab {

// The pieces in which an operation's time is told: phases that only make sense together are one.
enum class Piece { kPrepare, kForward, kBackward, kWeightGradient };
inline constexpr int kPieces = static_cast<int>(Piece::kWeightGradient) + 1;

struct PieceReport {
  Piece piece;
  std::string_view name;     // "prepare", "forward", "input_gradient", "weight_gradient" or
                             // "backward"
  double multiply_adds = 0;  // of the whole batch, counted as direct convolution
  Spread seconds;            // of one step, summed over the threads
};

struct OperationReport {
  OperationInfo info;
  std::vector<PieceReport> pieces;  // those that the operation has

  const PieceReport* Find(Piece piece) const;
  double Seconds() const;  // the sum of the pieces' medians
};

struct BenchReport {
  BenchOptions options;
  Architecture architecture;
  Hardware hardware;  // as it was before anything was measured
  Simd simd = Simd::kScalar;
  int threads = 1;
  int steps_per_round = 0;
  std::size_t step_bytes = 0;  // what a step holds in memory, about

  Spread clock;                     // Hz, measured; the most is the clock
  std::vector<PeakReport> peaks;    // one per instruction set, best first
  std::size_t bandwidth_bytes = 0;  // of the triad's arrays; 0: not measured
  Spread bandwidth_one_thread, bandwidth_all_threads;

  double step_multiply_adds = 0, evaluation_multiply_adds = 0;  // of the batch
  Spread step;             // with the optimizer's update, by the clock
  Spread convolutions;     // alone, by the clock
  Spread not_convolution;  // share of the step
  Spread evaluation;       // by the clock

  // The step with every task timed; its parts add up to `threads` times its time by the clock.
  Spread profiled_step;
  std::vector<OperationReport> operations;
  Spread optimizer;  // one thread
  Spread rest;       // threads that wait, the sum of the blocks' gradients, the clock itself

  std::vector<std::string> warnings;

  double Peak() const;  // the best round of all threads together, in `simd`
  double PeakPerCore() const { return Peak() / threads; }
};

}  // namespace normlab
