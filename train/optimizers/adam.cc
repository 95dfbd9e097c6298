#include "train/optimizers/grouped_optimizer.h"
#include "train/optimizers/optimizer_kind.h"
#include "train/optimizers/update_rules.h"

namespace normlab::optimizers {
namespace {

// torch.optim.Adam and AdamW, which differ in their weight decay alone. The momentum of a schedule
// is beta1.
template <typename T>
class AdamOptimizer : public GroupedOptimizer<T> {
 public:
  AdamOptimizer(const OptimizerOptions& options, std::vector<ParameterGroup> groups)
      : GroupedOptimizer<T>(options, std::move(groups)),
        beta2_(OptimizerNumber(options, "beta2")),
        eps_(OptimizerNumber(options, "eps")),
        average_(this->size()),
        square_(this->size()) {}

  std::vector<OptimizerState<T>> state() override {
    return {{"exp_avg", average_}, {"exp_avg_sq", square_}};
  }

 private:
  using Tensors = typename GroupedOptimizer<T>::Tensors;
  void Update(const ParameterGroup& group, const Tensors& tensors, double rate,
              double beta1) override {
    AdamUpdate<T>(tensors.parameters, tensors.gradients,
                  std::span(average_).subspan(tensors.offset, group.size),
                  std::span(square_).subspan(tensors.offset, group.size), rate,
                  {beta1, beta2_, eps_, this->steps()});
  }

  UpdateRule OwnRule() const override {
    return {
        "s0 = s0 * n[3] + n[4] * g; s1 = s1 * n[5] + n[6] * g * g; "
        "p += n[1] * s0 / (sqrt(s1) / n[2] + n[7]);",
        2, 7};
  }
  std::vector<double> OwnNumbers(double rate, double beta1) const override {
    const AdamCorrection correction = CorrectionOf({beta1, beta2_, eps_, this->steps()}, rate);
    return {correction.step, correction.root, beta1, 1 - beta1, beta2_, 1 - beta2_, eps_};
  }

  double beta2_, eps_;
  std::vector<T> average_, square_;
};

OptimizerKind Named(const char* name, bool decoupled) {
  return {.arguments = {name,
                        {{"beta1", 0.9, ArgumentDomain::kBelowOne},
                         {"beta2", 0.999, ArgumentDomain::kBelowOne},
                         {"eps", 1e-8, ArgumentDomain::kNotNegative}},
                        {}},
          .cycled = "beta1",
          .decoupled = decoupled,
          .make_float = MakeOf<AdamOptimizer, float>,
          .make_double = MakeOf<AdamOptimizer, double>};
}

}  // namespace

OptimizerKind Adam() { return Named("adam", false); }
OptimizerKind AdamW() { return Named("adamw", true); }

}  // namespace normlab::optimizers
