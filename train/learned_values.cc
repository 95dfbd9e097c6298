#include "train/learned_values.h"

#include <algorithm>
#include <cmath>

#include "model/lower.h"
#include "norm/equation_operation.h"

namespace normlab {
namespace {

LearnedValue Summarized(std::string layer, std::string part, std::string name, bool is_statement,
                        const std::vector<double>& elements) {
  LearnedValue row;
  row.layer = std::move(layer);
  row.part = std::move(part);
  row.name = std::move(name);
  row.is_statement = is_statement;
  row.count = static_cast<int>(elements.size());
  const double count = static_cast<double>(elements.size());
  double sum = 0, squares = 0;
  for (const double element : elements) sum += element;
  row.mean = sum / count;
  for (const double element : elements) squares += (element - row.mean) * (element - row.mean);
  row.deviation = std::sqrt(squares / count);
  const auto [lowest, highest] = std::ranges::minmax_element(elements);
  row.lowest = *lowest;
  row.highest = *highest;
  return row;
}

template <typename T>
std::vector<double> Elements(std::span<const T> parameters, std::size_t offset, std::size_t size) {
  const std::span<const T> own = parameters.subspan(offset, size);
  return {own.begin(), own.end()};
}

}  // namespace

LearnedProbe::LearnedProbe(const Architecture& architecture) {
  const ModelOptions& options = architecture.options;
  const auto& method = options.norm->equation;
  const OperationKind& program = options.norm->Program(options.norm_by_equation);
  if (method != nullptr) statements_.emplace_back(method->equation);
  if (method != nullptr && statements_.front().names().empty()) statements_.clear();
  const Plan plan = Lower(architecture);
  for (const PlanOperation& operation : plan.operations) {
    const std::size_t first = values_.size();
    AddParameters(plan, operation);
    const bool is_new = values_.size() > first;
    if (is_new && operation.kind == &program && !statements_.empty()) {
      AddSite(plan, operation, method->equation, first);
    }
  }
}

void LearnedProbe::AddParameters(const Plan& plan, const PlanOperation& operation) {
  for (const int parameter : operation.parameters) {
    if (At(parameter) < plan.parameters.size()) {
      AddParameter(operation, plan.parameters[At(parameter)]);
      continue;
    }
    for (const int from : plan.derived[At(parameter) - plan.parameters.size()].from) {
      AddParameter(operation, plan.parameters[At(from)]);
    }
  }
}

void LearnedProbe::AddParameter(const PlanOperation& operation, const ParameterInfo& info) {
  if (info.role == ParameterRole::kFilter) return;
  const bool known =
      std::ranges::any_of(values_, [&](const Value& value) { return value.offset == info.offset; });
  if (known) return;
  values_.push_back({operation.layer, operation.part,
                     info.name.substr(operation.layer.size() + operation.part.size() + 2),
                     info.offset, info.size});
}

void LearnedProbe::AddSite(const Plan& plan, const PlanOperation& operation,
                           const equation::Equation& equation, std::size_t first) {
  Site site = {first,
               operation.layer,
               operation.part,
               ExtentsOf(operation.attributes, plan.InputShape(operation), 1),
               ConstantsOf(operation.attributes, 0),
               {}};
  for (const equation::Learned& learned : equation.learned) {
    const auto own =
        std::find_if(values_.begin() + static_cast<std::ptrdiff_t>(first), values_.end(),
                     [&](const Value& value) { return value.name == learned.name; });
    if (own == values_.end()) return;  // a hand-written room that calls it otherwise
    site.learned.push_back(*own);
  }
  sites_.push_back(std::move(site));
}

template <typename T>
std::vector<LearnedValue> LearnedProbe::Measure(std::span<const T> parameters) const {
  std::vector<LearnedValue> rows;
  auto site = sites_.begin();
  for (std::size_t v = 0; v < values_.size(); ++v) {
    if (site != sites_.end() && site->first == v) {
      std::vector<std::vector<double>> learned;
      for (const Value& value : site->learned) {
        learned.push_back(Elements(parameters, value.offset, value.size));
      }
      const equation::LearnedStatements& statements = statements_.front();
      const auto made = statements.Values(site->extents, site->constants, learned);
      for (std::size_t s = 0; s < made.size(); ++s) {
        rows.push_back(Summarized(site->layer, site->part, statements.names()[s], true, made[s]));
      }
      ++site;
    }
    const Value& value = values_[v];
    rows.push_back(Summarized(value.layer, value.part, value.name, false,
                              Elements(parameters, value.offset, value.size)));
  }
  return rows;
}

template std::vector<LearnedValue> LearnedProbe::Measure(std::span<const float>) const;
template std::vector<LearnedValue> LearnedProbe::Measure(std::span<const double>) const;

}  // namespace normlab
