// An equation as a module of PyTorch: plain operations that autograd goes through.
#pragma once

#include <string>

#include "norm/equation/method.h"

namespace normlab::equation {

struct PytorchText {
  std::string class_name;  // "FilterResponseEquation"
  // The class, without an empty line before or behind it. It asks for math, torch, nn and
  // functional by these names, PyTorch 1.10 or later.
  std::string definition;
  // What makes one: an expression of channels, height, width, groups, GHOST, EPS, MOMENTUM, with
  // those of them that the equation needs.
  std::string call;
};

// Values are maps [N, C, H, W], or [N, G, K, H, W] where the equation divides channels, with an
// extent of 1 on the axes that they lack. Parameters and buffers have the names and the shapes of a
// checkpoint's (PytorchName, norm/equation/pytorch_names.h). Where the equation has a ramp, a
// training loop sets the module's `completed_steps`.
PytorchText PytorchTextOf(const Method& method);

}  // namespace normlab::equation
