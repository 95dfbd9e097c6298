// One link of a pipeline: ranges that were parsed once, parameters that are drawn for every image.
//
// Each transform's file has the same three parts: <Name>Ranges (what the user wrote),
// Draw<Name>(ranges, ..., stream) -> <Name>Parameters in a documented order, and Apply<Name>, a
// pure function of image and parameters. Images are [channel][row][column] in uint8.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "augment/arguments.h"
#include "augment/augment.h"
#include "base/philox.h"
#include "base/shape.h"

namespace normlab {

class Transform {
 public:
  virtual ~Transform() = default;
  virtual std::string text() const = 0;
  // `result` must not overlap `image`. Consumes the draws of the address's stream in the documented
  // order.
  virtual void Apply(const std::uint8_t* image, const AugmentAddress& address, RandomStream& stream,
                     std::uint8_t* result) const = 0;
};

using TransformPointer = std::unique_ptr<const Transform>;

// Each throws UsageError for arguments that are unknown, missing or out of range.
TransformPointer ParseFlip(const Call& call, Shape shape);
TransformPointer ParseShift(const Call& call, Shape shape);
TransformPointer ParseRotation(const Call& call, Shape shape);
TransformPointer ParseAffine(const Call& call, Shape shape);
TransformPointer ParseJitter(const Call& call, Shape shape);
TransformPointer ParseTone(const Call& call, Shape shape);
TransformPointer ParseCutout(const Call& call, Shape shape);
TransformPointer ParseErasing(const Call& call, Shape shape);
TransformPointer ParseFlipInTurns(const Call& call, Shape shape);

}  // namespace normlab
