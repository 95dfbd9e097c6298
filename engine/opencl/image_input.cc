#include "engine/opencl/image_input.h"

#include "base/at.h"
#include "operations/opencl/images.h"

namespace normlab::opencl {

ImageInput::ImageInput(DeviceQueue& queue, const Shape& input, const DeviceShape& device,
                       int capacity)
    : queue_(queue),
      elements_(input.size() * At(device.images)),
      models_(At(capacity)),
      launches_{ImagesLaunch(input, true), ImagesLaunch(input, false)} {}

template <typename T>
void ImageInput::Write(int& buffer, int model, std::span<const T> values) {
  if (buffer < 0) buffer = queue_.Allocate(models_ * elements_ * sizeof(T));
  queue_.Write(buffer, values.data(), values.size_bytes(), At(model) * elements_ * sizeof(T));
}

int ImageInput::Hand(int model, const PassImages& images) {
  if (images.pool >= 0) return images.pool;
  if (!images.floats.empty()) {
    Write(floats_, model, images.floats);
    return floats_;
  }
  Write(bytes_, model, images.bytes);
  return bytes_;
}

void ImageInput::Run(const std::vector<int>& pixels) {
  for (std::size_t first = 0, end = 0; first < pixels.size(); first = end) {
    while (end < pixels.size() && pixels[end] == pixels[first]) ++end;
    for (const Command& command : commands_[pixels[first] == floats_ ? 1 : 0]) {
      queue_.SetBuffer(command.kernel, 0, pixels[first]);
      command.Run(queue_, end - first, first);
    }
  }
}

}  // namespace normlab::opencl
