// Mirrored in every second epoch: half of the images, drawn once, in the first, the third, ..., the
// others in between. The alternating flip of airbench (Jordan 2024, "94% on CIFAR-10 in 3.29
// seconds on a single GPU", section 3.6): in two epochs each image is seen both ways.
#include "augment/flip.h"
#include "augment/transform.h"

namespace normlab {
namespace {

class FlipInTurns final : public Transform {
 public:
  explicit FlipInTurns(Shape shape) : shape_(shape) {}
  std::string text() const override { return "flip_in_turns()"; }
  // No draw of the epoch's: epochs count from 1, and the image's own draw is addressed by epoch 0.
  void Apply(const std::uint8_t* image, const AugmentAddress& address, RandomStream&,
             std::uint8_t* result) const override {
    RandomStream own(address.seed, Purpose::kAugmentation, 0, address.image);
    const bool with_odd_epochs = own.Uniform() < 0.5;
    ApplyFlip(image, shape_, {with_odd_epochs == (address.epoch % 2 == 1)}, result);
  }

 private:
  Shape shape_;
};

}  // namespace

TransformPointer ParseFlipInTurns(const Call& call, Shape shape) {
  const Arguments arguments(call, {});
  return std::make_unique<FlipInTurns>(shape);
}

}  // namespace normlab
