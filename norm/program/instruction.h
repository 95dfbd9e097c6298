// What a compiled program is made of: kernels over a tile of pixels, and where each finds its
// values.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "norm/equation/axes.h"
#include "operations/fast/block.h"

namespace normlab::program {

// Of lanes: 16 images a value. A tile is a few rows of one channel.
enum class KernelId {
  kSpread,    // one value to every column, or a number to every lane
  kFill,      // numbers[0]
  kMask,      // zero in the lanes that hold no image
  kLinear,    // constants: coefficient and shift of each input, then what is added
  kMultiply,  // of two or three inputs, constants[0] taken from the last
  kWeighted,  // numbers[i] * inputs[i], together, plus the number behind them
  kReciprocal,
  kSqrt,
  kExp,
  kLog,
  kAbs,
  kTanh,
  kSigmoid,
  kSoftplus,
  kErf,
  kRelu,
  kStep,
  kSign,
  kMax,
  kMin,
  kPower,
  kShare,
  kEqual,
  kBelow,
  kQuotient,
  kRatio,
  kClip,
  kInside,
  kOnlyAbove,
  // Into what the output holds: along the axes that it lacks.
  kAddUp,
  kAddUpProducts,  // as kMultiply has them
  kAddUpBoth,      // a, and a * (b - constants[0]) into the second output
  kLargest,
  kSmallest,
  kMergeMoments,  // outputs: mean, sum of squared distances, how many
  kPut            // the sum over the images, as one number
};

enum class Base {
  kRegisters,
  kScratch,  // a worker's
  kStored,   // a block's
  kUniform,  // the batch's
  kNumbers,
  kX,
  kY,
  kAffine,
  kDy,
  kDx,
  kFirstOther  // the learned values, the running values, the gradients of the learned values
};

// A value at (group, channel of the group, row, column): base + offset + the strides, in floats.
struct Operand {
  int base = 0;
  std::size_t offset = 0;
  std::size_t group = 0, group_channel = 0, row = 0, column = 0;
  bool is_number = false;  // the same for every lane, one float
  friend bool operator==(const Operand&, const Operand&) = default;
};

inline constexpr int kMostInputs = 4;

// A function of one value, or of one and a constant, may be of coefficient * (value - shift) +
// constant, and of one value, or a product, may be given as coefficient * result + constant.
// Constants in this order: what the function has of its own, what it is of (three), what is given
// (two).

// What is done to a tile. Pointers are those of its first row and column.
struct Tile {
  // Not cleared: a kernel reads what its instruction has.
  std::array<const float*, kMostInputs + 1> inputs;  // the last: x, where there is a gate
  std::array<std::size_t, kMostInputs + 1> input_rows;
  std::size_t input_column = kBlock;  // of kSpread and kPut
  bool input_is_number = false;
  std::array<const float*, 2 * kMostInputs + 1> constants;
  unsigned constant_is_number = 0;  // a bit for each
  std::array<float*, 3> outputs;
  std::array<std::size_t, 3> output_rows;
  std::size_t output_column = kBlock;
  int rows = 1, columns = 1;
  const float* numbers = nullptr;
  const float* live = nullptr;  // 1 or 0 for each lane; null where all hold images
};
using Kernel = void (*)(const Tile&);

struct Instruction {
  KernelId id = KernelId::kSpread;
  Kernel kernel = nullptr;
  equation::Axes over = {};  // where it runs, outside a pass over tiles
  std::vector<Operand> inputs = {};
  std::vector<Operand> constants = {};
  std::vector<Operand> outputs = {};
  std::array<float, kMostInputs + 1> numbers{};
  bool shifts = false;  // of kLinear and kMultiply
  bool of_linear = false, gives_linear = false;
  bool constant_first = false;  // of two arguments, where one is a constant
  // Of kLinear: where `gate` is positive, else numbers[0] times it.
  bool gated = false;
  Operand gate = {};
};

// Which kernel does an instruction.
using KernelTable = Kernel (*)(const Instruction&);

// Between two waits: over each part of a block's maps, step after step.
enum class Part { kChannel, kGroup, kRow, kBlock };

struct Step {
  std::vector<Instruction> instructions;
  bool over_tiles = false;  // all of them on one tile, then the next; else one after the other
  int tile_rows = 1;
};

struct Segment {
  Part part = Part::kBlock;
  std::vector<Step> steps;
};

}  // namespace normlab::program
