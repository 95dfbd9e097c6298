// Splits that lie on a device: each is uploaded once, when a pass first takes images of it, and
// freed after its owner is gone. Passes of any number of models read it.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "engine/opencl/device_queue.h"
#include "operations/byte_images.h"

namespace normlab::opencl {

// The rule: with it, half of the device's memory at most is taken by what this process has there,
// `allocated` before it, and it is no larger than the device's largest buffer.
bool PoolFits(const Device& device, std::size_t allocated, std::size_t bytes);

class ImagePools {
 public:
  // `queue_mutex` is held by whoever uses the queue.
  ImagePools(DeviceQueue& queue, std::mutex& queue_mutex)
      : queue_(queue), queue_mutex_(queue_mutex) {}

  // A buffer with the pool's pixels; -1 where it does not fit, or has no owner. Of the same pool
  // always the same.
  int BufferOf(const ImagePool& pool);

 private:
  struct Entry {
    std::weak_ptr<const void> owner;
    int buffer;
  };
  std::optional<int> Find(const ImagePool& pool) const;
  int Upload(const ImagePool& pool);
  void FreeWhatIsGone();

  DeviceQueue& queue_;
  std::mutex& queue_mutex_;
  mutable std::mutex mutex_;  // of the entries; taken after the queue's
  std::vector<Entry> entries_;
};

}  // namespace normlab::opencl
