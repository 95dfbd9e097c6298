#include "data/decode_png.h"

#include <fmt/format.h>
#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <new>

#include "base/error.h"

namespace normlab {
namespace {

constexpr std::size_t kFirstChunk = 8;  // after the signature: length, "IHDR", width, height
constexpr std::size_t kSizeOffset = kFirstChunk + 8;
constexpr const char* kEndsEarly = "the file ends early";

std::uint32_t BigEndian(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  }
  return value;
}

// libpng leaves by longjmp, which runs no destructor: between a setjmp and the calls below it there
// are pointers and numbers only, and what owns memory lives in the caller.
class PngReader {
 public:
  explicit PngReader(std::string_view bytes) : next_(bytes.data()), left_(bytes.size()) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, OnError, OnWarning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  // Both return false when libpng refused the file; message() says why.
  bool ReadHeader();
  bool ReadRows(png_bytepp rows);

  std::size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  int channels() const { return png_get_channels(png_, info_); }  // an even number: with alpha
  const char* message() const { return message_; }

 private:
  static void OnError(png_structp png, png_const_charp message) {
    auto* reader = static_cast<PngReader*>(png_get_error_ptr(png));
    std::snprintf(reader->message_, sizeof reader->message_, "%s", message);
    png_longjmp(png, 1);
  }
  static void OnWarning(png_structp, png_const_charp) {}
  static void OnRead(png_structp png, png_bytep to, std::size_t count) {
    auto* reader = static_cast<PngReader*>(png_get_io_ptr(png));
    if (count > reader->left_) png_error(png, kEndsEarly);
    std::memcpy(to, reader->next_, count);
    reader->next_ += count;
    reader->left_ -= count;
  }

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  const char* next_;
  std::size_t left_;
  char message_[128] = "";
};

bool PngReader::ReadHeader() {
  if (setjmp(png_jmpbuf(png_))) return false;
  png_set_read_fn(png_, this, OnRead);
  png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // CheckImageSize has the say
  // Text, profiles and gamma are skipped, packed ones among them unpacked by nobody.
  png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  // Also a damaged tRNS is an error: without it another picture would be read.
  png_set_crc_action(png_, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_read_info(png_, info_);
  png_set_expand(png_);  // palettes to colour, less than 8 bits to 8, tRNS to alpha
  png_set_scale_16(png_);
  png_set_interlace_handling(png_);
  png_read_update_info(png_, info_);
  return true;
}

bool PngReader::ReadRows(png_bytepp rows) {
  if (setjmp(png_jmpbuf(png_))) return false;
  png_read_image(png_, rows);
  png_read_end(png_, nullptr);
  return true;
}

std::uint8_t OverWhite(unsigned value, unsigned alpha) {
  return static_cast<std::uint8_t>((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

// From [row][column][channels], alpha last where there is one.
Image ToPlanes(const std::vector<std::uint8_t>& values, int channels, int height, int width) {
  const bool alpha = channels % 2 == 0;
  const int colours = alpha ? channels - 1 : channels;
  Image image{{colours, height, width}, {}};
  image.pixels.resize(image.shape.size());
  const std::size_t pixels = image.shape.pixels();
  for (int c = 0; c < colours; ++c) {
    std::uint8_t* plane = image.pixels.data() + c * pixels;
    const std::uint8_t* value = values.data();
    for (std::size_t i = 0; i < pixels; ++i, value += channels) {
      plane[i] = alpha ? OverWhite(value[c], value[colours]) : value[c];
    }
  }
  return image;
}

[[noreturn]] void Refuse(const PngReader& reader, const std::string& path) {
  const bool early = std::strcmp(reader.message(), kEndsEarly) == 0;  // else libpng's words
  throw DataError(fmt::format(
      "{}: expected a whole PNG image, found it damaged or cut short{}; save it anew from its "
      "source, or take it away",
      path, early ? fmt::format(": {}", kEndsEarly) : ""));
}

}  // namespace

Image DecodePng(std::string_view bytes, const std::string& path) {
  if (bytes.size() < kSizeOffset + 8) {
    throw DataError(
        fmt::format("{}: expected a whole PNG image, found only {} bytes of one; get it "
                    "again, or take it away",
                    path, bytes.size()));
  }
  // Where libpng will find it as well: the first chunk must be IHDR.
  const std::uint32_t width = BigEndian(bytes, kSizeOffset);
  const std::uint32_t height = BigEndian(bytes, kSizeOffset + 4);
  CheckImageSize(width, height, path);
  PngReader reader(bytes);
  if (!reader.ReadHeader()) Refuse(reader, path);
  const std::size_t row_bytes = reader.row_bytes();
  std::vector<std::uint8_t> values(row_bytes * height);
  std::vector<png_bytep> rows(height);
  for (std::size_t y = 0; y < height; ++y) rows[y] = values.data() + y * row_bytes;
  if (!reader.ReadRows(rows.data())) Refuse(reader, path);
  return ToPlanes(values, reader.channels(), static_cast<int>(height), static_cast<int>(width));
}

}  // namespace normlab
