// What a network's layers have learned beside their filters: the gains and shifts of its
// normalization, gates, exponents, and what they mean where its equation says so.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/architecture.h"
#include "model/plan.h"
#include "norm/equation/learned_statements.h"
#include "train/training_records.h"

namespace normlab {

class LearnedProbe {
 public:
  explicit LearnedProbe(const Architecture& architecture);

  // Whether there is nothing to tell, whatever the parameters.
  bool empty() const { return values_.empty(); }

  // Of the network's flat vector of parameters; the epoch is not set. Layer after layer in the
  // order of the forward pass, in each part of it statements of learned values before these.
  template <typename T>
  std::vector<LearnedValue> Measure(std::span<const T> parameters) const;

 private:
  struct Value {
    std::string layer, part, name;
    std::size_t offset = 0, size = 0;  // in the flat vector
  };
  // A normalization whose equation makes statements of its learned values.
  struct Site {
    std::size_t first = 0;  // the place among values_ that its statements come before
    std::string layer, part;
    equation::Extents extents;
    equation::Constants constants;
    std::vector<Value> learned;  // as the equation's
  };

  void AddParameters(const Plan& plan, const PlanOperation& operation);
  void AddParameter(const PlanOperation& operation, const ParameterInfo& info);
  void AddSite(const Plan& plan, const PlanOperation& operation, const equation::Equation& equation,
               std::size_t first);

  std::vector<Value> values_;
  std::vector<Site> sites_;
  std::vector<equation::LearnedStatements> statements_;  // of the normalization; one or none
};

}  // namespace normlab
