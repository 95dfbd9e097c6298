#include "norm/filters/filter_operation.h"

#include <fmt/format.h>

#include <algorithm>

#include "norm/equation/learned_role.h"
#include "norm/equation/twin.h"
#include "norm/opencl/filter_work.h"

namespace normlab {
namespace {

using equation::Axes;
using equation::Extents;
using equation::Node;

using SharedMethod = std::shared_ptr<const equation::Method>;
using Values = std::vector<double>;

// O stands where a map has its images.
Extents ExtentsOfFilter(const std::vector<int>& shape) {
  return {.images = shape[0], .channels = shape[1], .rows = shape[2], .columns = shape[3]};
}

template <typename T>
class FilterMaker : public ParameterOperation<T> {
 public:
  FilterMaker(SharedMethod method, const std::vector<int>& shape)
      : method_(std::move(method)), twin_(method_->equation, ExtentsOfFilter(shape), {}) {}

  void Forward(typename ParameterOperation<T>::Inputs from, std::span<T> to) override {
    std::vector<Values> learned;
    for (const std::span<const T> values : from.subspan(1)) {
      learned.emplace_back(values.begin(), values.end());
    }
    const Values filter(from[0].begin(), from[0].end());
    twin_.Forward(filter, learned, {}, true);
    std::ranges::transform(twin_.y(), to.begin(), [](double y) { return static_cast<T>(y); });
  }

  // Of the last Forward.
  void Backward(typename ParameterOperation<T>::Inputs, std::span<const T>,
                std::span<const T> to_gradient,
                std::span<const std::span<T>> from_gradients) override {
    twin_.Backward(Values(to_gradient.begin(), to_gradient.end()));
    Add(twin_.x_gradient(), from_gradients[0]);
    for (std::size_t i = 1; i < from_gradients.size(); ++i) {
      Add(twin_.learned_gradient(i - 1), from_gradients[i]);
    }
  }

 private:
  static void Add(const Values& gradient, std::span<T> to) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += static_cast<T>(gradient[i]);
  }

  SharedMethod method_;
  equation::Twin<double> twin_;
};

std::vector<int> ShapeOfValue(Axes axes, const std::vector<int>& filter) {
  constexpr Axes kAxes[] = {Axes::Images(), Axes::Channels(), Axes::Rows(), Axes::Columns()};
  std::vector<int> shape;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (axes.Has(kAxes[i])) shape.push_back(filter[i]);
  }
  return shape;
}

InitialValue InitialOf(const SharedMethod& method, std::size_t learned) {
  const equation::LearnedRow& row = method->learned[learned];
  if (!row.initial_of_filter) return {InitialKind::kConstant, row.initial};
  const auto of_filter = [method, learned](std::span<const double> filter,
                                           const std::vector<int>& shape) {
    equation::Twin<double> twin(*method->learned[learned].initial_of_filter, ExtentsOfFilter(shape),
                                {});
    twin.Forward(Values(filter.begin(), filter.end()), {}, {}, true);
    return twin.y();
  };
  return {InitialKind::kOfFilter, 0, of_filter};
}

std::vector<ParameterDeclaration> LearnedBeside(const SharedMethod& method,
                                                const std::vector<int>& filter) {
  std::vector<ParameterDeclaration> parameters;
  for (std::size_t i = 0; i < method->equation.learned.size(); ++i) {
    const equation::Learned& learned = method->equation.learned[i];
    const equation::LearnedRow& row = method->learned[i];
    parameters.push_back({learned.name,
                          ShapeOfValue(learned.axes, filter),
                          equation::RoleNamed(learned.name),
                          InitialOf(method, i),
                          row.decays,
                          {row.lowest, row.highest}});
  }
  return parameters;
}

}  // namespace

ParameterOperationKind FilterOperation(SharedMethod method) {
  ParameterOperationKind kind;
  kind.name = method->name;
  kind.parameters = [method](const std::vector<int>& filter) {
    return LearnedBeside(method, filter);
  };
  kind.make_float = [method](const std::vector<int>& shape) {
    return std::make_unique<FilterMaker<float>>(method, shape);
  };
  kind.make_double = [method](const std::vector<int>& shape) {
    return std::make_unique<FilterMaker<double>>(method, shape);
  };
  kind.make_opencl = [method](const opencl::DevicePlacement& placement) {
    return opencl::FilterWork(method, placement);
  };
  // The twin's values, and their gradients while they pass.
  kind.bytes = [method](const std::vector<int>& shape) {
    std::size_t values = 0;
    for (const Node& node : method->equation.nodes) {
      values += ExtentsOfFilter(shape).size(node.axes);
    }
    return sizeof(double) * values;
  };
  return kind;
}

std::string FilterObjection(const equation::Method& method, const std::vector<int>& shape) {
  const Extents extents = ExtentsOfFilter(shape);
  for (const Node& node : method.equation.nodes) {
    if (node.kind != Node::Kind::kReduction || node.reduction != equation::Reduction::kVar ||
        extents.size(node.pooled) > 1) {
      continue;
    }
    return fmt::format(
        "{} takes var[{}] over one value of its filter [{} {} {} {}], which leaves nothing of it; "
        "mark the layer bare (!), or use another method on the weights",
        method.title, node.pooled.text(equation::Domain::kFilter), shape[0], shape[1], shape[2],
        shape[3]);
  }
  return "";
}

}  // namespace normlab
