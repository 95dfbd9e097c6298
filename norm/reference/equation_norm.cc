#include "norm/reference/equation_norm.h"

#include <cassert>
#include <optional>

#include "norm/equation_operation.h"

namespace normlab::reference {
namespace {

template <typename T>
class EquationNorm : public Operation<T> {
 public:
  EquationNorm(std::shared_ptr<const equation::Method> method, const Placement<T>& placement)
      : method_(std::move(method)), placement_(placement) {}

  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const Pass& pass, const Tensor<T>& x, Tensor<T>& y) override {
    const bool on_batch = pass.training || pass.batch_statistics;
    twin_.emplace(method_->equation, ExtentsOf(placement_.attributes, x.shape, x.images),
                  ConstantsOf(placement_.attributes, pass.completed_steps));
    twin_->Forward(x.values, Learned(), Running(), on_batch);
    y.values = twin_->y();
    if (!on_batch) return;
    Observe();
    if (placement_.batch_statistics == nullptr) return;
    double* to = placement_.batch_statistics;
    for (const auto& values : observed_) to = std::copy(values.begin(), values.end(), to);
  }

  void Backward(const Pass&, const Tensor<T>&, const Tensor<T>&, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    twin_->Backward(dy.values);
    for (std::size_t i = 0; i < placement_.gradients.size(); ++i) {
      const auto& gradient = twin_->learned_gradient(i);
      for (std::size_t e = 0; e < gradient.size(); ++e) placement_.gradients[i][e] += gradient[e];
    }
    if (dx != nullptr) dx->values = twin_->x_gradient();
  }

  // PyTorch's: running = (1 - momentum) running + momentum value.
  void UpdateStates() override {
    if (placement_.states.empty()) return;
    assert(observed_.size() == placement_.states.size());
    const double momentum = placement_.attributes["momentum"];
    for (std::size_t state = 0; state < observed_.size(); ++state) {
      for (std::size_t i = 0; i < observed_[state].size(); ++i) {
        T& running = placement_.states[state][i];
        running = static_cast<T>((1 - momentum) * running + momentum * observed_[state][i]);
      }
    }
    ++*placement_.counter;
  }

 private:
  using Values = std::vector<T>;

  std::vector<Values> Learned() const {
    std::vector<Values> learned;
    for (const std::span<const T> values : placement_.parameters) {
      learned.emplace_back(values.begin(), values.end());
    }
    return learned;
  }

  // Beside the statements: the states stand in their order.
  std::vector<Values> Running() const {
    std::vector<Values> running(method_->equation.statements.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < running.size(); ++i) {
      if (!method_->equation.statements[i].running) continue;
      const std::span<T> state = placement_.states[next++];
      running[i].assign(state.begin(), state.end());
    }
    return running;
  }

  void Observe() {
    observed_.clear();
    for (std::size_t i = 0; i < method_->equation.statements.size(); ++i) {
      if (method_->equation.statements[i].running) observed_.push_back(twin_->Observed(i));
    }
  }

  std::shared_ptr<const equation::Method> method_;
  Placement<T> placement_;
  std::optional<equation::Twin<T>> twin_;  // of the last pass
  std::vector<Values> observed_;           // of the last pass that went by the batch, by state
};

}  // namespace

template <typename T>
std::unique_ptr<Operation<T>> MakeEquationNorm(std::shared_ptr<const equation::Method> method,
                                               const Placement<T>& placement) {
  return std::make_unique<EquationNorm<T>>(std::move(method), placement);
}

template std::unique_ptr<Operation<float>> MakeEquationNorm(std::shared_ptr<const equation::Method>,
                                                            const Placement<float>&);
template std::unique_ptr<Operation<double>> MakeEquationNorm(
    std::shared_ptr<const equation::Method>, const Placement<double>&);

}  // namespace normlab::reference
