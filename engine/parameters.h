// A network's parameters, their gradients, and what is made of them before every pass.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "model/plan.h"

namespace normlab {

template <typename T>
class Parameters {
 public:
  explicit Parameters(const Plan& plan)
      : plan_(plan),
        learned_(plan.parameter_count()),
        values_(learned_ + plan.derived_count()),
        gradients_(values_.size()) {
    // As normalizations start; filters are zero until they are initialized.
    for (const ParameterInfo& info : plan.parameters) {
      if (info.initial.kind != InitialKind::kConstant) continue;
      std::fill_n(values_.begin() + static_cast<std::ptrdiff_t>(info.offset), info.size,
                  static_cast<T>(info.initial.constant));
    }
    for (const DerivedParameter& derived : plan.derived) {
      if constexpr (sizeof(T) == sizeof(float)) {
        makers_.push_back(derived.kind->make_float(derived.shape));
      } else {
        makers_.push_back(derived.kind->make_double(derived.shape));
      }
    }
  }

  // Those of the flat vector, and the derived ones behind them.
  std::span<const T> all() const { return values_; }
  std::span<T> learned() { return std::span(values_).first(learned_); }
  std::span<T> learned_gradients() { return std::span(gradients_).first(learned_); }

  // Of an index of PlanOperation::parameters.
  std::span<const T> value(int index) const { return Part<const T>(values_, index); }
  std::span<T> gradient(int index) { return Part<T>(gradients_, index); }

  void MakeDerived() {
    for (std::size_t i = 0; i < makers_.size(); ++i) {
      makers_[i]->Forward(From(i), Part<T>(values_, Index(i)));
    }
  }

  // Those of derived parameters behind the learned ones'.
  std::span<T> all_gradients() { return gradients_; }
  // Where an index stands in all_gradients().
  std::size_t offset(int index) const { return plan_.RangeOf(index).offset; }

  void ZeroGradients() { std::ranges::fill(gradients_, T{0}); }

  // After the gradients of all operations are summed.
  void DerivedBackward() {
    for (std::size_t i = makers_.size(); i-- > 0;) {
      std::vector<std::span<T>> gradients;
      for (const int from : plan_.derived[i].from) gradients.push_back(gradient(from));
      makers_[i]->Backward(From(i), value(Index(i)), gradient(Index(i)), gradients);
    }
  }

 private:
  int Index(std::size_t derived) const {
    return static_cast<int>(plan_.parameters.size() + derived);
  }

  template <typename U, typename Values>
  std::span<U> Part(Values& values, int index) const {
    const FlatRange range = plan_.RangeOf(index);
    return std::span<U>(values).subspan(range.offset, range.size);
  }

  std::vector<std::span<const T>> From(std::size_t derived) const {
    std::vector<std::span<const T>> from;
    for (const int index : plan_.derived[derived].from) from.push_back(value(index));
    return from;
  }

  const Plan& plan_;
  std::size_t learned_;
  std::vector<T> values_, gradients_;
  std::vector<std::unique_ptr<ParameterOperation<T>>> makers_;
};

}  // namespace normlab
