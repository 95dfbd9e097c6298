// The network itself in model.py: its modules, and the forward pass through its plan.
#pragma once

#include <string>

#include "inference/pytorch_norms.h"
#include "model/architecture.h"

namespace normlab {

// Lines of Net's constructor and of its forward, indented as they stand there.
std::string NetworkModules(const Architecture& architecture);
std::string NetworkForward(const Architecture& architecture);

// What a block does behind its convolution. `norm` is the call of its normalization, `modules`
// the classes of normalizations that are activations too, beside which no other stands: "(A, B)",
// or empty.
std::string BlockForward(const Architecture& architecture, std::string_view norm,
                         const std::string& modules);

// Of the constructor of Block: what it takes beside the usual, and what it makes of its activation.
// Empty where all layers are alike.
std::string BlockParameters(const Architecture& architecture);
std::string BlockActivation(const Architecture& architecture);
// The class of a block's convolution.
std::string BlockConvolution(const Architecture& architecture);
// The definition of make_activation; empty where no module of the network asks for it.
std::string ActivationDefinition(const Architecture& architecture);

// Layers that keep running statistics for each of their applications, which no module of PyTorch
// does.
std::vector<std::string> LayersPerApplication(const Architecture& architecture);

}  // namespace normlab
