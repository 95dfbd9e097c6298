#include <algorithm>
#include <cmath>

#include "train/optimizers/grouped_optimizer.h"
#include "train/optimizers/newton_schulz.h"
#include "train/optimizers/optimizer_kind.h"
#include "train/optimizers/update_rules.h"

namespace normlab::optimizers {
namespace {

// Muon (Jordan et al. 2024), as torch.optim.Muon computes it, but never in bfloat16. A filter is
// taken as the matrix [out][in k k]:
//
//   buffer = momentum buffer + (1 - momentum) g        g' = buffer, or with nesterov
//                                                           (1 - momentum) g + momentum buffer
//   w -= lr adjust NewtonSchulz(g', ns_steps)
//
// adjust_lr: "original" sqrt(max(1, out / (in k k))), "match_rms_adamw" 0.2 sqrt(max(out, in k k)),
// "none" 1 (as airbench94_muon.py has it). `rescale` gives w the norm sqrt(out) before each step,
// as there. The head, gains, shifts and depthwise filters are the `others`: SGD's with the keys
// momentum and nesterov, or AdamW's, their rate starting from others_lr (default: lr). Weight decay
// is decoupled in all of them.
template <typename T>
class MuonOptimizer : public GroupedOptimizer<T> {
 public:
  MuonOptimizer(const OptimizerOptions& options, std::vector<ParameterGroup> groups)
      : GroupedOptimizer<T>(options, std::move(groups)),
        nesterov_(options.nesterov),
        steps_(static_cast<int>(OptimizerNumber(options, "ns_steps"))),
        adjust_(OptimizerWord(options, "adjust_lr")),
        rescale_(OptimizerNumber(options, "rescale") != 0),
        adam_(OptimizerWord(options, "others") == "adamw"),
        beta1_(OptimizerNumber(options, "beta1")),
        beta2_(OptimizerNumber(options, "beta2")),
        eps_(OptimizerNumber(options, "eps")),
        newton_schulz_(options.simd),
        buffer_(this->size()),
        average_(adam_ ? this->size() : 0),
        square_(adam_ ? this->size() : 0) {
    const auto given = options.kind.numbers.find("others_lr");
    if (given != options.kind.numbers.end()) others_rate_ = given->second / options.lr;
  }

  std::vector<OptimizerState<T>> state() override {
    std::vector<OptimizerState<T>> all = {{"momentum_buffer", buffer_}};
    if (adam_) {
      all.push_back({"exp_avg", average_});
      all.push_back({"exp_avg_sq", square_});
    }
    return all;
  }

 private:
  using Tensors = typename GroupedOptimizer<T>::Tensors;

  void Update(const ParameterGroup& group, const Tensors& tensors, double rate,
              double momentum) override {
    if (group.rows > 0) return UpdateMatrix(group, tensors, rate, momentum);
    rate *= others_rate_;
    if (adam_) {
      AdamUpdate<T>(tensors.parameters, tensors.gradients, Part(average_, group),
                    Part(square_, group), rate, {beta1_, beta2_, eps_, this->steps()});
    } else {
      SgdUpdate<T>(tensors.parameters, tensors.gradients, Part(buffer_, group), rate, momentum,
                   nesterov_);
    }
  }

  void UpdateMatrix(const ParameterGroup& group, const Tensors& tensors, double rate,
                    double momentum) {
    const std::span<T> buffer = Part(buffer_, group), gradient = tensors.gradients;
    const T keep = static_cast<T>(momentum), take = static_cast<T>(1 - momentum);
    for (std::size_t i = 0; i < group.size; ++i) {
      buffer[i] = keep * buffer[i] + take * gradient[i];
      gradient[i] = nesterov_ ? take * gradient[i] + keep * buffer[i] : buffer[i];
    }
    const int columns = static_cast<int>(group.size) / group.rows;
    newton_schulz_.Apply(gradient, group.rows, columns, steps_);
    if (rescale_) Rescale(tensors.parameters, group.rows);
    const T step = static_cast<T>(-rate * Adjustment(group.rows, columns));
    for (std::size_t i = 0; i < group.size; ++i) tensors.parameters[i] += step * gradient[i];
  }

  double Adjustment(double rows, double columns) const {
    if (adjust_ == "original") return std::sqrt(std::max(1.0, rows / columns));
    return adjust_ == "none" ? 1 : 0.2 * std::sqrt(std::max(rows, columns));
  }

  static void Rescale(std::span<T> weights, int rows) {
    double squares = 0;
    for (const T weight : weights) squares += static_cast<double>(weight) * weight;
    if (squares == 0) return;
    const T factor = static_cast<T>(std::sqrt(rows / squares));
    for (T& weight : weights) weight *= factor;
  }

  static std::span<T> Part(std::vector<T>& values, const ParameterGroup& group) {
    return std::span(values).subspan(group.offset, group.size);
  }

  bool nesterov_;
  int steps_;
  std::string adjust_;
  bool rescale_, adam_;
  double beta1_, beta2_, eps_;
  double others_rate_ = 1;  // over the matrices'
  NewtonSchulz<T> newton_schulz_;
  std::vector<T> buffer_, average_, square_;
};

}  // namespace

OptimizerKind Muon() {
  return {.arguments = {"muon",
                        {{"ns_steps", 5, ArgumentDomain::kCount},
                         {"rescale", 0, ArgumentDomain::kBool},
                         {"others_lr", {}, ArgumentDomain::kPositive},
                         {"beta1", 0.9, ArgumentDomain::kBelowOne},
                         {"beta2", 0.999, ArgumentDomain::kBelowOne},
                         {"eps", 1e-8, ArgumentDomain::kNotNegative}},
                        {{"adjust_lr", {"original", "match_rms_adamw", "none"}},
                         {"others", {"sgd", "adamw"}}}},
          .takes_momentum = true,
          .decoupled = true,
          .make_float = MakeOf<MuonOptimizer, float>,
          .make_double = MakeOf<MuonOptimizer, double>};
}

}  // namespace normlab::optimizers
