// What torchvision made of given images with given parameters: goldens.bin, see make_goldens.py.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/shape.h"

namespace normlab {

enum class GoldenKind : std::uint32_t {
  kFlip,
  kShift,
  kRotation,
  kAffine,
  kJitter,
  kSeedPipeline,
  kReflected,
  kErased,
  kCutOut,
  kTone
};
inline constexpr int kGoldenKinds = 10;

struct GoldenImage {
  Shape shape;
  std::vector<std::uint8_t> pixels;
};

struct GoldenCase {
  GoldenKind kind;
  std::uint32_t image;
  std::array<double, 17> parameters;
  std::vector<std::uint8_t> result;
};

struct Goldens {
  std::vector<GoldenImage> images;
  std::vector<GoldenCase> cases;
};

const Goldens& AllGoldens();

}  // namespace normlab
