#include "data/fit_image.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

namespace normlab {
namespace {

// PIL's Resample.c: 8 bits of value, 2 of headroom, the rest of 32 for the weights.
constexpr int kPrecisionBits = 32 - 8 - 2;

// One axis of the picture: `input` values become `scaled`, of which those from `first` on are kept.
struct Axis {
  std::int64_t input = 0;
  std::int64_t scaled = 0;
  std::int64_t first = 0;
  std::int64_t kept = 0;
};

// Which inputs enter one output, and with which weights.
struct Taps {
  std::int64_t first = 0;
  std::vector<std::int32_t> weights;  // add up to 2^kPrecisionBits but for rounding
};

// Python's round of half an integer.
std::int64_t HalfToEven(std::int64_t doubled) {
  const std::int64_t low = doubled / 2;
  return doubled % 2 != 0 && low % 2 != 0 ? low + 1 : low;
}

void SetCenterCrop(std::int64_t kept, Axis& axis) {
  axis.kept = kept;
  axis.first = HalfToEven(axis.scaled - kept);
}

void PlaceAxes(const Shape& from, const Shape& to, Axis& columns, Axis& rows) {
  const std::int64_t width = from.width, height = from.height;
  columns.input = width;
  rows.input = height;
  if (width * to.height <= height * to.width) {
    columns.scaled = to.width;
    rows.scaled = to.width * height / width;
  } else {
    rows.scaled = to.height;
    columns.scaled = to.height * width / height;
  }
  SetCenterCrop(to.width, columns);
  SetCenterCrop(to.height, rows);
}

// PIL's precompute_coeffs and normalize_coeffs_8bpc for one output, in its order of operations.
Taps TapsOf(const Axis& axis, std::int64_t output) {
  const double scale = static_cast<double>(axis.input) / static_cast<double>(axis.scaled);
  const double support = std::max(scale, 1.0);  // the filter's is 1
  const double center = (static_cast<double>(output) + 0.5) * scale;
  Taps taps;
  taps.first = std::max<std::int64_t>(0, static_cast<std::int64_t>(center - support + 0.5));
  const std::int64_t end = std::min(axis.input, static_cast<std::int64_t>(center + support + 0.5));
  const double inverse = 1.0 / support;
  const auto triangle = [&](std::int64_t i) {
    const double x = std::abs((static_cast<double>(i) - center + 0.5) * inverse);
    return x < 1.0 ? 1.0 - x : 0.0;
  };
  double sum = 0;
  for (std::int64_t i = taps.first; i < end; ++i) sum += triangle(i);
  for (std::int64_t i = taps.first; i < end; ++i) {
    const double weight = sum != 0.0 ? triangle(i) / sum : triangle(i);
    taps.weights.push_back(static_cast<std::int32_t>(0.5 + weight * (1 << kPrecisionBits)));
  }
  return taps;
}

// values[i * stride] for the taps' inputs i, counted from `values`.
std::uint8_t Weigh(const Taps& taps, const std::uint8_t* values, std::size_t stride) {
  std::int32_t sum = 1 << (kPrecisionBits - 1);
  for (const std::int32_t weight : taps.weights) {
    sum += *values * weight;
    values += stride;
  }
  return static_cast<std::uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

// The rows that the kept rows draw from, [row][kept column]; one output column at a time, since the
// taps of a picture of millions of columns are long.
std::vector<std::uint8_t> ScaleRows(const std::uint8_t* plane, const Axis& columns,
                                    std::int64_t first_row, std::int64_t rows) {
  std::vector<std::uint8_t> scaled(static_cast<std::size_t>(rows * columns.kept));
  for (std::int64_t x = 0; x < columns.kept; ++x) {
    const Taps taps = TapsOf(columns, columns.first + x);
    for (std::int64_t y = 0; y < rows; ++y) {
      const std::uint8_t* row = plane + (first_row + y) * columns.input;
      scaled[static_cast<std::size_t>(y * columns.kept + x)] = Weigh(taps, row + taps.first, 1);
    }
  }
  return scaled;
}

// `rows` begins with the picture's row first_row.
void ScaleColumns(const std::vector<std::uint8_t>& rows, const Axis& axis, std::int64_t first_row,
                  std::int64_t width, std::uint8_t* plane) {
  for (std::int64_t y = 0; y < axis.kept; ++y) {
    const Taps taps = TapsOf(axis, axis.first + y);
    const std::uint8_t* values = rows.data() + (taps.first - first_row) * width;
    for (std::int64_t x = 0; x < width; ++x) {
      plane[y * width + x] = Weigh(taps, values + x, static_cast<std::size_t>(width));
    }
  }
}

void FitPlane(const std::uint8_t* plane, const Axis& columns, const Axis& rows,
              std::uint8_t* fitted) {
  const Taps last = TapsOf(rows, rows.first + rows.kept - 1);
  const std::int64_t first_row = TapsOf(rows, rows.first).first;
  const std::int64_t end_row = last.first + static_cast<std::int64_t>(last.weights.size());
  ScaleColumns(ScaleRows(plane, columns, first_row, end_row - first_row), rows, first_row,
               columns.kept, fitted);
}

std::vector<std::uint8_t> ToGrey(const Image& image) {
  const std::size_t pixels = image.shape.pixels();
  const std::uint8_t* red = image.pixels.data();
  const std::uint8_t *green = red + pixels, *blue = green + pixels;
  std::vector<std::uint8_t> grey(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    grey[i] = static_cast<std::uint8_t>(
        (19595u * red[i] + 38470u * green[i] + 7471u * blue[i] + 32768u) >> 16);
  }
  return grey;
}

}  // namespace

Image FitImage(const Image& image, Shape target) {
  assert(image.shape.channels == 1 || image.shape.channels == 3);
  assert(target.channels == 1 || target.channels == 3);
  assert(image.pixels.size() == image.shape.size() && !image.pixels.empty());
  assert(target.pixels() > 0);
  const bool to_grey = image.shape.channels == 3 && target.channels == 1;
  const std::vector<std::uint8_t> grey = to_grey ? ToGrey(image) : std::vector<std::uint8_t>();
  const std::vector<std::uint8_t>& planes = to_grey ? grey : image.pixels;
  const int channels = std::min(image.shape.channels, target.channels);
  Axis columns, rows;
  PlaceAxes(image.shape, target, columns, rows);
  Image fitted{target, std::vector<std::uint8_t>(target.size())};
  for (int c = 0; c < channels; ++c) {
    FitPlane(planes.data() + c * image.shape.pixels(), columns, rows,
             fitted.pixels.data() + c * target.pixels());
  }
  for (int c = channels; c < target.channels; ++c) {
    std::copy_n(fitted.pixels.begin(), target.pixels(),
                fitted.pixels.begin() + static_cast<std::ptrdiff_t>(c * target.pixels()));
  }
  return fitted;
}

}  // namespace normlab
