// What an optimizer knows of the network's learned tensors: where they lie, and what is special of
// each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/choice.h"
#include "model/plan.h"

namespace normlab {

// A tensor, or several that lie one behind the other and are treated alike.
struct ParameterGroup {
  std::size_t offset = 0, size = 0;
  double lr_multiplier = 1;
  double decay_multiplier = 1;  // 0: no weight decay
  int rows = 0;  // of a filter that may be taken as a matrix [rows][size / rows]; else 0
};

// Multipliers by role, as a table: { first = 1, filter = 1, head = 2, gain = 1, shift = 64,
// other = 1 }. The first and the last layer with a filter are `first` and `head`, filter and bias;
// what a normalization multiplies with is a gain, what is added a shift, everything else learned is
// another. A network of one layer has a head alone.
const ChoiceFamily& LrMultiplierFamily();
const ChoiceFamily& DecayMultiplierFamily();

// The group of each tensor, in their order. `decayed` says of each parameter whether weight decay
// acts on it at all; both choices have passed CheckChoice.
std::vector<ParameterGroup> ParameterGroups(const std::vector<ParameterInfo>& infos,
                                            const std::vector<std::uint8_t>& decayed,
                                            const Choice& lr_multiplier,
                                            const Choice& decay_multiplier);

}  // namespace normlab
