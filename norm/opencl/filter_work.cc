#include "norm/opencl/filter_work.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "norm/opencl/equation_work.h"

namespace normlab::opencl {
namespace {

using equation::Axes;
using equation::Equation;
using EquationNode = equation::Node;

// O and I, which stand where a map has images and channels, are its groups and their members.
Axes WithinAnImage(Axes filter) {
  Axes axes = filter.Without(Axes::Images().With(Axes::Channels()));
  if (filter.Has(Axes::Images())) axes = axes.With(Axes::Groups());
  if (filter.Has(Axes::Channels())) axes = axes.With(Axes::GroupChannels());
  return axes;
}

// What depends on the filter varies with the images too, of which there is one: so its reductions
// are those within an image, which many work items share.
Equation OverMaps(Equation equation, int fan_in) {
  equation.domain = equation::Domain::kMap;
  for (equation::Learned& learned : equation.learned) learned.axes = WithinAnImage(learned.axes);
  for (EquationNode& node : equation.nodes) {
    const bool of_filter = node.kind == EquationNode::Kind::kInput ||
                           std::ranges::any_of(node.arguments, [&](std::size_t argument) {
                             return equation.nodes[argument].axes.HasAny(Axes::Images());
                           });
    node.axes = WithinAnImage(node.axes);
    if (of_filter) node.axes = node.axes.With(Axes::Images());
    node.pooled = WithinAnImage(node.pooled);
    if (node.kind != EquationNode::Kind::kKey) continue;
    assert(node.key == equation::Key::kFanIn);
    node.kind = EquationNode::Kind::kNumber;
    node.number = fan_in;
  }
  return equation;
}

}  // namespace

DeviceWork FilterWork(const std::shared_ptr<const equation::Method>& method,
                      const DevicePlacement& placement) {
  DevicePlacement of_map = placement;
  of_map.attributes.Set("eps", 0);  // keys that no filter's equation has
  of_map.attributes.Set("momentum", 0);
  const int outputs = placement.attributes.integer("groups");
  auto over_maps = std::make_shared<equation::Method>(*method);
  over_maps->equation =
      OverMaps(method->equation, static_cast<int>(placement.output.size()) / outputs);
  return EquationWork(std::move(over_maps), of_map);
}

}  // namespace normlab::opencl
