// Builds a plan operation by operation: shapes, slots of the flat vectors and readers follow from
// what each kind declares.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "model/plan.h"

namespace normlab {

// What an operation is called, and what it shares. Operations of the same layer and part have the
// same parameters, and unless each application keeps its own, the same states.
struct PlanPlace {
  std::string layer{};
  std::string part{};
  int application = 1;
  bool states_per_application = false;
  // Makes the filter that the operation uses of the one that is learned, and of what is learned
  // beside it.
  const ParameterOperationKind* filter = nullptr;
};

class PlanBuilder {
 public:
  explicit PlanBuilder(Shape images);

  // The value of the images.
  int images() const { return 0; }

  // Returns the value that the operation writes.
  int Add(const OperationKind& kind, std::vector<int> inputs, Attributes attributes,
          PlanPlace place);

  // What was added since the last unit, or at first, is one. Without a normalization both values
  // are what it gives.
  void EndUnit(int before, int after);

  const Shape& shape(int value) const { return plan_.ShapeOf(value); }
  int operations() const { return static_cast<int>(plan_.operations.size()); }

  // `logits` is [classes][1][1].
  Plan Finish(int logits) &&;

 private:
  void AddParameters(const PlanPlace& place, PlanOperation& operation);
  int Parameter(const PlanPlace& place, const ParameterDeclaration& declared, int filter = -1);
  int Derived(const PlanPlace& place, int parameter);
  void AddStates(const PlanPlace& place, PlanOperation& operation);
  void AddSite(const PlanPlace& place, const StateDeclarations& declared, PlanOperation& operation);
  void FindGradients();

  Plan plan_;
  std::unordered_map<std::string, int> parameter_, buffer_, counter_, derived_;  // by name
  int unit_ = 0;  // its first operation
};

}  // namespace normlab
