#include <fmt/format.h>

#include "base/error.h"
#include "data/cifar.h"
#include "data/labels.h"

namespace normlab {

void AppendCifarBinary(std::string_view bytes, const std::string& path, Split& split) {
  if (bytes.empty() || bytes.size() % kCifarRecord != 0) {
    throw DataError(
        fmt::format("{}: expected whole records of {} bytes (30730000 bytes in the "
                    "published files), found {} bytes, {} of them after the last whole "
                    "record; get the file again",
                    path, kCifarRecord, bytes.size(), bytes.size() % kCifarRecord));
  }
  for (std::size_t offset = 0; offset < bytes.size(); offset += kCifarRecord) {
    const std::string_view record = bytes.substr(offset, kCifarRecord);
    const auto label = static_cast<unsigned char>(record[0]);
    CheckLabel(label, kCifarClasses, path, offset);
    split.labels.push_back(label);
    split.pixels.insert(split.pixels.end(), record.begin() + 1, record.end());
  }
}

}  // namespace normlab
