// Random equations on an OpenCL device, each by itself, against the twin: no further from it than
// float32 costs.
//
//   NORMLAB_RANDOM_DEVICE_EQUATIONS=200 build/tests/engine_test --gtest_filter='OpenClEquations.*'
#include <gtest/gtest.h>

#include <bit>

#include "norm/opencl/equation_work.h"
#include "tests/engine/device_operation.h"
#include "tests/engine/from_environment.h"
#include "tests/engine/needs_device.h"
#include "tests/engine/twin_arrays.h"

namespace normlab {
namespace {

using equation::Doubles;
using equation::EquationCase;
using opencl::DeviceOperation;
using opencl::Slot;

constexpr int kEquations = 8;

class OnDevice {
 public:
  explicit OnDevice(const EquationCase& one)
      : one_(one), shape_{one.extents.channels, one.extents.rows, one.extents.columns} {}

  Arrays Run() {
    DeviceOperation device(
        [&](const opencl::DevicePlacement& placed) {
          auto method = std::make_shared<equation::Method>();
          method->equation = one_.equation;
          return opencl::EquationWork(method, placed);
        },
        Placement(), one_.extents.images, 0, Sizes(one_.learned), Sizes(one_.running));
    Fill(device);
    Arrays arrays;
    device.Train();
    device.Backward();
    arrays.Add("y", device.Map(Slot::kOutput, 0, shape_));
    arrays.Add("dx", device.Map(Slot::kInputGradient, 0, shape_));
    for (std::size_t i = 0; i < one_.learned.size(); ++i) {
      arrays.Add("gradient of " + one_.equation.learned[i].name,
                 device.Get(Slot::kGradients, static_cast<int>(i), one_.learned[i].size()));
    }
    if (device.work().statistics) arrays.Add("observed", Observed(device));
    device.Evaluate();
    arrays.Add("evaluated y", device.Map(Slot::kOutput, 0, shape_));
    return arrays;
  }

 private:
  static std::vector<std::size_t> Sizes(const std::vector<Doubles>& arrays) {
    std::vector<std::size_t> sizes;
    for (const Doubles& array : arrays) {
      if (!array.empty()) sizes.push_back(array.size());
    }
    return sizes;
  }

  opencl::DevicePlacement Placement() const {
    opencl::DevicePlacement placement;
    placement.attributes = {{"groups", double(one_.extents.groups)},
                            {"ghost", double(one_.extents.ghost)},
                            {"eps", one_.constants.eps},
                            {"momentum", one_.constants.momentum}};
    placement.inputs = {shape_};
    placement.output = shape_;
    placement.has_gradient = {true};
    placement.adds_parameter_gradient.assign(one_.learned.size(), false);
    return placement;
  }

  void Fill(DeviceOperation& device) const {
    device.SetMap(Slot::kInput, 0, one_.x);
    device.SetMap(Slot::kOutputGradient, 0, one_.y_gradient);
    for (std::size_t i = 0; i < one_.learned.size(); ++i) {
      device.Set(Slot::kParameters, static_cast<int>(i), one_.learned[i]);
    }
    int state = 0;
    for (const Doubles& running : one_.running) {
      if (!running.empty()) device.Set(Slot::kStates, state++, running);
    }
    std::vector<std::uint32_t> words(opencl::kPassWords);
    const int ghost = one_.extents.ghost;
    words[opencl::kCount] = static_cast<std::uint32_t>(one_.extents.images);
    words[opencl::kGhostBatches] =
        ghost > 0 ? static_cast<std::uint32_t>((one_.extents.images + ghost - 1) / ghost) : 1;
    std::size_t word = opencl::kRamps;
    for (const double value : device.work().ramps(one_.constants.step)) {
      words[word++] = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    }
    device.SetPass(words);
  }

  Doubles Observed(DeviceOperation& device) const {
    const opencl::DeviceWork& work = device.work();
    const opencl::Scratch& size = work.scratch[static_cast<std::size_t>(work.observed)];
    const std::size_t floats =
        size.floats + size.per_image * static_cast<std::size_t>(device.lanes());
    return work.statistics(device.Get(Slot::kScratch, work.observed, floats), one_.extents.images);
  }

  const EquationCase& one_;
  Shape shape_;
};

TEST(OpenClEquations, FollowTheTwin) {
  NORMLAB_NEEDS_DEVICE();
  const auto equations =
      static_cast<int>(FromEnvironment("NORMLAB_RANDOM_DEVICE_EQUATIONS", kEquations));
  const std::uint64_t first = FromEnvironment("NORMLAB_RANDOM_SEED", 1);
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(equations); ++seed) {
    const EquationCase one = equation::MakeRandomCase(seed);
    EXPECT_EQ(DistancesFromTwin(one, OnDevice(one).Run()), "") << one.Told();
  }
}

}  // namespace
}  // namespace normlab
