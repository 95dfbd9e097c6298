#include "measure/hardware.h"

#include <cpuid.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "base/cores.h"
#include "base/cpuinfo.h"
#include "base/memory_limits.h"

namespace normlab {
namespace {

constexpr double kMega = 1e6, kGiga = 1e9;

double NumberAt(const std::string& text, std::size_t at) {
  return std::strtod(text.c_str() + at, nullptr);
}

// The base clock of CPUID's leaf 0x16, which virtual machines leave empty; then what a processor's
// name promises; then what /proc/cpuinfo shows, which on a virtual machine is the time stamp
// counter's clock.
void FindClock(Hardware& hardware) {
  unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid(0x16, &eax, &ebx, &ecx, &edx) != 0 && (eax & 0xffff) != 0) {
    hardware.clock = (eax & 0xffff) * kMega;
    hardware.clock_source = "CPUID leaf 0x16, base";
    return;
  }
  const std::size_t at = hardware.processor.find("@ ");
  if (at != std::string::npos && hardware.processor.ends_with("GHz")) {
    hardware.clock = NumberAt(hardware.processor, at + 2) * kGiga;
    hardware.clock_source = "the processor's name";
    return;
  }
  const std::string megahertz = CpuInfo("cpu MHz");
  if (megahertz.empty()) return;
  hardware.clock = NumberAt(megahertz, 0) * kMega;
  hardware.clock_source = "/proc/cpuinfo";
}

std::size_t LastCache() {
  for (const int name : {_SC_LEVEL4_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE, _SC_LEVEL2_CACHE_SIZE}) {
    const long bytes = sysconf(name);
    if (bytes > 0) return static_cast<std::size_t>(bytes);
  }
  return 0;
}

std::size_t AvailableMemory() {
  std::ifstream file("/proc/meminfo");
  for (std::string word; file >> word;) {
    std::size_t kibibytes = 0;
    if (word == "MemAvailable:" && file >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

}  // namespace

Hardware DescribeHardware() {
  Hardware hardware;
  hardware.processor = CpuInfo("model name");
  hardware.cores = Cores();
  FindClock(hardware);
  hardware.last_cache = LastCache();
  hardware.available_memory =
      std::min<std::size_t>(AvailableMemory(), TightestMemoryLimit().room());
  double load[1] = {0};
  if (getloadavg(load, 1) == 1) hardware.load = load[0];
  return hardware;
}

}  // namespace normlab
