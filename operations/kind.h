// What a sort of operation declares of itself: everything that a network, a table or an export
// wants to know of a convolution, a pool, an activation, a normalization without knowing which one
// it is. A kind is one file in operations/kinds/ (a normalization: in norm/methods/), and the
// registry is made of what lies there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/lazy.h"
#include "base/shape.h"
#include "operations/attributes.h"
#include "operations/fast/placement.h"
#include "operations/opencl/launch.h"
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

// What an operation's gradient is the gradient of its output times, where that is a gate and not
// arithmetic: 1 where the output is positive, else a slope (kRectifier: relu, of slope 0, and
// leaky_relu; the output is that times the input); a constant where it was kept, 0 where it was
// dropped (kKept). Only these are passed on to whoever writes the gradient: a select and a product
// beside the arithmetic of a normalization's way back. elu, tanh and sigmoid are told from their
// output too, but each of their derivatives, in every normalization's loop and in every tile of a
// convolution's store, would cost more code than the pass over a block in the cache costs time.
enum class GateKind { kNone, kRectifier, kKept };

// What a fusion may do with an operation. False is always right, and slower.
struct Traits {
  bool in_place = false;      // may write its output over its input, and its input's gradient over
                              // its output's
  bool reads_input = true;    // its backward pass reads the values of its inputs,
  bool reads_output = false;  // of its output
  // Restore writes the output again from its inputs and what Forward kept, at little cost: the
  // output need not be held until the backward pass.
  bool restores = false;
  // A rectifier can be applied by a writer while it stores, if that can.
  GateKind gate = GateKind::kNone;
  bool stores_rectified = false;
  bool applies_gate = false;  // it can apply a gate to the gradient of its input as it writes it
  // The output is (x - mean) scale + bias with one triple for a channel of an image, so that a
  // reader can compute it.
  Lazy<bool> gives_affine{};
  // There it can take the gradient of a ReLU of its output, and of a max pool that halves that.
  bool gates_affine = false;
  bool reads_rectified = false;  // what it reads so may be a ReLU of that
  bool takes_largest = false;    // of each of its windows; the first of equals has the gradient
  bool passes_gradient = false;  // the gradient of each input is that of the output, and may lie
                                 // in its map
  bool gradient_apart = false;   // its parameters' gradient is a piece of work of its own, which
                                 // does not need that of its input
};

// How far float32 on lanes is from the exact result at most, over all floats: so many units in its
// last place, or `absolute` where that is more.
struct FloatError {
  double units = 0, absolute = 0;
};

// Of an activation, which a user may choose: the errors of its value and of its derivative,
// measured by the sweep of tests/operations/activation_sweep_test.cc.
struct ActivationErrors {
  FloatError value, derivative;
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
  Lazy<Rounds> rounds{};
  Traits traits{};
  std::optional<ActivationErrors> activation{};  // of none but activations

  // The fast engine's questions; none: 0, never.
  std::function<int(const Attributes&)> input_border{};     // of zeros, around what it reads
  std::function<int(const Attributes&)> gradient_border{};  // around its output's gradient
  std::function<bool(Simd, const Attributes&, Shape input, Shape output)> reads_affine{};
  // Of one with a single input: whether it can add its part to the gradient of a value that others
  // read too, where it lies, and apply a gate without a slope to the sum.
  std::function<bool(Simd, const Attributes&, Shape input)> adds_gradient{};
  std::function<double(const Attributes&)> gate_scale{};       // of kKept: 1
  std::function<double(const Attributes&)> rectifier_slope{};  // of kRectifier, at least 0: 0
  // Of one whose gradients stand apart: whether for such a map its backward pass writes both at
  // once, where it is asked for its input's. None: never.
  std::function<bool(const Attributes&, Shape input)> joins_gradients{};
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
  // kind that joins several inputs, of their list xs, "torch.cat(xs, dim=1)", or the operator that
  // stands between them, " + ".
  std::string pytorch_module{};
  std::function<std::string(const Attributes&)> pytorch{};

  std::function<std::unique_ptr<BlockOperation>(const Placement&)> make_fast{};
  std::function<std::unique_ptr<reference::Operation<float>>(const reference::Placement<float>&)>
      make_float{};
  std::function<std::unique_ptr<reference::Operation<double>>(const reference::Placement<double>&)>
      make_double{};
  opencl::DeviceMaker make_opencl{};

  Shape OutputShape(const Attributes& attributes, std::span<const Shape> inputs) const {
    return output_shape == nullptr ? inputs.front() : output_shape(attributes, inputs);
  }
};

// Those of operations/kinds/, by name.
const std::vector<const OperationKind*>& OperationKinds();
const OperationKind& KindNamed(std::string_view name);  // asserts that there is one

}  // namespace normlab
