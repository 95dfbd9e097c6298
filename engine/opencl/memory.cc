#include "engine/opencl/opencl_network.h"

namespace normlab {

std::size_t OpenClBytes(const Architecture& architecture, int batch_size) {
  const Plan& plan = *architecture.plan;
  std::size_t floats = 0;
  for (const PlanValue& value : plan.values)
    floats += value.shape.size() * (value.has_gradient ? 2 : 1);
  constexpr std::size_t kWholeLanes = 32;
  const std::size_t images = (At(batch_size) + kWholeLanes - 1) / kWholeLanes * kWholeLanes;
  return sizeof(float) * (floats * images + 2 * (plan.parameter_count() + plan.derived_count())) +
         plan.ShapeOf(0).size() * images;
}

}  // namespace normlab
