// Gathers profiled steps, round by round, into a report for every operation.
#pragma once

#include <vector>

#include "measure/bench_report.h"
#include "measure/step_bench.h"

namespace normlab {

class OperationTimes {
 public:
  OperationTimes(const std::vector<OperationInfo>& infos, int batch, int threads);

  // The steps of one round; a quantity's value in the round is its median over them.
  void AddRound(const std::vector<StepTimes>& steps);

  void Report(BenchReport& report) const;  // profiled_step, operations, optimizer, rest

 private:
  std::vector<OperationInfo> infos_;
  int batch_, threads_;
  std::vector<std::vector<double>> rounds_;  // [operation x piece][round]
  std::vector<double> step_rounds_, optimizer_rounds_, rest_rounds_;
};

}  // namespace normlab
