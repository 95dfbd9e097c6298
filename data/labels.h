// The one check that every format makes of every label.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "base/error.h"

namespace normlab {

// `offset` is the label's place in the raw bytes of `path`.
inline void CheckLabel(std::int64_t label, int classes, const std::string& path,
                       std::size_t offset) {
  if (label >= 0 && label < classes) return;
  throw DataError(
      fmt::format("{}: expected a label of 0 to {} at byte {}, found {}; the file is "
                  "damaged or not of this data set",
                  path, classes - 1, offset, label));
}

}  // namespace normlab
