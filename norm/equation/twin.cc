#include "norm/equation/twin.h"

namespace normlab::equation {

double RampAt(const Node& ramp, double step) {
  const auto& [from_value, to_value, from, to] = ramp.ramp;
  if (step <= from) return step < from || to > from ? from_value : to_value;
  if (step >= to) return to_value;
  return from_value + (to_value - from_value) * (step - from) / (to - from);
}

double KeyValue(Key key, const Constants& constants, const Extents& extents) {
  switch (key) {
    case Key::kEps:
      return constants.eps;
    case Key::kMomentum:
      return constants.momentum;
    case Key::kGroups:
      return extents.groups;
    case Key::kGhost:
      return extents.ghost == 0 ? extents.images : extents.ghost;
    case Key::kFanIn:
      return static_cast<double>(extents.channels) * extents.rows * extents.columns;
  }
  return 0;
}

}  // namespace normlab::equation
