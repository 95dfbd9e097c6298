// What makes a line impossible, in a user's words.
#pragma once

#include <string>
#include <vector>

#include "model/architecture.h"
#include "model/line.h"
#include "model/token.h"

namespace normlab {

std::string ShapeText(Shape shape);  // "24x16x16": channels x height x width

// "layer C4 'C24x2' (24x16x16)": the shape is the input's.
std::string LayerLabel(const Layer& layer);

// Whether `layer` can be applied to its inputs, which have these shapes, and leaves something.
// Throws UsageError.
void CheckShapes(const Layer& layer, const std::vector<Shape>& inputs);

// What a sum or a concatenation takes of its input, where a single branch makes `made` of `given`.
// Throws UsageError where the two cannot be joined so.
void CheckShortcut(const Layer& join, Shortcut shortcut, const Shape& given, const Shape& made);

// By which stride a map of `given` rows and columns becomes one of `made`; 0: by none.
int StrideBetween(const Shape& given, const Shape& made);

// A normalization that divides the channels into groups needs groups that do. And a mean over one
// value leaves nothing of it: a method that runs by a hand-written room is refused here where its
// equation says so, of any number of images; every other by its objection. Throws UsageError.
void CheckNorm(const Layer& layer, const NormMethod& method);

// The objections of the plan's operations (OperationKind::objection) to batches of so many images,
// 0: of any number. Throws UsageError naming the layer.
void CheckObjections(const Architecture& architecture, int images);

// `weights` beside a normalization that brings its own method on the weights, and a method that
// makes no sense of some filter. Throws UsageError, of a filter naming the layer.
void CheckFilters(const Architecture& architecture);

// The last layer must leave one number per class. Throws UsageError.
void CheckOutput(const Architecture& architecture);

// Some parameters, at most kMaxParameters. Throws UsageError naming the layer at which they are
// passed.
void CheckParameterCount(const Architecture& architecture);

}  // namespace normlab
