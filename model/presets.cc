#include "model/architecture.h"
#include "model/line.h"

namespace normlab {

const std::vector<ModelPreset>& ModelPresets() {
  static const std::vector<ModelPreset> presets = {
      {"mnist-8k", "C8v/2 C16v P c8! C16v C16v C16v A6 c16 c10!", "C1 C2 P1 c3 C4 C5 C6 A1 c7 c8",
       "mnist", 4, "conv-relu-norm-dropout"},
      {"cifar-37k", "C12 C16 c8 P C24 C24x2 C24 c12 P C32 C32 C32! GAP c10!",
       "C1 C2 c3 P1 C3 C4 C5 c6 P2 C7 C8 C9 GAP c10", "cifar10", 2, "conv-relu-dropout-norm"},
      // He, Zhang, Ren & Sun 2016 (arXiv 1512.03385), section 4.2: n = 3, shortcuts of option A.
      {"resnet-20",
       "C16 (C16 C16:none)+*3 (C32s2 C32:none)+A (C32 C32:none)+*2 (C64s2 C64:none)+A "
       "(C64 C64:none)+*2 GAP c10b!",
       "", "cifar10", 4, "conv-norm-relu-dropout"},
      // The image classification network of MLPerf Tiny (Banbury et al. 2021, arXiv 2106.07597):
      // convolutions have biases, shortcuts no normalization.
      {"resnet-8",
       "C16b (C16b C16b:none)+ (C32s2b C32b:none | c32s2b!)+ (C64s2b C64b:none | c64s2b!)+ GAP "
       "c10b!",
       "", "cifar10", 4, "conv-norm-relu-dropout"},
      // What UNC Charlotte's TinyML course asks for (ECGR 4127 and 5127, build_model50k): CIFAR-10
      // under 50,000 parameters, of separable convolutions.
      {"model50k", "C32 P D! c64 D! c64 P D! c96 D! c96 P D! c128 GAP c10b!", "", "cifar10", 4,
       "conv-relu-norm-dropout"},
      // Inverted residuals with linear bottlenecks (Sandler et al. 2018, arXiv 1801.04381), as wide
      // as 50,000 parameters allow.
      {"mobilenet-48k",
       "C16 (c64 D c16:none)+! c64 Ds2 c24:none (c96 D c24:none)+! c96 Ds2 c40:none "
       "(c120 D c40:none)+!*2 c96 GAP c10b!",
       "", "cifar10", 4, "conv-norm-relu-dropout"},
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
