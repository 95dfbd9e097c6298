#include "data/gunzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/regular_file.h"
#include "base/system_advice.h"

namespace normlab {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18;

class Inflater {
 public:
  explicit Inflater(std::string_view bytes) {
    // zlib counts input in 32 bits; callers stay below kLargestFile.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    if (inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK) throw RunError("zlib cannot start");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // zlib's status; appends what came out.
  int Next(std::vector<char>& chunk, std::string& content) {
    stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream_.avail_out = static_cast<uInt>(chunk.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    content.append(chunk.data(), chunk.size() - stream_.avail_out);
    return status;
  }
  void NextMember() { inflateReset(&stream_); }

  std::string_view rest() const {
    return {reinterpret_cast<const char*>(stream_.next_in), stream_.avail_in};
  }

 private:
  z_stream stream_{};
};

bool OnlyZeros(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

void CheckSize(std::uintmax_t size, const std::string& path) {
  if (size <= kLargestFile) return;
  throw DataError(
      fmt::format("{}: expected at most {} bytes, found {}; it is not one of the data "
                  "sets' files",
                  path, kLargestFile, size));
}

void CheckNextMember(std::string_view rest, std::size_t size, const std::string& path) {
  if (IsGzip(rest)) return;
  throw DataError(
      fmt::format("{}: expected the end or more gzip data at byte {}, found {} other "
                  "bytes; get the file again",
                  path, size - rest.size(), rest.size()));
}

}  // namespace

bool IsGzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

std::string Gunzip(std::string_view bytes, const std::string& path, std::size_t limit) {
  CheckSize(bytes.size(), path);
  Inflater inflater(bytes);
  std::vector<char> chunk(kChunk);
  std::string content;
  while (true) {
    const int status = inflater.Next(chunk, content);
    if (content.size() > limit) {
      throw DataError(
          fmt::format("{}: expected at most {} bytes after gunzip, found more; it is "
                      "not one of the data sets' files",
                      path, limit));
    }
    if (status == Z_STREAM_END) {
      if (OnlyZeros(inflater.rest())) return content;
      CheckNextMember(inflater.rest(), bytes.size(), path);
      inflater.NextMember();
    } else if (status == Z_BUF_ERROR) {  // no input is left, and no output is pending
      throw DataError(
          fmt::format("{}: the gzip data ends early, after {} bytes ({} unpacked); get "
                      "the file again",
                      path, bytes.size(), content.size()));
    } else if (status != Z_OK) {
      throw DataError(fmt::format("{}: the gzip data is damaged near byte {}; get the file again",
                                  path, bytes.size() - inflater.rest().size()));
    }
  }
}

std::string ReadWholeFile(const std::string& path) {
  std::error_code status;
  const std::uintmax_t size = std::filesystem::file_size(path, status);
  if (!status) CheckSize(size, path);
  return ReadFile(path);
}

std::string ReadStart(const std::string& path, std::size_t count) {
  struct Closer {
    void operator()(gzFile_s* file) const { gzclose(file); }
  };
  if (const std::string what = NotRegularAt(path); !what.empty()) {
    throw DataError(fmt::format("cannot read {}: it is {}, not a regular file", path, what));
  }
  errno = 0;
  const std::unique_ptr<gzFile_s, Closer> file(gzopen(path.c_str(), "rb"));
  if (!file) throw DataError(fmt::format("cannot read {}: {}", path, SystemReason(errno)));
  std::string bytes(count, '\0');
  const int read = gzread(file.get(), bytes.data(), static_cast<unsigned>(count));
  if (read < 0) {
    int status = 0;
    throw DataError(fmt::format("{}: cannot read its first {} bytes: {}", path, count,
                                gzerror(file.get(), &status)));
  }
  bytes.resize(static_cast<std::size_t>(read));
  return bytes;
}

std::string ReadMaybeGzip(const std::string& path) {
  std::string bytes = ReadWholeFile(path);
  return IsGzip(bytes) ? Gunzip(bytes, path) : bytes;
}

}  // namespace normlab
