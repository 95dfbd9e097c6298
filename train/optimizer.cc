#include "train/optimizer.h"

#include <fmt/format.h>

#include <cassert>

#include "base/error.h"
#include "train/optimizers/optimizer_kind.h"

namespace normlab {
namespace {

const std::vector<OptimizerKind>& Kinds() {
  static const std::vector<OptimizerKind> kinds = {optimizers::Sgd(), optimizers::Adam(),
                                                   optimizers::AdamW(), optimizers::RmsProp(),
                                                   optimizers::Muon()};
  return kinds;
}

const OptimizerKind& FindKind(const OptimizerOptions& options) {
  for (const OptimizerKind& kind : Kinds()) {
    if (kind.arguments.name == options.kind.name) return kind;
  }
  assert(false);
  return Kinds().front();
}

void CheckRange(const char* key, double value, bool fits, const char* expected) {
  if (fits) return;
  throw UsageError(fmt::format("{} = {}: expected {}", key, value, expected));
}

void CheckNesterov(const OptimizerOptions& options) {
  if (!options.nesterov) return;
  if (!FindKind(options).takes_momentum) {
    throw UsageError(
        fmt::format("nesterov = true goes with optimizer = sgd or muon; found "
                    "optimizer = {}; leave nesterov out",
                    options.kind.name));
  }
  if (options.momentum <= 0) {
    throw UsageError("nesterov = true needs a momentum above 0; found momentum = 0");
  }
}

}  // namespace

const ChoiceFamily& OptimizerFamily() {
  static const ChoiceFamily family = [] {
    ChoiceFamily all = {"optimizer", {}};
    for (const OptimizerKind& kind : Kinds()) all.kinds.push_back(kind.arguments);
    return all;
  }();
  return family;
}

double OptimizerNumber(const OptimizerOptions& options, std::string_view argument) {
  return NumberOf(OptimizerFamily(), options.kind, argument);
}

std::string OptimizerWord(const OptimizerOptions& options, std::string_view argument) {
  return WordOf(OptimizerFamily(), options.kind, argument);
}

void CheckOptimizer(const OptimizerOptions& options) {
  CheckChoice(OptimizerFamily(), options.kind);
  CheckRange("lr", options.lr, options.lr > 0 && options.lr <= 1e6,
             "a number above 0, at most 1e6");
  CheckRange("momentum", options.momentum, options.momentum >= 0 && options.momentum < 1,
             "a number from 0 to below 1");
  CheckRange("l2", options.weight_decay, options.weight_decay >= 0 && options.weight_decay <= 1e6,
             "a number from 0 to 1e6");
  CheckNesterov(options);
  const auto steps = options.kind.numbers.find("ns_steps");
  if (steps != options.kind.numbers.end()) {
    CheckRange("optimizer.ns_steps", steps->second, steps->second <= 100,
               "a whole number from 1 to 100");
  }
  if (options.decay == "coupled" && options.kind.name == "adamw") {
    throw UsageError(
        "decay = coupled: adamw with coupled decay is adam; write optimizer = adam, or leave decay "
        "out");
  }
}

double InitialMomentum(const OptimizerOptions& options) {
  const OptimizerKind& kind = FindKind(options);
  return kind.takes_momentum ? options.momentum : OptimizerNumber(options, kind.cycled);
}

bool TakesMomentum(const OptimizerOptions& options) { return FindKind(options).takes_momentum; }

bool HasCoupledDecay(const OptimizerOptions& options) {
  return options.decay == "own" ? !FindKind(options).decoupled : options.decay == "coupled";
}

template <typename T>
std::unique_ptr<Optimizer<T>> MakeOptimizer(const OptimizerOptions& options,
                                            std::vector<ParameterGroup> groups) {
  CheckOptimizer(options);
  const OptimizerKind& kind = FindKind(options);
  if constexpr (sizeof(T) == sizeof(float)) {
    return kind.make_float(options, std::move(groups));
  } else {
    return kind.make_double(options, std::move(groups));
  }
}

template std::unique_ptr<Optimizer<float>> MakeOptimizer(const OptimizerOptions&,
                                                         std::vector<ParameterGroup>);
template std::unique_ptr<Optimizer<double>> MakeOptimizer(const OptimizerOptions&,
                                                          std::vector<ParameterGroup>);

}  // namespace normlab
