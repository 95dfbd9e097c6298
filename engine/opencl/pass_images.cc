#include "engine/opencl/pass_images.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "base/at.h"
#include "operations/opencl/images.h"

namespace normlab::opencl {

PassImages ImagePreparation::Prepare(const Batch& batch, ImagePools& pools) {
  assert(batch.count <= device_.images);
  const std::size_t size = At(batch.count) * input_.size();
  const ByteImages* source = batch.source->bytes();
  PassImages images;
  words_.assign(ImageWords(input_, device_), 0);
  if (source == nullptr) {
    floats_.resize(size);
    batch.source->Fill(0, batch.count, floats_.data());
    images.floats = floats_;
  } else {
    images.pool = pools.BufferOf(source->pool());
    const std::span<const float> table = source->table();
    assert(table.size() == At(input_.channels) * 256);
    std::memcpy(&words_[At(kImageRows * device_.images)], table.data(), table.size_bytes());
  }
  if (source != nullptr && images.pool < 0) {
    bytes_.resize(size);
    source->FillBytes(0, batch.count, bytes_.data());
    images.bytes = bytes_;
  }
  FillWords(batch, images.pool < 0 ? nullptr : source->places());
  images.words = words_;
  return images;
}

// `places`: in a pool; null: images that are handed over lie behind those of the models before.
void ImagePreparation::FillWords(const Batch& batch, const std::uint32_t* places) {
  const auto place = [&](int image) {
    return places != nullptr ? places[image]
                             : static_cast<std::uint32_t>(model_ * device_.images + image);
  };
  for (int image = 0; image < device_.images; ++image) {
    const auto set = [&](ImageRow row, std::uint32_t word) {
      words_[At(row * device_.images + image)] = word;
    };
    Mix mix;
    mix.partner = image;
    if (image < batch.count && batch.mixes != nullptr) mix = batch.mixes[image];
    if (mix.box.empty()) mix.box = {};
    assert(image >= batch.count || (mix.partner >= 0 && mix.partner < batch.count));
    set(kPlace, image < batch.count ? place(image) : 0);
    set(kPartner, image < batch.count ? place(mix.partner) : 0);
    set(kWeight, std::bit_cast<std::uint32_t>(mix.weight));
    set(kTop, static_cast<std::uint32_t>(mix.box.top));
    set(kLeft, static_cast<std::uint32_t>(mix.box.left));
    set(kBottom, static_cast<std::uint32_t>(mix.box.top + mix.box.height));
    set(kRight, static_cast<std::uint32_t>(mix.box.left + mix.box.width));
  }
}

}  // namespace normlab::opencl
