// The fast program's expressions: what an equation and its gradient compute, each value once, in a
// form that keeps apart what belongs to a pixel, a channel, an image and the batch. Sums and
// products have any number of parts, so that what is constant over the pooled axes can be drawn out
// of a sum: sum[H W](weight[C] dy (x - m)) becomes weight[C] sum[H W](dy (x - m)).
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "norm/equation/axes.h"

namespace normlab::program {

using equation::Axes;

enum class Op {
  kNumber,   // number
  kRuntime,  // what a pass knows, by `index`: kImages to kGhostBatches, then the ramps
  kX,
  kDy,
  kLearned,  // by `index`
  kRunning,  // of a statement, by `index`
  kStop,     // its argument; the gradient is taken elsewhere
  kSum,      // of weights[i] * arguments[i]
  kProduct,  // of arguments
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
  kStep,       // 1 where positive, else 0
  kSign,       // 1, 0, -1
  kMax,        // of two
  kMin,        // of two
  kPower,      // a ^ b
  kShare,      // 1 where a > b, 1/2 where equal, else 0
  kEqual,      // 1 where a == b, else 0
  kBelow,      // 1 where a < b, else 0
  kQuotient,   // a / b
  kRatio,      // the same where b > 0, else 0
  kClip,       // (value, low, high), below first
  kInside,     // 1 where low <= value <= high, else 0
  kOnlyAbove,  // 1 where value is above high and not below low, else 0
  // Over axes of one image, `pooled`: the result has the others.
  kLocalSum,
  kLocalMax,
  kLocalMin,
  kLocalMean,      // computed with the variance, where that is wanted
  kLocalVariance,  // biased
  // Over images: `pooled` is N, or M alone.
  kLaneSum,
  kLaneMax,
  kLaneMin,
  kLaneMean,
  kLaneVariance,  // of each image's mean and variance over as many values; or of one value each
};

inline constexpr int kImages = 0;        // of the batch
inline constexpr int kGhostImages = 1;   // of an image's own ghost batch
inline constexpr int kGhostBatches = 2;  // how many
inline constexpr int kFirstRamp = 3;

struct Node {
  Op op = Op::kNumber;
  Axes axes = {};
  std::vector<int> arguments = {};  // nodes before this one
  std::vector<double> weights = {};
  double number = 0;
  int index = 0;
  Axes pooled = {};
};

// How many values an axis has within an image. A program's structure is the same for all.
struct ImageExtents {
  int groups = 1, group_channels = 1, rows = 1, columns = 1;

  int channels() const { return groups * group_channels; }
  // Values of one image with these axes; images are left aside.
  std::size_t size(Axes axes) const;
};

bool IsLocalReduction(Op op);
bool IsLaneReduction(Op op);
inline bool CrossesImages(Axes axes) { return axes.HasAny(Axes::Images()); }
inline Axes LocalAxes(Axes axes) { return axes.Without(Axes::Images()); }
inline Axes Pixels() { return Axes::Rows().With(Axes::Columns()); }

// Makes each node once. Results are simplified: numbers folded, sums and products flattened, what
// is constant drawn out of reductions.
class Graph {
 public:
  // `has_ghosts`: else the batch is one, and no value has the axis B.
  Graph(const ImageExtents& extents, bool has_ghosts)
      : extents_(extents), has_ghosts_(has_ghosts) {}

  const Node& operator[](int node) const { return nodes_[static_cast<std::size_t>(node)]; }
  int size() const { return static_cast<int>(nodes_.size()); }
  const ImageExtents& extents() const { return extents_; }

  int Number(double number);
  int Leaf(Op op, Axes axes, int index = 0);
  int Images();  // that are pooled together by M
  int Apply(Op op, const std::vector<int>& arguments);
  int Sum(const std::vector<std::pair<double, int>>& terms);
  int Product(const std::vector<int>& factors);
  int Scale(double factor, int node) { return Sum({{factor, node}}); }
  int Reciprocal(int node);

  // Reductions over axes that `of` may lack: it is the same along those.
  int SumOver(int of, Axes pooled);
  int ExtremeOver(int of, Axes pooled, bool largest);
  int MeanOver(int of, Axes pooled);
  int VarianceOver(int of, Axes pooled);
  // How many values are pooled.
  int CountOf(Axes pooled);
  // The factors of a product that have an axis of `axes`, and those that have none.
  std::pair<std::vector<int>, std::vector<int>> Split(int product, Axes axes) const;

 private:
  int Add(Node node);
  double NumberOf(int node) const { return (*this)[node].number; }
  bool IsNumber(int node) const { return (*this)[node].op == Op::kNumber; }
  Axes Present(Axes axes) const { return has_ghosts_ ? axes : axes.Without(Axes::GhostBatches()); }
  int LocalSum(int of, Axes pooled);
  int DrawnOut(int of, Axes pooled);
  int LaneSum(int of, Axes pooled);

  ImageExtents extents_;
  bool has_ghosts_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, int> known_;
};

}  // namespace normlab::program
