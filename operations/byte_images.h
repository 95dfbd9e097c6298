// Images that are bytes, which a table makes floats: what a device asks for that looks them up
// itself.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace normlab {

// Many images, of which batches take some: those of a split.
struct ImagePool {
  std::span<const std::uint8_t> pixels;  // [image][C][H][W]; the same while the owner lives
  std::weak_ptr<const void> owner;       // base/identity.h
};

class ByteImages {
 public:
  virtual ~ByteImages() = default;
  // [C][256]: the floats that ImageSource::Fill writes.
  virtual std::span<const float> table() const = 0;
  // As ImageSource::Fill, before the table.
  virtual void FillBytes(int first, int count, std::uint8_t* images) const = 0;
  // Of a batch whose images are those of a pool as they are: that pool, and by `places` which they
  // are, [count]. Of others an expired owner.
  virtual ImagePool pool() const = 0;
  virtual const std::uint32_t* places() const = 0;
};

}  // namespace normlab
