#include "summary/words.h"

#include <fmt/format.h>

#include "base/text.h"

namespace normlab {

std::string Megabytes(std::uint64_t bytes) { return Millions(bytes); }

std::string Millions(std::uint64_t number) {
  const auto hundredths = (number + 5000) / 10000;
  return fmt::format("{}.{:02}", WithCommas(hundredths / 100), hundredths % 100);
}

const char* ReachName(Reach reach) {
  switch (reach) {
    case Reach::kField:
      return "receptive field";
    case Reach::kImage:
      return "image";
    case Reach::kBatch:
      return "batch";
  }
  return "";
}

std::string PixelsText(std::int64_t rows, std::int64_t columns) {
  return rows == columns ? fmt::format("{}", rows) : fmt::format("{}x{}", rows, columns);
}

}  // namespace normlab
