#include "train/optimizers/grouped_optimizer.h"
#include "train/optimizers/optimizer_kind.h"
#include "train/optimizers/update_rules.h"

namespace normlab::optimizers {
namespace {

// torch.optim.SGD, dampening 0.
template <typename T>
class SgdOptimizer : public GroupedOptimizer<T> {
 public:
  SgdOptimizer(const OptimizerOptions& options, std::vector<ParameterGroup> groups)
      : GroupedOptimizer<T>(options, std::move(groups)),
        nesterov_(options.nesterov),
        buffer_(this->size()) {}

  std::vector<OptimizerState<T>> state() override { return {{"momentum_buffer", buffer_}}; }

 private:
  using Tensors = typename GroupedOptimizer<T>::Tensors;
  void Update(const ParameterGroup& group, const Tensors& tensors, double rate,
              double momentum) override {
    SgdUpdate<T>(tensors.parameters, tensors.gradients,
                 std::span(buffer_).subspan(tensors.offset, group.size), rate, momentum, nesterov_);
  }

  UpdateRule OwnRule() const override {
    const char* direction = nesterov_ ? "g + n[2] * s0" : "s0";
    return {"if (n[2] != 0.0f) s0 = s0 * n[2] + g; p += n[1] * (n[2] != 0.0f ? " +
                std::string(direction) + " : g);",
            1, 2};
  }
  std::vector<double> OwnNumbers(double rate, double momentum) const override {
    return {-rate, momentum};
  }

  bool nesterov_;
  std::vector<T> buffer_;
};

}  // namespace

OptimizerKind Sgd() {
  return {.arguments = {"sgd", {}, {}},
          .takes_momentum = true,
          .make_float = MakeOf<SgdOptimizer, float>,
          .make_double = MakeOf<SgdOptimizer, double>};
}

}  // namespace normlab::optimizers
