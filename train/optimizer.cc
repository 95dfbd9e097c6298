#include "train/optimizer.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace normlab {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEps = 1e-8;

// gradient += weight_decay * parameter. The mask is a factor of 0 or 1, not a branch, so that the
// loop is one vector instruction after the other; x + 0 * p is x for every finite p.
template <typename T>
void AddWeightDecay(std::span<T> gradients, std::span<const T> parameters,
                    const std::vector<T>& decay) {
  for (std::size_t i = 0; i < gradients.size(); ++i) gradients[i] += decay[i] * parameters[i];
}

// PyTorch turns every factor into the tensor's type before it multiplies; so does this file.
template <typename T>
std::vector<T> DecayFactors(double weight_decay, const std::vector<std::uint8_t>& decayed) {
  std::vector<T> factors(decayed.size());
  for (std::size_t i = 0; i < decayed.size(); ++i) {
    factors[i] = decayed[i] ? static_cast<T>(weight_decay) : T{0};
  }
  return factors;
}

template <typename T>
class FlatOptimizer : public Optimizer<T> {
 public:
  FlatOptimizer(const OptimizerOptions& options, const std::vector<std::uint8_t>& decayed)
      : has_decay_(options.weight_decay != 0),
        decay_(DecayFactors<T>(options.weight_decay, decayed)) {}

  void Step(std::span<T> parameters, std::span<T> gradients, double lr, double momentum) final {
    assert(parameters.size() == decay_.size() && gradients.size() == decay_.size());
    ++steps_;
    if (has_decay_) AddWeightDecay<T>(gradients, parameters, decay_);
    Update(parameters, gradients, lr, momentum);
  }
  std::int64_t steps() const final { return steps_; }
  void set_steps(std::int64_t steps) final { steps_ = steps; }

 protected:
  virtual void Update(std::span<T> parameters, std::span<T> gradients, double lr,
                      double momentum) = 0;
  std::size_t size() const { return decay_.size(); }

 private:
  bool has_decay_;
  std::vector<T> decay_;
  std::int64_t steps_ = 0;
};

// buffer = momentum * buffer + gradient; parameter -= lr * buffer; with Nesterov's
// parameter -= lr * (gradient + momentum * buffer). PyTorch starts the buffer as a copy of the
// first gradient, which is what momentum * 0 + gradient gives; at momentum 0 it leaves the buffer
// alone.
template <typename T>
class Sgd : public FlatOptimizer<T> {
 public:
  Sgd(const OptimizerOptions& options, const std::vector<std::uint8_t>& decayed)
      : FlatOptimizer<T>(options, decayed), nesterov_(options.nesterov), buffer_(this->size()) {}

  std::vector<OptimizerState<T>> state() override { return {{"momentum_buffer", buffer_}}; }

 private:
  void Update(std::span<T> parameters, std::span<T> gradients, double lr,
              double momentum) override {
    const T step = static_cast<T>(-lr), factor = static_cast<T>(momentum);
    if (momentum == 0) {
      for (std::size_t i = 0; i < gradients.size(); ++i) parameters[i] += step * gradients[i];
      return;
    }
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      buffer_[i] = buffer_[i] * factor + gradients[i];
      const T direction = nesterov_ ? gradients[i] + factor * buffer_[i] : buffer_[i];
      parameters[i] += step * direction;
    }
  }

  bool nesterov_;
  std::vector<T> buffer_;
};

// Kingma & Ba 2015, algorithm 1, with eps outside the corrected root, as torch.optim.Adam has it.
template <typename T>
class Adam : public FlatOptimizer<T> {
 public:
  Adam(const OptimizerOptions& options, const std::vector<std::uint8_t>& decayed)
      : FlatOptimizer<T>(options, decayed), average_(this->size()), square_(this->size()) {}

  std::vector<OptimizerState<T>> state() override {
    return {{"exp_avg", average_}, {"exp_avg_sq", square_}};
  }

 private:
  void Update(std::span<T> parameters, std::span<T> gradients, double lr, double beta1) override {
    const double steps = static_cast<double>(this->steps());
    const T root = static_cast<T>(std::sqrt(1 - std::pow(kBeta2, steps)));
    const T step = static_cast<T>(-(lr / (1 - std::pow(beta1, steps))));
    const T keep1 = static_cast<T>(beta1), take1 = static_cast<T>(1 - beta1);
    const T keep2 = static_cast<T>(kBeta2), take2 = static_cast<T>(1 - kBeta2);
    const T eps = static_cast<T>(kEps);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const T gradient = gradients[i];
      average_[i] = average_[i] * keep1 + take1 * gradient;
      square_[i] = square_[i] * keep2 + take2 * gradient * gradient;
      parameters[i] += step * average_[i] / (std::sqrt(square_[i]) / root + eps);
    }
  }

  std::vector<T> average_;
  std::vector<T> square_;
};

void CheckRange(const char* key, double value, bool fits, const char* expected) {
  if (fits) return;
  throw UsageError(fmt::format("{} = {}: expected {}", key, value, expected));
}

}  // namespace

void CheckOptimizer(const OptimizerOptions& options) {
  const std::vector<std::string> names{"sgd", "adam"};
  if (options.name != "sgd" && options.name != "adam") {
    throw UsageError(fmt::format("optimizer '{}' is unknown: expected one of {}{}", options.name,
                                 Join(names), NearestWords(options.name, names)));
  }
  CheckRange("lr", options.lr, options.lr > 0 && options.lr <= 1e6,
             "a number above 0, at most 1e6");
  CheckRange("momentum", options.momentum, options.momentum >= 0 && options.momentum < 1,
             "a number from 0 to below 1");
  CheckRange("l2", options.weight_decay, options.weight_decay >= 0 && options.weight_decay <= 1e6,
             "a number from 0 to 1e6");
  if (options.nesterov && options.name != "sgd") {
    throw UsageError("nesterov = true goes with optimizer = sgd alone; found optimizer = adam");
  }
  if (options.nesterov && options.momentum <= 0) {
    throw UsageError("nesterov = true needs a momentum above 0; found momentum = 0");
  }
}

double InitialMomentum(const OptimizerOptions& options) {
  return options.name == "adam" ? kBeta1 : options.momentum;
}

template <typename T>
std::unique_ptr<Optimizer<T>> MakeOptimizer(const OptimizerOptions& options,
                                            std::vector<std::uint8_t> decayed) {
  CheckOptimizer(options);
  if (options.name == "adam") return std::make_unique<Adam<T>>(options, decayed);
  return std::make_unique<Sgd<T>>(options, decayed);
}

template std::unique_ptr<Optimizer<float>> MakeOptimizer(const OptimizerOptions&,
                                                         std::vector<std::uint8_t>);
template std::unique_ptr<Optimizer<double>> MakeOptimizer(const OptimizerOptions&,
                                                          std::vector<std::uint8_t>);

}  // namespace normlab
