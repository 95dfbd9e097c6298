#include "engine/opencl/image_pools.h"

#include <algorithm>

namespace normlab::opencl {

bool PoolFits(const Device& device, std::size_t allocated, std::size_t bytes) {
  const std::size_t half = device.memory / 2;
  return bytes <= device.largest_buffer && bytes <= half && allocated <= half - bytes;
}

int ImagePools::BufferOf(const ImagePool& pool) {
  if (pool.owner.expired()) return -1;
  if (const std::optional<int> found = Find(pool)) return *found;
  const std::lock_guard lock(queue_mutex_);
  const std::optional<int> found = Find(pool);
  return found ? *found : Upload(pool);
}

// An owner is told by its control block, which lives as long as an entry does: nothing that comes
// later has the same one.
std::optional<int> ImagePools::Find(const ImagePool& pool) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    const bool differs =
        entry.owner.owner_before(pool.owner) || pool.owner.owner_before(entry.owner);
    if (!differs) return entry.buffer;
  }
  return std::nullopt;
}

int ImagePools::Upload(const ImagePool& pool) {
  FreeWhatIsGone();
  int buffer = -1;
  if (PoolFits(queue_.device(), queue_.allocated(), pool.pixels.size())) {
    buffer = queue_.Allocate(pool.pixels.size());
    queue_.Write(buffer, pool.pixels.data(), pool.pixels.size());
  }
  const std::lock_guard lock(mutex_);
  entries_.push_back({pool.owner, buffer});
  return buffer;
}

void ImagePools::FreeWhatIsGone() {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) {
    if (!entry.owner.expired()) return false;
    if (entry.buffer >= 0) queue_.Free(entry.buffer);
    return true;
  });
}

}  // namespace normlab::opencl
