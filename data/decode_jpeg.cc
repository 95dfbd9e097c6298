#include "data/decode_jpeg.h"

#include <fmt/format.h>

// jpeglib.h needs FILE, and jerror.h needs jpeglib.h.
#include <cstdio>
// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <csetjmp>
#include <string_view>

#include "base/error.h"

namespace normlab {
namespace {

// Every scan of a progressive file goes over the whole image again, and costs the file a few bytes:
// a small file could keep the decoder busy for hours. Encoders write about ten.
constexpr int kMostScans = 100;

// PIL's MULDIV255: a * b / 255, rounded.
int MultiplyShares(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

// What libjpeg stops at, where it tells more than that the file is damaged.
std::string OwnWords(const jpeg_common_struct& info) {
  switch (info.err->msg_code) {
    case JWRN_JPEG_EOF:
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY:
      return "the file ends early";
    case JERR_BAD_PRECISION:
      return fmt::format("precision {}, where 8 bits are read", info.err->msg_parm.i[0]);
    case JERR_SOF_UNSUPPORTED:
      return "its kind of compression is not read";
    default:
      return "";
  }
}

// libjpeg leaves by longjmp, which runs no destructor: between a setjmp and the calls below it
// there are pointers and numbers only, and what owns memory lives in the caller.
class JpegReader {
 public:
  explicit JpegReader(std::string_view bytes) : bytes_(bytes) {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = OnError;
    errors_.emit_message = OnMessage;
    progress_.progress_monitor = OnProgress;
    info_.client_data = this;
  }
  ~JpegReader() { jpeg_destroy_decompress(&info_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  // All return false when libjpeg refused the file; message() says why.
  bool ReadHeader();
  // `row` holds width() * components() values; `planes` is [channel][row][column].
  bool ReadRows(std::uint8_t* row, std::uint8_t* planes);

  int width() const { return static_cast<int>(info_.image_width); }
  int height() const { return static_cast<int>(info_.image_height); }
  int components() const { return components_; }  // 1: grey, 3: colour, 4: CMYK
  int channels() const { return components_ == 1 ? 1 : 3; }
  const char* message() const { return message_; }

 private:
  static void OnError(j_common_ptr info) {
    auto* reader = static_cast<JpegReader*>(info->client_data);
    std::snprintf(reader->message_, sizeof reader->message_, "%s", OwnWords(*info).c_str());
    std::longjmp(reader->escape_, 1);
  }
  // What libjpeg only warns of is mostly data that it made up: a file cut in the middle would be
  // grey below the cut. The three here leave every pixel as it should be.
  static void OnMessage(j_common_ptr info, int level) {
    if (level >= 0) return;
    const int code = info->err->msg_code;
    if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;
    OnError(info);
  }
  static void OnProgress(j_common_ptr info) {
    auto* reader = static_cast<JpegReader*>(info->client_data);
    if (reader->info_.input_scan_number <= kMostScans) return;
    std::snprintf(reader->message_, sizeof reader->message_, "more than %d scans", kMostScans);
    std::longjmp(reader->escape_, 1);
  }

  void ScatterRow(const std::uint8_t* row, std::uint8_t* planes) const;

  std::string_view bytes_;
  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf escape_;
  int components_ = 0;
  char message_[80] = "";
};

bool JpegReader::ReadHeader() {
  if (setjmp(escape_)) return false;
  jpeg_create_decompress(&info_);
  info_.progress = &progress_;
  jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size());
  jpeg_read_header(&info_, TRUE);
  switch (info_.jpeg_color_space) {
    case JCS_GRAYSCALE:
      components_ = 1;
      info_.out_color_space = JCS_GRAYSCALE;
      return true;
    case JCS_YCbCr:
    case JCS_RGB:
      components_ = 3;
      info_.out_color_space = JCS_RGB;
      return true;
    case JCS_CMYK:
    case JCS_YCCK:
      components_ = 4;
      info_.out_color_space = JCS_CMYK;
      return true;
    default:
      std::snprintf(message_, sizeof message_, "%d components of no known meaning",
                    info_.num_components);
      return false;
  }
}

void JpegReader::ScatterRow(const std::uint8_t* row, std::uint8_t* planes) const {
  const std::size_t width = info_.image_width;
  const std::size_t pixels = width * info_.image_height;
  for (std::size_t x = 0; x < width; ++x, row += components_) {
    if (components_ != 4) {
      for (int c = 0; c < components_; ++c) planes[c * pixels + x] = row[c];
      continue;
    }
    // Inverted inks: row[3] is what black leaves of white.
    for (int c = 0; c < 3; ++c) {
      planes[c * pixels + x] =
          static_cast<std::uint8_t>(std::max(0, row[3] - MultiplyShares(255 - row[c], row[3])));
    }
  }
}

bool JpegReader::ReadRows(std::uint8_t* row, std::uint8_t* planes) {
  if (setjmp(escape_)) return false;
  jpeg_start_decompress(&info_);
  while (info_.output_scanline < info_.output_height) {
    const std::size_t y = info_.output_scanline;
    JSAMPROW rows[1] = {row};
    jpeg_read_scanlines(&info_, rows, 1);
    ScatterRow(row, planes + y * info_.image_width);
  }
  jpeg_finish_decompress(&info_);  // reads to the end: what is missing there is missing
  return true;
}

[[noreturn]] void Refuse(const JpegReader& reader, const std::string& path) {
  const std::string detail = reader.message();
  throw DataError(
      fmt::format("{}: expected a whole JPEG image, found it damaged, cut short or of "
                  "an unknown kind{}; save it anew from its source, or take it away",
                  path, detail.empty() ? "" : ": " + detail));
}

}  // namespace

Image DecodeJpeg(std::string_view bytes, const std::string& path) {
  JpegReader reader(bytes);
  if (!reader.ReadHeader()) Refuse(reader, path);
  CheckImageSize(reader.width(), reader.height(), path);
  Image image{{reader.channels(), reader.height(), reader.width()}, {}};
  image.pixels.resize(image.shape.size());
  std::vector<std::uint8_t> row(static_cast<std::size_t>(reader.width()) * reader.components());
  if (!reader.ReadRows(row.data(), image.pixels.data())) Refuse(reader, path);
  return image;
}

}  // namespace normlab
