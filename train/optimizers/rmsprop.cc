#include <cmath>

#include "train/optimizers/grouped_optimizer.h"
#include "train/optimizers/optimizer_kind.h"

namespace normlab::optimizers {
namespace {

// torch.optim.RMSprop: the gradient over the root of its squares' average (centered: of its
// variance), eps outside the root.
template <typename T>
class RmsPropOptimizer : public GroupedOptimizer<T> {
 public:
  RmsPropOptimizer(const OptimizerOptions& options, std::vector<ParameterGroup> groups)
      : GroupedOptimizer<T>(options, std::move(groups)),
        alpha_(OptimizerNumber(options, "alpha")),
        eps_(static_cast<T>(OptimizerNumber(options, "eps"))),
        centered_(OptimizerNumber(options, "centered") != 0),
        square_(this->size()),
        average_(centered_ ? this->size() : 0),
        buffer_(this->size()) {}

  std::vector<OptimizerState<T>> state() override {
    std::vector<OptimizerState<T>> all = {{"square_avg", square_}, {"momentum_buffer", buffer_}};
    if (centered_) all.push_back({"grad_avg", average_});
    return all;
  }

 private:
  using Tensors = typename GroupedOptimizer<T>::Tensors;
  void Update(const ParameterGroup& group, const Tensors& tensors, double rate,
              double momentum) override {
    const T keep = static_cast<T>(alpha_), take = static_cast<T>(1 - alpha_);
    const T step = static_cast<T>(-rate), factor = static_cast<T>(momentum);
    for (std::size_t i = 0; i < group.size; ++i) {
      const std::size_t at = tensors.offset + i;
      const T gradient = tensors.gradients[i];
      square_[at] = square_[at] * keep + take * gradient * gradient;
      const T scale = Deviation(at, gradient, keep, take) + eps_;
      if (momentum == 0) {
        tensors.parameters[i] += step * gradient / scale;
      } else {
        buffer_[at] = buffer_[at] * factor + gradient / scale;
        tensors.parameters[i] += step * buffer_[at];
      }
    }
  }

  UpdateRule OwnRule() const override {
    const std::string variance = centered_ ? "s0 - s2 * s2" : "s0";
    return {"s0 = s0 * n[3] + n[4] * g * g; " +
                std::string(centered_ ? "s2 = s2 * n[3] + n[4] * g; " : "") +
                "const float scale = sqrt(" + variance + ") + n[5]; " +
                "if (n[2] != 0.0f) s1 = s1 * n[2] + g / scale; "
                "p += n[2] != 0.0f ? n[1] * s1 : n[1] * g / scale;",
            centered_ ? 3 : 2, 5};
  }
  std::vector<double> OwnNumbers(double rate, double momentum) const override {
    return {-rate, momentum, alpha_, 1 - alpha_, static_cast<double>(eps_)};
  }

  T Deviation(std::size_t at, T gradient, T keep, T take) {
    if (!centered_) return std::sqrt(square_[at]);
    average_[at] = average_[at] * keep + take * gradient;
    return std::sqrt(square_[at] - average_[at] * average_[at]);
  }

  double alpha_;
  T eps_;
  bool centered_;
  std::vector<T> square_, average_, buffer_;
};

}  // namespace

OptimizerKind RmsProp() {
  return {.arguments = {"rmsprop",
                        {{"alpha", 0.99, ArgumentDomain::kBelowOne},
                         {"eps", 1e-8, ArgumentDomain::kNotNegative},
                         {"centered", 0, ArgumentDomain::kBool},
                         {"momentum", 0, ArgumentDomain::kBelowOne}},
                        {}},
          .cycled = "momentum",
          .make_float = MakeOf<RmsPropOptimizer, float>,
          .make_double = MakeOf<RmsPropOptimizer, double>};
}

}  // namespace normlab::optimizers
