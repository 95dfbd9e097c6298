#include "images.h"

#include <gtest/gtest.h>
#include <png.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
// clang-format off
#include <jpeglib.h>
// clang-format on

#include "base/file.h"

namespace normlab {
namespace {

class GoldenReader {
 public:
  explicit GoldenReader(const char* name)
      : bytes_(ReadFile(std::string(NORMLAB_TEST_DIR "/data/golden/") + name)) {
    if (Take(8) != "NLIMG001") throw std::runtime_error("not a golden of images");
  }

  std::string Take(std::size_t count) {
    if (bytes_.size() - next_ < count) throw std::runtime_error("golden ends early");
    next_ += count;
    return bytes_.substr(next_ - count, count);
  }
  std::uint32_t Number() {
    const std::string bytes = Take(4);
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data(), 4);
    return number;
  }
  std::string Text() { return Take(Number()); }
  Image Picture() {
    Image image;
    image.shape.channels = static_cast<int>(Number());
    image.shape.height = static_cast<int>(Number());
    image.shape.width = static_cast<int>(Number());
    const std::string pixels = Take(image.shape.size());
    image.pixels.assign(pixels.begin(), pixels.end());
    return image;
  }

 private:
  std::string bytes_;
  std::size_t next_ = 0;
};

std::string SeparateScans() {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_width = info.image_height = 16;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_scan_info scans[3] = {};
  for (int i = 0; i < 3; ++i) scans[i] = {1, {i}, 0, 63, 0, 0};
  info.scan_info = scans;
  info.num_scans = 3;
  jpeg_start_compress(&info, TRUE);
  std::vector<JSAMPLE> row(16 * 3, 100);
  JSAMPROW rows[1] = {row.data()};
  while (info.next_scanline < info.image_height) jpeg_write_scanlines(&info, rows, 1);
  jpeg_finish_compress(&info);
  std::string file(reinterpret_cast<char*>(buffer), size);
  jpeg_destroy_compress(&info);
  std::free(buffer);
  return file;
}

}  // namespace

std::vector<DecodedGolden> DecodedGoldens() {
  GoldenReader reader("decoded.bin");
  std::vector<DecodedGolden> goldens(reader.Number());
  for (DecodedGolden& golden : goldens) {
    golden.name = reader.Text();
    golden.file = reader.Text();
    golden.image = reader.Picture();
  }
  return goldens;
}

std::string GoldenFile(const std::string& part) {
  for (const DecodedGolden& golden : DecodedGoldens()) {
    if (golden.name.find(part) != std::string::npos) return golden.file;
  }
  throw std::runtime_error("no golden is called " + part);
}

std::vector<FittedGolden> FittedGoldens() {
  GoldenReader reader("fitted.bin");
  std::vector<FittedGolden> goldens(reader.Number());
  for (FittedGolden& golden : goldens) {
    golden.image = reader.Picture();
    golden.fitted = reader.Picture();
  }
  return goldens;
}

std::string ManyScans(int repeats) {
  const std::string file = SeparateScans();
  const std::size_t last = file.rfind("\xff\xda");
  const std::string scan = file.substr(last, file.size() - 2 - last);
  std::string many = file.substr(0, last);
  for (int i = 0; i < repeats; ++i) many += scan;
  return many + "\xff\xd9";
}

std::string WithFittingChecksums(std::string png) {
  std::size_t chunk = 8;
  while (chunk + 12 <= png.size()) {
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      length = length << 8 | static_cast<unsigned char>(png[chunk + i]);
    }
    if (length > png.size() - chunk - 12) break;
    const auto* named = reinterpret_cast<const Bytef*>(png.data() + chunk + 4);
    const uLong checksum = crc32(0, named, length + 4);
    for (std::size_t i = 0; i < 4; ++i) {
      png[chunk + 8 + length + i] = static_cast<char>(checksum >> (24 - 8 * i));
    }
    chunk += std::size_t{12} + length;
  }
  return png;
}

std::string FlatPng(int width, int height, std::uint8_t value) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(width);
  header.height = static_cast<png_uint_32>(height);
  header.format = PNG_FORMAT_GRAY;
  const std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) * height, value);
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::string file(size, '\0');
  EXPECT_TRUE(png_image_write_to_memory(&header, file.data(), &size, 0, pixels.data(), 0, nullptr));
  file.resize(size);
  return file;
}

}  // namespace normlab
