#include "base/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"

namespace normlab {
namespace {

using namespace std::string_view_literals;

struct Encoding {
  std::string_view mark;  // the byte-order mark
  std::string_view name;
  std::string_view iconv;
};

// The longer marks first: UTF-16's begins UTF-32's.
constexpr std::array<Encoding, 4> kWideEncodings = {{
    {"\xff\xfe\0\0"sv, "UTF-32, little-endian", "UTF-32LE"},
    {"\0\0\xfe\xff"sv, "UTF-32, big-endian", "UTF-32BE"},
    {"\xff\xfe"sv, "UTF-16, little-endian", "UTF-16LE"},
    {"\xfe\xff"sv, "UTF-16, big-endian", "UTF-16BE"},
}};
constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf"sv;

// Letters, digits and ends of lines have bytes 0 beside them in the wide encodings, at places that
// say which one it is; nullptr where the zeros are too few or elsewhere.
const Encoding* GuessByZeros(std::string_view bytes) {
  bytes = bytes.substr(0, 4096);
  std::array<std::size_t, 4> zeros{};
  for (std::size_t i = 0; i < bytes.size(); ++i) zeros[i % 4] += bytes[i] == '\0';
  const auto [a, b, c, d] = zeros;
  const std::size_t characters = bytes.size() / 4;
  if (characters == 0) return nullptr;
  if (c >= characters && d >= characters && a < c) return kWideEncodings.data();
  if (a >= characters && b >= characters && d < a) return kWideEncodings.data() + 1;
  const std::size_t all = a + b + c + d;
  if (all < 2 || all * 16 < bytes.size()) return nullptr;
  if (a + c == 0) return kWideEncodings.data() + 2;
  return b + d == 0 ? kWideEncodings.data() + 3 : nullptr;
}

[[noreturn]] void RefuseWide(const Encoding& encoding, std::string_view how, std::size_t offset,
                             const std::string& path) {
  throw DataError(
      fmt::format("{}: expected text in UTF-8, found {}, by {} at byte {}; convert it: iconv -f {} "
                  "-t UTF-8",
                  path, encoding.name, how, offset, encoding.iconv));
}

// `offset` is that of the first byte that is no text in UTF-8.
[[noreturn]] void Refuse(std::string_view bytes, std::size_t offset, const std::string& path) {
  if (const Encoding* encoding = GuessByZeros(bytes)) {
    RefuseWide(*encoding, "its bytes 0, the first", bytes.find('\0'), path);
  }
  if (bytes[offset] == '\0') {
    throw DataError(fmt::format(
        "{}: expected text in UTF-8, found a byte 0 at byte {}; is it text?", path, offset));
  }
  throw DataError(fmt::format(
      "{}: expected text in UTF-8, found 0x{:02x} at byte {}, which begins no character "
      "of it; save it as UTF-8",
      path, static_cast<unsigned char>(bytes[offset]), offset));
}

void CheckUtf8(std::string_view bytes, const std::string& path) {
  for (const Encoding& encoding : kWideEncodings) {
    if (bytes.starts_with(encoding.mark)) {
      RefuseWide(encoding, "its byte-order mark", 0, path);
    }
  }
  for (std::size_t offset = 0; offset < bytes.size();) {
    const std::size_t length = Utf8Length(bytes.substr(offset));
    if (length == 0 || bytes[offset] == '\0') Refuse(bytes, offset, path);
    offset += length;
  }
}

std::string WithPlainLineEnds(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != '\r') {
      text += bytes[i];
    } else if (i + 1 == bytes.size() || bytes[i + 1] != '\n') {
      text += '\n';
    }
  }
  return text;
}

}  // namespace

std::string PlainUtf8(std::string_view bytes, const std::string& path) {
  CheckUtf8(bytes, path);
  while (bytes.starts_with(kUtf8Mark)) bytes.remove_prefix(kUtf8Mark.size());
  return WithPlainLineEnds(bytes);
}

std::string ReadTextFile(const std::string& path) { return PlainUtf8(ReadFile(path), path); }

}  // namespace normlab
