#include "measure/operation_times.h"

#include <numeric>

namespace normlab {
namespace {

Piece PieceOf(Phase phase) {
  switch (phase) {
    case Phase::kBegin:
      break;
    case Phase::kGatherForward:
    case Phase::kCombineForward:
    case Phase::kForward:
    case Phase::kUpdateStates:
      return Piece::kForward;
    case Phase::kGatherBackward:
    case Phase::kCombineBackward:
    case Phase::kRestore:
    case Phase::kBackward:
    case Phase::kAdd:
      return Piece::kBackward;
    case Phase::kWeightGradient:
      return Piece::kWeightGradient;
  }
  return Piece::kPrepare;
}

double PieceSeconds(const StepTimes& step, std::size_t operation, Piece piece) {
  double sum = 0;
  for (int phase = 0; phase < kPhases; ++phase) {
    if (PieceOf(static_cast<Phase>(phase)) != piece) continue;
    sum += step.of(operation, static_cast<Phase>(phase));
  }
  return sum;
}

template <class Value>
double MedianOver(const std::vector<StepTimes>& steps, const Value& value) {
  std::vector<double> values;
  for (const StepTimes& step : steps) values.push_back(value(step));
  return Median(values);
}

// A convolution's name for each piece; empty where it has none. The first has no input gradient, a
// depthwise one behind it computes both at once.
std::string_view PieceName(const OperationInfo& info, Piece piece) {
  const bool convolution = info.is_convolution(), apart = info.of(Phase::kWeightGradient) > 0;
  switch (piece) {
    case Piece::kPrepare:
      return "prepare";
    case Piece::kForward:
      return "forward";
    case Piece::kBackward:
      if (!convolution) return "backward";
      if (!apart) return "gradients";
      return info.of(Phase::kBackward) > 0 ? "input_gradient" : "";
    case Piece::kWeightGradient:
      break;
  }
  return apart ? "weight_gradient" : "";
}

double PieceMultiplyAdds(const OperationInfo& info, Piece piece) {
  std::size_t sum = 0;
  for (int phase = 0; phase < kPhases; ++phase) {
    if (PieceOf(static_cast<Phase>(phase)) == piece) sum += info.of(static_cast<Phase>(phase));
  }
  return static_cast<double>(sum);
}

}  // namespace

OperationTimes::OperationTimes(const std::vector<OperationInfo>& infos, int batch, int threads)
    : infos_(infos), batch_(batch), threads_(threads), rounds_(infos.size() * kPieces) {}

void OperationTimes::AddRound(const std::vector<StepTimes>& steps) {
  for (std::size_t i = 0; i < infos_.size(); ++i) {
    for (int piece = 0; piece < kPieces; ++piece) {
      rounds_[i * kPieces + piece].push_back(MedianOver(steps, [&](const StepTimes& step) {
        return PieceSeconds(step, i, static_cast<Piece>(piece));
      }));
    }
  }
  step_rounds_.push_back(
      MedianOver(steps, [](const StepTimes& step) { return step.pass + step.optimizer; }));
  optimizer_rounds_.push_back(
      MedianOver(steps, [](const StepTimes& step) { return step.optimizer; }));
  rest_rounds_.push_back(MedianOver(steps, [&](const StepTimes& step) {
    const double tasks = std::accumulate(step.tasks.begin(), step.tasks.end(), 0.0);
    return threads_ * (step.pass + step.optimizer) - tasks - step.optimizer;
  }));
}

void OperationTimes::Report(BenchReport& report) const {
  for (std::size_t i = 0; i < infos_.size(); ++i) {
    OperationReport operation{infos_[i], {}};
    for (int p = 0; p < kPieces; ++p) {
      const Piece piece = static_cast<Piece>(p);
      const std::string_view name = PieceName(infos_[i], piece);
      if (name.empty()) continue;
      operation.pieces.push_back({piece, name, batch_ * PieceMultiplyAdds(infos_[i], piece),
                                  SpreadOf(rounds_[i * kPieces + p])});
    }
    report.operations.push_back(std::move(operation));
  }
  report.profiled_step = SpreadOf(step_rounds_);
  report.optimizer = SpreadOf(optimizer_rounds_);
  report.rest = SpreadOf(rest_rounds_);
}

}  // namespace normlab
