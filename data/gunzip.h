// Files that may be compressed with gzip (RFC 1952), whatever they are called.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace normlab {

// No file of the published sets comes near; beyond it a file is not one of them, and reading it
// would only fill the memory.
inline constexpr std::size_t kLargestFile = std::size_t{1} << 30;

// True when the bytes start with gzip's mark 1f 8b.
bool IsGzip(std::string_view bytes);

// All members, one after the other; zero bytes may follow the last one. Throws DataError naming
// `path` when a member ends early, is damaged or is followed by something else, or when the content
// exceeds `limit` bytes.
std::string Gunzip(std::string_view bytes, const std::string& path,
                   std::size_t limit = kLargestFile);

// The file's content, after gunzip when it is gzip. Refuses files above kLargestFile unread.
std::string ReadMaybeGzip(const std::string& path);

// The first `count` bytes of the content, fewer where it is shorter; no more is read or unpacked.
std::string ReadStart(const std::string& path, std::size_t count);

// The file as it is. Refuses files above kLargestFile unread.
std::string ReadWholeFile(const std::string& path);

}  // namespace normlab
