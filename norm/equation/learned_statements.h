// What learned values mean where an equation says it: its statements that follow from them alone,
// such as share_batch = exp(batch[]) / (exp(batch[]) + exp(image[])).
#pragma once

#include <string>
#include <vector>

#include "norm/equation/equation.h"
#include "norm/equation/extents.h"
#include "norm/equation/twin.h"

namespace normlab::equation {

// Those statements of an equation that are made of learned values, keys and numbers, of at least
// one learned value and more than its name, and that a statement of another sort reads: what such
// statements are for among themselves is left out.
class LearnedStatements {
 public:
  explicit LearnedStatements(const Equation& equation);

  // In the equation's order; may be none.
  const std::vector<std::string>& names() const { return names_; }

  // In float64, beside names(), each in the order of its axes. `learned`: as equation.learned.
  std::vector<std::vector<double>> Values(const Extents& extents, const Constants& constants,
                                          const std::vector<std::vector<double>>& learned) const;

 private:
  Equation equation_;  // their nodes alone; of the statements, these
  std::vector<std::string> names_;
};

}  // namespace normlab::equation
