// What an optimizer's file says of it. A new one is a file here, a line below and a row in
// train/optimizer.cc.
#pragma once

#include <memory>
#include <vector>

#include "train/optimizer.h"

namespace normlab {

struct OptimizerKind {
  ChoiceKind arguments;
  bool takes_momentum = false;  // the keys momentum and nesterov
  // Its argument that a schedule may cycle, where it does not take the key.
  const char* cycled = nullptr;
  bool decoupled = false;  // its own weight decay
  std::unique_ptr<Optimizer<float>> (*make_float)(const OptimizerOptions&,
                                                  std::vector<ParameterGroup>) = nullptr;
  std::unique_ptr<Optimizer<double>> (*make_double)(const OptimizerOptions&,
                                                    std::vector<ParameterGroup>) = nullptr;
};

// The value given, or the default; `options` has passed CheckOptimizer.
double OptimizerNumber(const OptimizerOptions& options, std::string_view argument);
std::string OptimizerWord(const OptimizerOptions& options, std::string_view argument);

template <template <typename> class Kind, typename T>
std::unique_ptr<Optimizer<T>> MakeOf(const OptimizerOptions& options,
                                     std::vector<ParameterGroup> groups) {
  return std::make_unique<Kind<T>>(options, std::move(groups));
}

namespace optimizers {

OptimizerKind Sgd();
OptimizerKind Adam();
OptimizerKind AdamW();
OptimizerKind RmsProp();
OptimizerKind Muon();

}  // namespace optimizers

}  // namespace normlab
