#include "base/cpuinfo.h"

#include <fstream>

namespace normlab {

std::string CpuInfo(std::string_view key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t end = line.find_first_of("\t:");
    if (std::string_view(line).substr(0, end) != key) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

}  // namespace normlab
