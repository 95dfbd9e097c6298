#include "norm/program/lane_reductions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace normlab::program {
namespace {

class Reducer {
 public:
  Reducer(const Program& program, const LaneReduction& reduction, const BlockBases& blocks)
      : node_(program.expressions->graph[reduction.node]), reduction_(reduction), blocks_(blocks) {}

  double Over(const ImageRange& images, const Cell& cell) const {
    const double count = images.end - images.first;
    switch (node_.op) {
      case Op::kLaneMax:
        return Extreme(images, cell, true);
      case Op::kLaneMin:
        return Extreme(images, cell, false);
      case Op::kLaneSum:
        return Sum(images, cell);
      case Op::kLaneMean:
        return Sum(images, cell) / count;
      default:
        return Variance(images, cell);
    }
  }

 private:
  float At(std::size_t from, int image, const Cell& cell) const {
    const Operand& operand = reduction_.from[from];
    const auto base = static_cast<std::size_t>(operand.base);
    const float* block = blocks_[static_cast<std::size_t>(image / kBlock)][base];
    return block[OffsetOf(operand, cell) + static_cast<std::size_t>(image % kBlock)];
  }

  double Sum(const ImageRange& images, const Cell& cell) const {
    double sum = 0;
    for (int image = images.first; image < images.end; ++image) sum += At(0, image, cell);
    return sum;
  }

  double Extreme(const ImageRange& images, const Cell& cell, bool largest) const {
    double extreme = At(0, images.first, cell);
    for (int image = images.first + 1; image < images.end; ++image) {
      const double value = At(0, image, cell);
      const bool exceeds = largest ? value > extreme : value < extreme;
      if (exceeds || std::isnan(value)) extreme = value;
    }
    return extreme;
  }

  // Of images that pool as many values each: the mean of their variances, and that of their means.
  double Variance(const ImageRange& images, const Cell& cell) const {
    const double count = images.end - images.first;
    const double mean = Sum(images, cell) / count;
    double sum = 0;
    for (int image = images.first; image < images.end; ++image) {
      const double distance = At(0, image, cell) - mean;
      sum += distance * distance;
      if (reduction_.from.size() > 1) sum += At(1, image, cell);
    }
    return sum / count;
  }

  const Node& node_;
  const LaneReduction& reduction_;
  const BlockBases& blocks_;
};

}  // namespace

std::vector<ImageRange> GhostBatches(int images, int ghost) {
  if (ghost == 0) return {{0, images}};
  std::vector<ImageRange> ranges;
  for (int first = 0; first < images; first += ghost) {
    ranges.push_back({first, std::min(first + ghost, images)});
  }
  return ranges;
}

void Reduce(const Program& program, const LaneReduction& reduction, const BlockBases& blocks,
            const std::vector<ImageRange>& ghosts, UniformValues& uniform) {
  const Node& node = program.expressions->graph[reduction.node];
  const Reducer reducer(program, reduction, blocks);
  const ImageRange all = {ghosts.front().first, ghosts.back().end};
  ForEachCell(program.expressions->graph.extents(), node.axes, [&](const Cell& cell) {
    if (!CrossesImages(node.axes)) {
      return uniform.Set(reduction.node, cell, reducer.Over(all, cell));
    }
    for (const ImageRange& ghost : ghosts) {
      const auto value = static_cast<float>(reducer.Over(ghost, cell));
      for (int image = ghost.first; image < ghost.end; ++image) {
        float* block = blocks[static_cast<std::size_t>(image / kBlock)]
                             [static_cast<std::size_t>(reduction.to.base)];
        block[OffsetOf(reduction.to, cell) + static_cast<std::size_t>(image % kBlock)] = value;
      }
    }
  });
}

}  // namespace normlab::program
