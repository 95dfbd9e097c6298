// A data set that is read in a moment: `idx:set` in a test's folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "tests/app/program.h"

namespace normlab {

inline std::string IdxWord(unsigned value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

// 40 training and 20 test images of 8 x 8 and two classes.
inline void WriteSmallIdx(const std::string& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, count] : {std::pair<const char*, unsigned>{"train", 40}, {"t10k", 20}}) {
    std::string pixels, labels;
    for (unsigned i = 0; i < count; ++i) {
      for (unsigned k = 0; k < 64; ++k) {
        pixels += static_cast<char>((i % 2 == 0 ? k * 3 : 255 - k * 2) + i * 7 % 31);
      }
      labels += static_cast<char>(i % 2);
    }
    WriteFile(folder + "/" + name + "-images-idx3-ubyte",
              IdxWord(0x803) + IdxWord(count) + IdxWord(8) + IdxWord(8) + pixels);
    WriteFile(folder + "/" + name + "-labels-idx1-ubyte", IdxWord(0x801) + IdxWord(count) + labels);
  }
}

// A run of one small network on it.
inline std::vector<std::string> SmallRun(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"run",   "fashion",         "--norms",   "batch",
                                        "--set", "dataset=idx:set", "--set",     "model=C2 GAP c2!",
                                        "--set", "validation=0",    "--set",     "augment=none",
                                        "--set", "batch_size=20",   "--threads", "1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace normlab
