// The normalizations of an export: modules of PyTorch, and the text of an equation where the
// network runs by one that is none of these.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/architecture.h"
#include "norm/equation/pytorch_text.h"

namespace normlab {

// The network's own normalization, as model.py has it.
struct ExportedNorm {
  std::string
      name;  // what Net(norm) calls it: a shipped method's name, or what the user's is called
  std::string words;          // "batch normalization"; of a user's method what it is called
  std::string running_value;  // the first that it keeps, "running_mean"; empty where it keeps none
  bool is_activation = false;
  std::optional<equation::PytorchText> equation;  // empty: a module of PyTorch

  bool names(std::string_view constant) const {  // "GHOST"
    return equation && equation->call.find(constant) != std::string::npos;
  }
  bool ramps() const {
    return equation && equation->definition.find("completed_steps") != std::string::npos;
  }
};
ExportedNorm ExportedNormOf(const ModelOptions& options);

// Those of layers that have one of their own, each once; without the network's.
std::vector<ExportedNorm> ExportedNormsOfLayers(const Architecture& architecture);

// The shipped methods that PyTorch has modules for.
std::vector<std::string> ModuleNames();

// The modules that normalizations bring with them, each between two empty lines; and the body of
// make_norm. `of_layers`: what single layers have.
std::string NormDefinitions(const ExportedNorm& norm, const std::vector<ExportedNorm>& of_layers);
std::string MakeNorm(const ExportedNorm& norm, const std::vector<ExportedNorm>& of_layers);

// What one unit applies under several sets of running values: the module's definition, and how it
// is made of a block's `norm` and `applications`.
struct PerApplicationModule {
  std::string_view class_name, definition, call;
};
PerApplicationModule PerApplicationModuleOf(const ExportedNorm& norm);

// Of a checkpoint's tensor: the name in state_dict(), "C1.norm.learned_type" of "C1.norm.type".
std::string ExportedTensorName(const Architecture& architecture, const std::string& name);

}  // namespace normlab
