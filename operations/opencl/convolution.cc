#include <algorithm>

#include "operations/convolution_options.h"
#include "operations/opencl/launches.h"
#include "operations/opencl/makers.h"

namespace normlab::opencl {
namespace {

constexpr int kWide = 4;  // pixels of a row that a work item computes

class Work {
 public:
  explicit Work(const DevicePlacement& placement)
      : placement_(placement),
        options_(ConvolutionOptions::Of(placement.attributes)),
        input_(placement.inputs[0]),
        output_(placement.output),
        group_inputs_(input_.channels / options_.groups),
        group_outputs_(output_.channels / options_.groups) {}

  DeviceWork All() {
    work_.training = {Forward()};
    work_.evaluation = work_.training;
    AddWeightGradient();
    if (options_.bias) AddBiasGradient();
    if (placement_.has_gradient[0]) work_.backward.push_back(InputGradient());
    return std::move(work_);
  }

 private:
  // What unrolled loops are made of is compiled in.
  Constants Fixed() const {
    return {{"KERNEL", fmt::to_string(options_.kernel)},
            {"STRIDE", fmt::to_string(options_.stride)},
            {"PADDING", fmt::to_string(options_.padding)}};
  }

  Sizes AllSizes() const {
    return {{"GROUP_INPUTS", group_inputs_}, {"GROUP_OUTPUTS", group_outputs_},
            {"INPUT_HEIGHT", input_.height}, {"INPUT_WIDTH", input_.width},
            {"HEIGHT", output_.height},      {"WIDTH", output_.width}};
  }

  static void Set(Launch& launch, const char* name, int value) {
    launch.constants.emplace_back(name, fmt::to_string(value));
  }

  Launch Forward() const {
    const int out = Divisor(group_outputs_, placement_.device.output_tile);
    const int wide = std::min(kWide, output_.width);
    const int tiles = (output_.width + wide - 1) / wide;
    Launch launch;
    launch.body = KernelText("convolution_forward");
    launch.arguments = {{"x", Slot::kInput}, {"w", Slot::kParameters}};
    if (options_.bias) launch.arguments.push_back({"b", Slot::kParameters, 1});
    launch.constants = Fixed();
    launch.sizes = AllSizes();
    launch.constants.emplace_back("START(o)", options_.bias ? "b[o]" : "0.0f");
    SetStore(launch, {"y", Slot::kOutput});
    Set(launch, "OUT", out);
    Set(launch, "WIDE", wide);
    launch.sizes.emplace_back("TILES", tiles);
    launch.places = static_cast<std::size_t>(tiles) * static_cast<std::size_t>(output_.height);
    launch.tiles = static_cast<std::size_t>(output_.channels / out);
    return launch;
  }

  // Rounded down, of negative numbers too.
  static int Floor(int a, int b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

  Launch InputGradient() const {
    const int in = Divisor(group_inputs_, placement_.device.output_tile);
    const int stride = options_.stride;
    const int wide = stride * std::max(1, std::min(kWide, input_.width) / stride);
    const int tiles = (input_.width + wide - 1) / wide;
    const int lowest = Floor(options_.padding - options_.kernel + 1, stride);
    const int highest = Floor(wide - 1 + options_.padding, stride);
    Launch launch;
    launch.body = KernelText("convolution_input_gradient");
    launch.arguments = {{"dy", Slot::kOutputGradient}, {"w", Slot::kParameters}};
    launch.constants = Fixed();
    launch.sizes = AllSizes();
    Set(launch, "IN", in);
    Set(launch, "WIDE", wide);
    launch.sizes.emplace_back("TILES", tiles);
    launch.constants.emplace_back("LOWEST", fmt::format("({})", lowest));
    Set(launch, "REACH", highest - lowest + 1);
    SetStore(launch, {"dx", Slot::kInputGradient});
    launch.places = static_cast<std::size_t>(tiles) * static_cast<std::size_t>(input_.height);
    launch.tiles = static_cast<std::size_t>(input_.channels / in);
    return launch;
  }

  void AddWeightGradient() {
    const bool adds = placement_.adds_parameter_gradient[0];
    const int out = Divisor(group_outputs_, 4);
    const int in = Divisor(group_inputs_, std::max(1, 24 / (out * options_.kernel)));
    const int input_tiles = group_inputs_ / in;
    const auto tiles =
        static_cast<std::size_t>(output_.channels / out * input_tiles * options_.kernel);
    const std::size_t size = options_.Weights(input_);
    const auto height = static_cast<std::size_t>(output_.height);
    const std::size_t wanted = (placement_.device.wanted + tiles - 1) / tiles;
    const std::size_t slices = std::clamp<std::size_t>(wanted, 1, height);
    const std::size_t rows = (height + slices - 1) / slices, used = (height + rows - 1) / rows;
    Launch launch;
    launch.body = KernelText("convolution_weight_gradient");
    launch.arguments = {{"x", Slot::kInput}, {"dy", Slot::kOutputGradient}};
    launch.constants = Fixed();
    // One kernel for both: it is among those that take longest to compile. Not `ADDS ? ... : ...`,
    // which makes PoCL 3.1 run the loop behind the barrier for lanes that are past its end.
    launch.constants.emplace_back("PUT(place, value)",
                                  "place = select(0.0f, place, ADDS) + (value)");
    launch.sizes = AllSizes();
    Set(launch, "OUT", out);
    Set(launch, "IN", in);
    launch.sizes.emplace_back("INPUT_TILES", input_tiles);
    launch.sizes.emplace_back("ROWS", static_cast<int>(rows));
    launch.sizes.emplace_back("SIZE", static_cast<int>(size));
    Set(launch, "WIDE", std::min(kWide, output_.width));
    launch.across = Across::kGroupLanes;
    launch.places = used;
    launch.tiles = tiles;
    launch.at_end = true;
    const Argument total = {"partial", Slot::kGradients, 0};
    if (used == 1) {
      launch.arguments.push_back(total);
      launch.sizes.emplace_back("ADDS", adds ? 1 : 0);
      work_.backward.push_back(std::move(launch));
      return;
    }
    const int partial = static_cast<int>(work_.scratch.size());
    work_.scratch.push_back({used * size, 0});
    launch.arguments.push_back({"partial", Slot::kScratch, partial});
    launch.sizes.emplace_back("ADDS", 0);
    work_.backward.push_back(std::move(launch));
    work_.backward.push_back(SumSlices(partial, total, used, size, adds));
  }

  void AddBiasGradient() {
    AddMapSum("dy[at]", {{"dy", Slot::kOutputGradient}}, static_cast<std::size_t>(output_.channels),
              output_.pixels(), {"", Slot::kGradients, 1}, placement_.adds_parameter_gradient[1],
              placement_.device, work_);
  }

  const DevicePlacement& placement_;
  const ConvolutionOptions options_;
  const Shape input_, output_;
  const int group_inputs_, group_outputs_;
  DeviceWork work_;
};

}  // namespace

DeviceWork ConvolutionWork(const DevicePlacement& placement) { return Work(placement).All(); }

}  // namespace normlab::opencl
