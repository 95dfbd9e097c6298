// What every pass brings back: the log-probabilities and what operations observed, of all models in
// one buffer, and one read for all that have a pass.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "base/at.h"
#include "engine/opencl/command.h"
#include "engine/opencl/device_queue.h"

namespace normlab::opencl {

class PassResults {
 public:
  // A model's results begin with so many floats.
  PassResults(DeviceQueue& queue, std::size_t floats, int capacity)
      : queue_(queue), floats_(floats), capacity_(At(capacity)) {}

  // Where `floats` more begin.
  std::size_t Add(std::size_t floats) {
    floats_ += floats;
    return floats_ - floats;
  }
  // After all were added.
  void Allocate() { buffer_ = queue_.Allocate(floats_ * capacity_ * sizeof(float)); }

  // `vector`: floats of an element.
  Bound BoundOf(std::size_t first, int vector) const {
    return {buffer_, static_cast<int>(first) / vector, static_cast<int>(floats_) / vector};
  }

  void Fetch(const std::vector<int>& models) {
    const auto [least, most] = std::ranges::minmax(models);
    first_ = least;
    fetched_.resize(At(most - least + 1) * floats_);
    queue_.Read(buffer_, fetched_.data(), fetched_.size() * sizeof(float),
                At(least) * floats_ * sizeof(float));
  }
  // As they were fetched.
  std::span<const float> Of(int model) const {
    return std::span(fetched_).subspan(At(model - first_) * floats_, floats_);
  }

 private:
  DeviceQueue& queue_;
  std::size_t floats_, capacity_;
  int buffer_ = -1, first_ = 0;
  std::vector<float> fetched_;
};

}  // namespace normlab::opencl
