#include "operations/opencl/images.h"

#include <fmt/format.h>

#include "operations/opencl/kernel_text.h"

namespace normlab::opencl {

Launch ImagesLaunch(const Shape& input, bool are_bytes) {
  Launch launch;
  launch.body = KernelText("images");
  launch.arguments = {{"pixels", Slot::kPixels},
                      {"pass", Slot::kPass},
                      {"words", Slot::kImageWords},
                      {"to", Slot::kBatch}};
  launch.constants = {
      {"PIXEL(at)", are_bytes ? "table[pixels[at]]" : "((__global const float*)pixels)[at]"}};
  for (const auto& [name, row] : {std::pair{"PLACE", kPlace},
                                  {"PARTNER", kPartner},
                                  {"WEIGHT", kWeight},
                                  {"TOP", kTop},
                                  {"LEFT", kLeft},
                                  {"BOTTOM", kBottom},
                                  {"RIGHT", kRight},
                                  {"ROWS", kImageRows}}) {
    launch.constants.emplace_back(name, fmt::to_string(static_cast<int>(row)));
  }
  launch.sizes = {{"HEIGHT", input.height},
                  {"WIDTH", input.width},
                  {"ELEMENTS", static_cast<int>(input.size())}};
  launch.places = static_cast<std::size_t>(input.channels) * static_cast<std::size_t>(input.height);
  return launch;
}

}  // namespace normlab::opencl
