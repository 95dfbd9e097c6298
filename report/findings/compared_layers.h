// Which models' layers are told of, and which layers are compared between them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "report/summary/layer_scales.h"

namespace normlab {

// Of more than eight models the first of every normalization.
std::vector<ModelScales> ToldOf(std::vector<ModelScales> models);

// The layers whose activations are compared: those that any of the models normalizes, so that the
// same ones are read in a network without normalization; all where none is.
std::set<std::string> ComparedLayers(const std::vector<ModelScales>& models);

std::vector<LayerScale> Among(const EpochScales& scales, const std::set<std::string>& names);

}  // namespace normlab
