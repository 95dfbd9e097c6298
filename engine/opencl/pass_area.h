// What every pass hands over that is small: an area for each model of a stack, all of them in one
// buffer, and one write for all that have a pass.
#pragma once

#include <array>
#include <cassert>
#include <cstring>
#include <span>
#include <vector>

#include "engine/opencl/command.h"
#include "engine/opencl/device_queue.h"

namespace normlab::opencl {

class PassArea {
 public:
  enum Part { kWords, kIds, kTarget, kImages, kStates, kParts };
  using Sizes = std::array<std::size_t, kParts>;

  // `sizes`: of the parts of a model, in words of 32 bits.
  PassArea(DeviceQueue& queue, const Sizes& sizes, int capacity);

  // It begins with the numbers of the models that a pass is for: MakeCommand's `models`.
  int buffer() const { return buffer_; }
  // `vector`: words of an element.
  Bound BoundOf(Part part, int vector = 1) const;

  // An empty one is left as it is.
  template <typename T>
  void Set(Part part, int model, std::span<const T> values) {
    static_assert(sizeof(T) == sizeof(std::uint32_t));
    if (values.empty()) return;
    const std::size_t first = FirstOf(model) + parts_[part];
    assert(first + values.size() <= FirstOf(model) + parts_[part + 1]);
    std::memcpy(&words_[first], values.data(), values.size_bytes());
  }
  void Write(const std::vector<int>& models);

 private:
  std::size_t FirstOf(int model) const;

  DeviceQueue& queue_;
  std::size_t models_;                         // where the areas begin
  std::array<std::size_t, kParts + 1> parts_;  // where each begins in an area, and its size
  std::vector<std::uint32_t> words_;           // as the device has them
  int buffer_;
};

}  // namespace normlab::opencl
