#include "engine/opencl/device_choice.h"

#include <fmt/format.h>

#include <charconv>

#include "base/error.h"
#include "base/printable.h"
#include "engine/opencl/devices.h"

namespace normlab {

DeviceChoice ParseDevice(std::string_view text, std::string_view origin) {
  if (text == "cpu") return {};
  if (text == "opencl") return {false, 0};
  constexpr std::string_view kNumbered = "opencl:";
  int number = -1;
  if (text.starts_with(kNumbered)) {
    const std::string_view digits = text.substr(kNumbered.size());
    const auto read = std::from_chars(digits.begin(), digits.end(), number);
    if (read.ec != std::errc() || read.ptr != digits.end()) number = -1;
  }
  if (number < 0) {
    throw UsageError(
        fmt::format("{} {}: expected cpu, opencl or opencl:N, a number that normlab devices lists",
                    origin, Printable(std::string(text))));
  }
  return {false, number};
}

std::string DeviceTitle(const DeviceChoice& choice) {
  if (choice.is_cpu) return "cpu";
  return fmt::format("opencl:{} ({})", choice.number, opencl::UsableDevice(choice.number).name);
}

}  // namespace normlab
