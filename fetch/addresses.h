// Where the data sets are published: the one table of addresses.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace normlab {

struct PublishedDownload {
  std::string_view name;   // follows an address
  std::uint64_t size = 0;  // bytes, as the publisher serves it
  std::uint64_t raw = 0;   // bytes of the content after gunzip; of an archive its members'
  // Of an archive as the publisher packed it, which saves unpacking it; empty: the content decides.
  std::string_view packed_sha256 = "";
  // Mirrors may have packed the same content anew: whatever the packing, beyond this it is not it.
  std::uint64_t largest() const { return raw + raw / 64 + 65536; }
};

struct DownloadSource {
  std::string_view dataset;
  std::string_view folder;  // below the target, and below a --mirror; "" is the target itself
  std::vector<std::string_view> addresses;  // http or https, ending in '/'; the publisher's first
  std::vector<PublishedDownload> files;
  std::string_view otherwise;  // another way to the files; may be empty
};

const std::vector<DownloadSource>& DownloadSources();

// Throws UsageError when the set is known but published nowhere that normlab knows of. Requires a
// name that FindDatasetInfo knows.
const DownloadSource& FindDownloadSource(std::string_view dataset);

}  // namespace normlab
