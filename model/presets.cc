#include "model/architecture.h"
#include "model/line.h"

namespace normlab {

const std::vector<ModelPreset>& ModelPresets() {
  static const std::vector<ModelPreset> presets = {
      {"mnist-8k", "C8v/2 C16v P c8! C16v C16v C16v A6 c16 c10!", "C1 C2 P1 c3 C4 C5 C6 A1 c7 c8",
       "mnist", 4, "conv-relu-norm-dropout"},
      {"cifar-37k", "C12 C16 c8 P C24 C24x2 C24 c12 P C32 C32 C32! GAP c10!",
       "C1 C2 c3 P1 C3 C4 C5 c6 P2 C7 C8 C9 GAP c10", "cifar10", 2, "conv-relu-dropout-norm"},
  };
  return presets;
}

const ModelPreset* FindModelPreset(std::string_view name_or_line) {
  const std::string text = CanonicalLine(name_or_line);
  for (const ModelPreset& preset : ModelPresets()) {
    if (text == preset.name || text == preset.line) return &preset;
  }
  return nullptr;
}

}  // namespace normlab
