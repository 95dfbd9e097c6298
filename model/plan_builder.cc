#include "model/plan_builder.h"

#include <cassert>
#include <utility>

namespace normlab {
namespace {

// The index that `name` has, or the next one.
std::pair<int, bool> IndexOf(std::unordered_map<std::string, int>& indices,
                             const std::string& name) {
  const auto [at, is_new] = indices.try_emplace(name, static_cast<int>(indices.size()));
  return {at->second, is_new};
}

template <class Info>
std::size_t End(const std::vector<Info>& infos) {
  return infos.empty() ? 0 : infos.back().offset + infos.back().size;
}

std::string ValueName(const PlanPlace& place) {
  const std::string name = place.part.empty() ? place.layer : place.layer + "." + place.part;
  return place.application == 1 ? name : name + "." + std::to_string(place.application);
}

}  // namespace

PlanBuilder::PlanBuilder(Shape images) {
  plan_.values.push_back({.name = "images", .shape = images, .readers = {}});
}

int PlanBuilder::Add(const OperationKind& kind, std::vector<int> inputs, Attributes attributes,
                     PlanPlace place) {
  const int index = operations();
  PlanOperation operation{.kind = &kind,
                          .layer = place.layer,
                          .part = place.part,
                          .application = place.application,
                          .attributes = std::move(attributes),
                          .inputs = std::move(inputs),
                          .output = static_cast<int>(plan_.values.size()),
                          .parameters = {},
                          .states = {}};
  std::vector<Shape> shapes;
  for (const int input : operation.inputs) {
    shapes.push_back(shape(input));
    plan_.values[At(input)].readers.push_back(index);
  }
  plan_.values.push_back({.name = ValueName(place),
                          .shape = kind.OutputShape(operation.attributes, shapes),
                          .writer = index,
                          .readers = {}});
  AddParameters(place, operation);
  AddStates(place, operation);
  plan_.operations.push_back(std::move(operation));
  return plan_.operations.back().output;
}

void PlanBuilder::AddParameters(const PlanPlace& place, PlanOperation& operation) {
  if (operation.kind->parameters == nullptr) return;
  const auto declared = operation.kind->parameters(
      operation.attributes, plan_.InputShape(operation), shape(operation.output));
  for (const ParameterDeclaration& parameter : declared) {
    const int index = Parameter(place, parameter);
    const bool made = place.filter != nullptr && parameter.role == ParameterRole::kFilter;
    operation.parameters.push_back(made ? Derived(place, index) : index);
  }
}

int PlanBuilder::Parameter(const PlanPlace& place, const ParameterDeclaration& declared,
                           int filter) {
  const std::string name = place.layer + "." + place.part + "." + declared.name;
  const auto [index, is_new] = IndexOf(parameter_, name);
  if (is_new) {
    plan_.parameters.push_back({name, declared.shape, declared.role, declared.initial,
                                declared.decays, place.layer, End(plan_.parameters),
                                SizeOf(declared.shape), declared.bounds, filter, declared.groups});
  }
  return index;
}

// Numbered from -1 downwards until Finish knows how many parameters there are.
int PlanBuilder::Derived(const PlanPlace& place, int parameter) {
  const ParameterInfo from = plan_.parameters[At(parameter)];
  const auto [index, is_new] = IndexOf(derived_, from.name);
  if (!is_new) return -1 - index;
  DerivedParameter derived = {from.name + "." + place.filter->name,
                              from.shape,
                              place.filter,
                              {parameter},
                              End(plan_.derived),
                              from.size};
  if (place.filter->parameters != nullptr) {
    for (const ParameterDeclaration& beside : place.filter->parameters(from.shape)) {
      derived.from.push_back(Parameter(place, beside, parameter));
    }
  }
  plan_.derived.push_back(std::move(derived));
  return -1 - index;
}

void PlanBuilder::AddStates(const PlanPlace& place, PlanOperation& operation) {
  if (operation.kind->states == nullptr) return;
  const Shape input = plan_.InputShape(operation);
  const StateDeclarations declared = operation.kind->states(operation.attributes, input);
  const std::string suffix =
      place.states_per_application ? "_" + std::to_string(place.application) : "";
  const std::string prefix = place.layer + "." + place.part + ".";
  for (const StateDeclaration& state : declared.tensors) {
    const std::string name = prefix + state.name + suffix;
    const auto [index, is_new] = IndexOf(buffer_, name);
    if (is_new) {
      plan_.buffers.push_back(
          {name, End(plan_.buffers), SizeOf(state.shape), state.initial, state.shape});
    }
    operation.states.push_back(index);
  }
  if (!declared.counter.empty()) {
    const std::string name = prefix + declared.counter + suffix;
    const auto [index, is_new] = IndexOf(counter_, name);
    if (is_new) plan_.counters.push_back({name, 0});
    operation.counter = index;
  }
  if (declared.running_statistics) AddSite(place, declared, operation);
}

void PlanBuilder::AddSite(const PlanPlace& place, const StateDeclarations& declared,
                          PlanOperation& operation) {
  StatisticsSite site = {place.layer,
                         place.application,
                         static_cast<std::size_t>(operation.counter),
                         {},
                         declared.moments};
  std::size_t batch = plan_.batch_statistics_count();
  for (const int state : operation.states) {
    const BufferInfo& buffer = plan_.buffers[At(state)];
    site.values.push_back({buffer.size, buffer.offset, batch, buffer.initial});
    batch += buffer.size;
  }
  operation.site = static_cast<int>(plan_.sites.size());
  plan_.sites.push_back(std::move(site));
}

void PlanBuilder::EndUnit(int before, int after) {
  const PlanOperation& first = plan_.operations[At(unit_)];
  plan_.units.push_back({first.layer, first.application, unit_, operations(), before, after});
  unit_ = operations();
}

// Nothing before the first parameters has anything to learn, so nobody asks for a gradient there.
void PlanBuilder::FindGradients() {
  for (const PlanOperation& operation : plan_.operations) {
    plan_.values[At(operation.output)].has_gradient = plan_.HasBackward(operation);
    if (operation.parameters.empty() || operation.kind->traits.gradient_apart) continue;
    for (const int input : operation.inputs) {
      plan_.values[At(input)].has_gradient = true;
    }
  }
}

Plan PlanBuilder::Finish(int logits) && {
  plan_.output = logits;
  for (std::size_t value = 0; value < plan_.values.size(); ++value) {
    assert((plan_.values[value].readers.empty() == (value == static_cast<std::size_t>(logits))) &&
           "every value is read, and the logits by the loss alone");
  }
  const int parameters = static_cast<int>(plan_.parameters.size());
  for (PlanOperation& operation : plan_.operations) {
    for (int& parameter : operation.parameters) {
      if (parameter < 0) parameter = parameters - 1 - parameter;
    }
  }
  const std::size_t behind = plan_.parameter_count();
  for (DerivedParameter& derived : plan_.derived) derived.offset += behind;
  FindGradients();
  return std::move(plan_);
}

}  // namespace normlab
