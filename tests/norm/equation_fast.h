// The fast program of an equation, driven block by block as FastNetwork would, on maps of its own;
// and the twin's results in the same form.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "norm/equation/method.h"
#include "norm/fast/equation_norm.h"
#include "tests/norm/equation_case.h"

namespace normlab::equation {

// How an equation's program is asked for its results.
struct FastSituation {
  Mode mode = Mode::kTrain;
  Simd simd = BestSimd();
  bool affine = false;      // no map holds y; where the program can
  bool gated = false;       // the gradient of x passes a gate,
  float gate_slope = 0;     // of this slope
  bool reversed = false;    // blocks come last to first, by two workers in turn
  bool accumulate = false;  // parameters have a gradient already
  int more_blocks = 0;      // than the batch has are planned for

  std::string Told() const;
};

struct Result {
  Doubles y, dx;
  std::vector<Doubles> gradients;  // beside equation.learned
  // Beside the statements that keep a running value.
  std::vector<Doubles> observed, running;
  std::int64_t passes = 0;  // counted in the states
  // Of lanes without an image: what the gradient of x has there, which goes on to sums over lanes.
  double dead_gradient = 0;
  bool border_is_zero = true;  // around y and around the gradient of x
  bool restored = true;        // y had the same bits when it was written again
};

// A program knows a method: nothing of it but its equation matters here.
std::shared_ptr<const Method> MethodOf(const Equation& equation);

// What the twin gives in T.
template <class T>
Result TwinResult(const EquationCase& one, const FastSituation& situation);

Result FastResult(const EquationCase& one, const FastSituation& situation);

}  // namespace normlab::equation
