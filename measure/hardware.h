// The machine that a measurement runs on.
#pragma once

#include <cstddef>
#include <string>

namespace normlab {

struct Hardware {
  std::string processor;  // empty where the system does not tell
  int cores = 1;          // that this program may use
  double clock = 0;       // Hz as the system states it, not as it is at this moment; 0: not known
  std::string clock_source;
  std::size_t last_cache = 0;        // bytes; 0: not known
  std::size_t available_memory = 0;  // bytes; 0: not known
  double load = 0;                   // average of the last minute
};

Hardware DescribeHardware();

}  // namespace normlab
