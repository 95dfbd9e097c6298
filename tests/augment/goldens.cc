#include "goldens.h"

#include <cstring>
#include <stdexcept>
#include <string>

#include "base/file.h"

namespace normlab {
namespace {

class Bytes {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}

  template <typename T>
  T Read() {
    T value;
    std::memcpy(&value, Take(sizeof(T)), sizeof(T));
    return value;
  }
  std::vector<std::uint8_t> ReadPixels(std::size_t count) {
    const char* pixels = Take(count);
    return {pixels, pixels + count};
  }
  void ExpectEnd() const {
    if (position_ != bytes_.size()) throw std::runtime_error("goldens.bin: bytes are left over");
  }

 private:
  const char* Take(std::size_t count) {
    if (bytes_.size() - position_ < count) throw std::runtime_error("goldens.bin ends early");
    position_ += count;
    return bytes_.data() + position_ - count;
  }

  std::string bytes_;
  std::size_t position_ = 0;
};

Goldens ReadGoldens() {
  Bytes bytes(ReadFile(std::string(NORMLAB_TEST_DIR) + "/augment/goldens.bin"));
  if (bytes.Read<std::array<char, 8>>() !=
      std::to_array({'N', 'L', 'A', 'U', 'G', '0', '0', '1'})) {
    throw std::runtime_error("goldens.bin: wrong magic");
  }
  Goldens goldens;
  goldens.images.resize(bytes.Read<std::uint32_t>());
  for (GoldenImage& image : goldens.images) {
    for (int* size : {&image.shape.channels, &image.shape.height, &image.shape.width}) {
      *size = static_cast<int>(bytes.Read<std::uint32_t>());
    }
    image.pixels = bytes.ReadPixels(image.shape.size());
  }
  goldens.cases.resize(bytes.Read<std::uint32_t>());
  for (GoldenCase& golden : goldens.cases) {
    golden.kind = bytes.Read<GoldenKind>();
    golden.image = bytes.Read<std::uint32_t>();
    golden.parameters = bytes.Read<std::array<double, 17>>();
    golden.result = bytes.ReadPixels(goldens.images.at(golden.image).shape.size());
  }
  bytes.ExpectEnd();
  return goldens;
}

}  // namespace

const Goldens& AllGoldens() {
  static const Goldens goldens = ReadGoldens();
  return goldens;
}

}  // namespace normlab
