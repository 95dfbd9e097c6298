// What makes a line impossible, in a user's words.
#pragma once

#include <string>

#include "model/architecture.h"
#include "model/token.h"

namespace normlab {

std::string ShapeText(Shape shape);  // "24x16x16": channels x height x width

// "layer C4 'C24x2' (24x16x16)": the shape is the input's.
std::string LayerLabel(const Layer& layer);

// Whether `layer` can be applied to its input and leaves something. Throws UsageError.
void CheckShapes(const Layer& layer);

// A normalization that divides the channels into groups needs groups that do. Throws UsageError
// with the divisors.
void CheckGroups(const Layer& layer, const NormMethod& method);

// A mean over one value leaves nothing of it: a method that runs by a hand-written room is refused
// here where its equation says so, of any number of images; every other by its objection. Throws
// UsageError.
void CheckImageStatistics(const Layer& layer, const NormMethod& method);

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
