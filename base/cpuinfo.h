// What Linux tells of the processor.
#pragma once

#include <string>
#include <string_view>

namespace normlab {

// The first value of a key of /proc/cpuinfo, such as "model name"; empty where there is none.
std::string CpuInfo(std::string_view key);

}  // namespace normlab
