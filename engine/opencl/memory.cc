#include "engine/opencl/opencl_network.h"
#include "operations/opencl/filter_placement.h"

namespace normlab {
namespace {

// What the filters' kernels leave for each other, on a device that is filled by many work items.
std::size_t FilterFloats(const DerivedParameter& derived) {
  const opencl::DeviceShape device = {.wanted = std::size_t{1} << 20};
  std::size_t floats = 0;
  const opencl::DevicePlacement placement = opencl::FilterPlacement(derived.shape, device);
  for (const opencl::Scratch& scratch : derived.kind->make_opencl(placement).scratch) {
    floats += opencl::FloatsOfFilter(scratch);
  }
  return floats;
}

}  // namespace

std::size_t OpenClBytes(const Architecture& architecture, int batch_size) {
  const Plan& plan = *architecture.plan;
  std::size_t floats = 0;
  for (const PlanValue& value : plan.values)
    floats += value.shape.size() * (value.has_gradient ? 2 : 1);
  constexpr std::size_t kWholeLanes = 32;
  const std::size_t images = (At(batch_size) + kWholeLanes - 1) / kWholeLanes * kWholeLanes;
  std::size_t parameters = 2 * (plan.parameter_count() + plan.derived_count());
  for (const DerivedParameter& derived : plan.derived) parameters += FilterFloats(derived);
  return sizeof(float) * (floats * images + parameters) + plan.ShapeOf(0).size() * images;
}

}  // namespace normlab
