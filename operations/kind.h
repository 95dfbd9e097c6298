// What a sort of operation declares of itself: everything that a network, a table or an export
// wants to know of a convolution, a pool, an activation, a normalization without knowing which one
// it is. A kind is one file in operations/kinds/ (a normalization: in norm/methods/), and the
// registry is made of what lies there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"
#include "operations/attributes.h"
#include "operations/fast/placement.h"
#include "operations/reference/placement.h"
#include "operations/sliding_window.h"
#include "operations/slots.h"

namespace normlab {

// Where the values come from that one value of the output depends on: its own pixel (and its window
// there), all pixels of its image, all images of the batch.
enum class Coupling { kPixel, kImage, kBatch };

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
  bool applies_gate = false;     // it can apply a gate to the gradient of its input as it writes it
  bool gives_affine = false;     // the output is (x - mean) scale + bias with one triple for a
                                 // channel of an image, so that a reader can compute it
  bool passes_gradient = false;  // the gradient of each input is that of the output, and may lie
                                 // in its map
  bool gradient_apart = false;   // its parameters' gradient is a piece of work of its own, which
                                 // does not need that of its input
};

// A pass after which an operation's output is not finite though all that it read is.
struct BrokenPass {
  bool single_precision = true;
  bool on_batch = true;  // of the batch's own statistics: in training, and in evaluation on them
  std::int64_t completed_steps = 0;
  const Attributes* attributes = nullptr;
  Shape shape = {};  // of the input
  int images = 0;
  // The input, [N][C][H][W]; the parameters and the states as the kind declares them.
  std::vector<double> x = {};
  std::vector<std::vector<double>> parameters = {}, states = {};
};

struct OperationKind {
  std::string name{};  // "convolution", "max pool", "batch norm"

  // Of one image. None: that of its first input.
  std::function<Shape(const Attributes&, std::span<const Shape> inputs)> output_shape{};
  std::function<std::size_t(const Attributes&, Shape input, Shape output)> multiply_adds{};  // or 0
  std::function<SlidingWindow(const Attributes&, Shape input)> window{};  // or 1x1

  std::function<std::vector<ParameterDeclaration>(const Attributes&, Shape input, Shape output)>
      parameters{};
  std::function<StateDeclarations(const Attributes&, Shape input)> states{};

  // Why it makes no sense for such a map in batches of so many images (0: of any number), as the
  // end of a sentence that begins with the layer: empty where it does. `doubts`: what it does there
  // that is hardly meant.
  std::function<std::string(const Attributes&, Shape input, int images)> objection{};
  std::function<std::vector<std::string>(const Attributes&, Shape input, int images)> doubts{};
  // Channels are divided into as many groups as the attribute `groups` says.
  bool divides_channels = false;

  Coupling coupling = Coupling::kPixel;
  bool evaluates_differently = false;  // from training (dropout's decisions aside)
  Rounds rounds{};
  Traits traits{};

  // The fast engine's questions; none: 0, never.
  std::function<int(const Attributes&)> input_border{};     // of zeros, around what it reads
  std::function<int(const Attributes&)> gradient_border{};  // around its output's gradient
  std::function<bool(Simd, const Attributes&, Shape input, Shape output)> reads_affine{};
  std::function<double(const Attributes&)> gate_scale{};  // 1
  // What it keeps of a block from its forward to its backward pass.
  std::function<std::size_t(const Attributes&, Shape output, bool has_backward, Held held)>
      kept_bytes{};
  // What it works with on one block, beside its maps. Operations take turns with it.
  std::function<std::size_t(const Attributes&, Shape output)> working_bytes{};
  // What the plain twin keeps of a batch beside its maps, in values. None: 0.
  std::function<std::size_t(const Attributes&, Shape output, int images)> plain_values{};

  // Which part of it made the first value that is not finite, "statement v of its normalization";
  // empty where it has no parts, or none did.
  std::function<std::string(const BrokenPass&)> first_non_finite{};

  // PyTorch's module, "ReLU", and the expression that computes it of x in a module's forward; of a
  // kind that joins several inputs, of their list xs: "torch.cat(xs, dim=1)".
  std::string pytorch_module{};
  std::function<std::string(const Attributes&)> pytorch{};

  std::function<std::unique_ptr<BlockOperation>(const Placement&)> make_fast{};
  std::function<std::unique_ptr<reference::Operation<float>>(const reference::Placement<float>&)>
      make_float{};
  std::function<std::unique_ptr<reference::Operation<double>>(const reference::Placement<double>&)>
      make_double{};

  Shape OutputShape(const Attributes& attributes, std::span<const Shape> inputs) const {
    return output_shape == nullptr ? inputs.front() : output_shape(attributes, inputs);
  }
};

// Those of operations/kinds/, by name.
const std::vector<const OperationKind*>& OperationKinds();
const OperationKind& KindNamed(std::string_view name);  // asserts that there is one

}  // namespace normlab
