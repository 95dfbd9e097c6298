// Values of maps in blocks, looked at one by one; for looking, not for speed.
#pragma once

#include <span>

#include "operations/fast/block.h"

namespace normlab {

// Of the first `lanes` images.
bool IsFinite(const BlockView& view, int lanes);

// The image in one lane, as [C][H][W].
void CopyImage(const BlockView& view, int lane, float* image);

// (x - mean) * scale + bias of an image, as a reader of a map that is not stored computes it.
void Normalize(const BlockView& affine, Shape shape, int lane, float* image);

void Rectify(std::span<float> values);

// to += from.
void AddMap(const BlockView& from, const BlockView& to);

}  // namespace normlab
