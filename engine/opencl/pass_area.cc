#include "engine/opencl/pass_area.h"

#include <algorithm>

#include "base/at.h"
#include "engine/opencl/whole_vectors.h"

namespace normlab::opencl {

PassArea::PassArea(DeviceQueue& queue, const Sizes& sizes, int capacity)
    : queue_(queue), models_(WholeVectors(At(capacity))), parts_{} {
  for (std::size_t part = 0; part < kParts; ++part) {
    parts_[part + 1] = parts_[part] + WholeVectors(sizes[part]);
  }
  words_.assign(FirstOf(capacity), 0);
  buffer_ = queue_.Allocate(words_.size() * sizeof(words_[0]));
}

std::size_t PassArea::FirstOf(int model) const { return models_ + At(model) * parts_[kParts]; }

Bound PassArea::BoundOf(Part part, int vector) const {
  return {buffer_, static_cast<int>(models_ + parts_[part]) / vector,
          static_cast<int>(parts_[kParts]) / vector};
}

void PassArea::Write(const std::vector<int>& models) {
  std::ranges::transform(models, words_.begin(),
                         [](int model) { return static_cast<std::uint32_t>(model); });
  const std::size_t end = FirstOf(std::ranges::max(models) + 1);
  queue_.Write(buffer_, words_.data(), end * sizeof(words_[0]));
}

}  // namespace normlab::opencl
