// What a sort of operation declares of itself: everything that a network, a table or an export
// wants to know of a convolution, a pool, an activation, a normalization without knowing which one
// it is. A kind is one file in operations/kinds/ (a normalization: in norm/methods/), and the
// registry is made of what lies there.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"
#include "operations/attributes.h"
#include "operations/fast/placement.h"
#include "operations/reference/placement.h"
#include "operations/slots.h"

namespace normlab {

// Where the values come from that one value of the output depends on: its own pixel (and its window
// there), all pixels of its image, all images of the batch.
enum class Coupling { kPixel, kImage, kBatch };

// Along each axis: `extent` values that move by `step`, after `padding` rows of zeros.
struct WindowAxis {
  int extent = 1, step = 1, padding = 0;
};
struct SlidingWindow {
  WindowAxis rows, columns;
};

// How often an operation waits until all blocks have gathered, before its forward pass and before
// its backward pass; in training and in evaluation on batch statistics. In evaluation nothing
// waits.
struct Rounds {
  int forward = 0, backward = 0;
};

// What an operation's gradient is a product of, where a zero of its output tells: the gradient of
// the output times `scale` where the output is positive (kPositive); times a constant where it was
// kept, 0 where it was dropped (kKept).
enum class GateKind { kNone, kPositive, kKept };

// What a fusion may do with an operation. False is always right, and slower.
struct Traits {
  bool in_place = false;      // may write its output over its input, and its input's gradient over
                              // its output's
  bool reads_input = true;    // its backward pass reads the values of its inputs,
  bool reads_output = false;  // of its output
  // Restore writes the output again from its inputs and what Forward kept, at little cost: the
  // output need not be held until the backward pass.
  bool restores = false;
  // Of an activation: that a writer can apply it while it stores; of a writer: that it can.
  Store store = Store::kPlain;
  Store stores = Store::kPlain;
  GateKind gate = GateKind::kNone;
  bool applies_gate = false;    // it can apply a gate to the gradient of its input as it writes it
  bool gives_affine = false;    // the output is (x - mean) scale + bias with one triple for a
                                // channel of an image, so that a reader can compute it
  bool gradient_apart = false;  // its parameters' gradient is a piece of work of its own, which
                                // does not need that of its input
};

struct OperationKind {
  std::string name{};  // "convolution", "max pool", "batch norm"

  // Of one image. nullptr: that of its first input.
  Shape (*output_shape)(const Attributes&, std::span<const Shape> inputs) = nullptr;
  std::size_t (*multiply_adds)(const Attributes&, Shape input, Shape output) = nullptr;  // or 0
  SlidingWindow (*window)(const Attributes&, Shape input) = nullptr;                     // or 1x1

  std::vector<ParameterDeclaration> (*parameters)(const Attributes&, Shape input,
                                                  Shape output) = nullptr;
  StateDeclarations (*states)(const Attributes&, Shape input) = nullptr;

  Coupling coupling = Coupling::kPixel;
  bool evaluates_differently = false;  // from training (dropout's decisions aside)
  Rounds rounds{};
  Traits traits{};

  // The fast engine's questions; nullptr: 0, never.
  int (*input_border)(const Attributes&) = nullptr;     // of zeros, around what it reads
  int (*gradient_border)(const Attributes&) = nullptr;  // around its output's gradient
  bool (*reads_affine)(Simd, const Attributes&, Shape input, Shape output) = nullptr;
  double (*gate_scale)(const Attributes&) = nullptr;  // 1
  // What it keeps of a block from its forward to its backward pass.
  std::size_t (*kept_bytes)(const Attributes&, Shape output, bool has_backward,
                            Held held) = nullptr;

  // PyTorch's module, "ReLU", and the expression that computes it of x in a module's forward.
  std::string pytorch_module{};
  std::string (*pytorch)(const Attributes&) = nullptr;

  std::unique_ptr<BlockOperation> (*make_fast)(const Placement&) = nullptr;
  std::unique_ptr<reference::Operation<float>> (*make_float)(const reference::Placement<float>&) =
      nullptr;
  std::unique_ptr<reference::Operation<double>> (*make_double)(
      const reference::Placement<double>&) = nullptr;

  Shape OutputShape(const Attributes& attributes, std::span<const Shape> inputs) const {
    return output_shape == nullptr ? inputs.front() : output_shape(attributes, inputs);
  }
};

// Those of operations/kinds/, by name.
const std::vector<const OperationKind*>& OperationKinds();
const OperationKind& KindNamed(std::string_view name);  // asserts that there is one

}  // namespace normlab
