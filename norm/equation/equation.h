// A normalization as an equation over named axes: what docs/equations.md tells, looked up and
// checked. From this one thing come the twin, the fast program, and all that is said of a method.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "norm/equation/axes.h"
#include "norm/equation/functions.h"
#include "norm/equation/keys.h"

namespace normlab::equation {

struct Node {
  enum class Kind {
    kNumber,   // number
    kKey,      // key
    kRamp,     // over completed optimizer steps: from ramp[0] to ramp[1] between steps ramp[2], [3]
    kInput,    // x, or the filter w
    kLearned,  // learned values, by `index`
    kRunning,  // the running value of a statement, by `index`, as the application began
    kFunction,  // of one to three arguments, broadcast by name
    kReduction  // of one argument over `pooled`
  };
  Kind kind = Kind::kNumber;
  Axes axes = {};  // of its value
  std::size_t offset = 0;
  double number = 0;
  Key key = Key::kEps;
  std::array<double, 4> ramp = {};
  std::size_t index = 0;
  Function function = Function::kAdd;
  Reduction reduction = Reduction::kAvg;
  Axes pooled = {};
  std::vector<std::size_t> arguments = {};  // nodes before this one
};

// What a reduction over images keeps for evaluation: an average with the key `momentum`.
struct RunningValue {
  double start = 0;
  bool unbiased = false;  // a variance, times n / (n - 1)
};

struct Statement {
  std::string name;
  std::size_t node = 0;
  std::size_t offset = 0;
  std::optional<RunningValue> running;
};

struct Learned {
  std::string name;
  Axes axes;
  std::size_t offset = 0;
};

struct Equation {
  Domain domain = Domain::kMap;
  std::string text;
  std::vector<Node> nodes;            // in an order in which each is after its arguments
  std::vector<Statement> statements;  // in the text's order; the last is y
  std::vector<Learned> learned;       // in the order of their first use

  std::size_t output() const { return statements.back().node; }
  bool PoolsImages() const;
};

// Throws UsageError as SyntaxError (norm/equation/token.h) does, and for: names and axes that are
// unknown, pooled twice or absent; a reduction over images within another expression; a learned
// value with two shapes; a statement that nothing reads; a last statement that is not y, or lacks
// an axis of x; a running value where nothing keeps one. Of a filter's also for what it has not:
// running values, ramps, learned values called as those of the convolution are.
Equation ParseEquation(const std::string& text, Domain domain = Domain::kMap);

// An expression of a filter's w alone, without learned values, which must have these axes or fewer;
// y is its value.
Equation ParseFilterExpression(const std::string& text, Axes axes);

// What an equation's map or filter is called in it.
constexpr const char* InputName(Domain domain) { return domain == Domain::kMap ? "x" : "w"; }

}  // namespace normlab::equation
