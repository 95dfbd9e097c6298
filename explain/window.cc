#include "explain/window.h"

#include <fmt/format.h>

#include <algorithm>

namespace normlab {
namespace {

constexpr std::size_t kMostStatistics = 16, kMostOfALargeTensor = 8;

}  // namespace

Window PrintedWindow(const WorkedExample& example) {
  const ExampleInput& input = example.input;
  Window window = {input.images,
                   input.shape.channels,
                   input.shape.height,
                   input.shape.width,
                   std::min(example.statistics(), kMostStatistics),
                   true};
  if (input.x.size() > kFullyPrintedValues) {
    window.images = std::min(window.images, 2);
    window.channels = std::min(window.channels, 4);
    window.height = std::min(window.height, 4);
    window.width = std::min(window.width, 6);
    window.statistics = std::min(window.statistics, kMostOfALargeTensor);
    window.whole = false;
  }
  return window;
}

std::string WindowNote(const WorkedExample& example, const Window& window) {
  std::string note;
  if (!window.whole) {
    note = fmt::format("Printed are the first {}x{}x{}x{} of {} values", window.images,
                       window.channels, window.height, window.width,
                       ExtentsText(InputExtents(example.input)));
  }
  if (window.statistics < example.statistics()) {
    note += fmt::format("{} the first {} of {} statistics", note.empty() ? "Printed are" : ", and",
                        window.statistics, example.statistics());
  }
  return note.empty() ? note : note + "; --json writes all.";
}

std::size_t ValueIndex(Shape shape, int n, int c, int h, int w) {
  return ((static_cast<std::size_t>(n) * shape.channels + c) * shape.height + h) * shape.width + w;
}

}  // namespace normlab
