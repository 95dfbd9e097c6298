#include "app/out_of_memory.h"

#include <fmt/format.h>

#include <exception>

#include "base/memory_limits.h"

namespace normlab {
namespace {

const char* WhatNeedsLess(const std::string& command) {
  if (command == "run") return "a smaller batch_size or fewer --jobs need less; ";
  if (command == "bench" || command == "evaluate") return "a smaller --batch needs less; ";
  return "";
}

std::string Limit() {
  try {
    const MemoryLimit limit = TightestMemoryLimit();
    return fmt::format(" ({} allows {})", limit.source,
                       MemoryText(static_cast<double>(limit.bytes)));
  } catch (const std::exception&) {  // nor is there enough to ask
    return "";
  }
}

}  // namespace

std::string OutOfMemory(const std::string& command) {
  return fmt::format(
      "out of memory{}: {}give the program more memory; normlab doctor tells how much "
      "there is",
      Limit(), WhatNeedsLess(command));
}

}  // namespace normlab
