#include "model/place_layers.h"

#include <fmt/core.h>

#include <cassert>
#include <utility>

#include "base/at.h"
#include "base/error.h"
#include "model/layer_check.h"
#include "model/token.h"

namespace normlab {
namespace {

// Names by running counts: all convolutions share one, each other sort has its own, and the first
// global pool is plain GAP.
class LayerNames {
 public:
  explicit LayerNames(std::vector<std::string> given) : given_(std::move(given)) {}

  std::string Next(const Layer& layer) {
    if (!given_.empty()) {
      assert(next_ < given_.size() && "a preset names every layer");
      return given_[next_++];
    }
    const int number = ++counts_[static_cast<std::size_t>(layer.kind)];
    switch (layer.kind) {
      case LayerKind::kConvolution:
        return fmt::format("{}{}", layer.depthwise ? 'D' : layer.kernel == 1 ? 'c' : 'C', number);
      case LayerKind::kMaxPool:
        return fmt::format("P{}", number);
      case LayerKind::kAveragePool:
        return fmt::format("A{}", number);
      case LayerKind::kGlobalAveragePool:
        return number == 1 ? "GAP" : fmt::format("GAP{}", number);
      case LayerKind::kSum:
        return fmt::format("sum{}", number);
      case LayerKind::kConcatenation:
        return fmt::format("cat{}", number);
      case LayerKind::kPaddedShortcut:
        return fmt::format("pad{}", number);
    }
    return "";
  }

 private:
  std::vector<std::string> given_;
  std::size_t next_ = 0;
  int counts_[static_cast<std::size_t>(LayerKind::kPaddedShortcut) + 1] = {};
};

// How many places a window has; what does not fill one is dropped, as PyTorch does (floor).
int Places(int extent, const Layer& layer) {
  const int room = extent + 2 * layer.padding - layer.kernel;
  return room < 0 ? 0 : room / layer.stride + 1;
}

Shape OutputShape(const Layer& layer) {
  const Shape& input = layer.input;
  switch (layer.kind) {
    case LayerKind::kGlobalAveragePool:
      return {input.channels, 1, 1};
    case LayerKind::kConvolution:
      return {layer.output.channels, Places(input.height, layer), Places(input.width, layer)};
    case LayerKind::kMaxPool:
    case LayerKind::kAveragePool:
      return {input.channels, Places(input.height, layer), Places(input.width, layer)};
    default:
      return layer.output;  // as it was asked for
  }
}

class Placing {
 public:
  Placing(std::vector<std::string> names, Shape images, const ModelOptions& options)
      : names_(std::move(names)), images_(images), options_(options) {}

  std::vector<Layer> Layers() && { return std::move(layers_); }

  // Returns the place of the layer that the branch ends in.
  int Place(const Branch& branch, int from) {
    for (const Item& item : branch) {
      for (int time = 0; time < item.times; ++time) {
        from = item.layer ? Add(*item.layer, {from}) : PlaceGroup(item, from);
      }
    }
    return from;
  }

 private:
  const Shape& ShapeAt(int place) const {
    return place == kImages ? images_ : layers_[At(place)].output;
  }

  int PlaceGroup(const Item& item, int from) {
    std::vector<int> ends;
    for (const Branch& branch : item.branches) ends.push_back(Place(branch, from));
    if (!item.join) return ends.front();
    Layer join;
    join.kind = item.join->kind;
    join.token = item.text;
    join.activation = item.join->activation;
    join.bare = item.join->bare;
    if (ends.size() == 1) {
      CheckShortcut(join, item.join->shortcut, ShapeAt(from), ShapeAt(ends[0]));
      ends.push_back(PlaceShortcut(item, from, ShapeAt(ends[0])));
    }
    join.input = join.output = ShapeAt(ends[0]);
    if (join.kind == LayerKind::kConcatenation) {
      for (std::size_t i = 1; i < ends.size(); ++i) {
        join.output.channels += ShapeAt(ends[i]).channels;
      }
    }
    return Add(join, ends);
  }

  int PlaceShortcut(const Item& item, int from, const Shape& wanted) {
    const Shape given = ShapeAt(from);
    const Shortcut shortcut = item.join->shortcut;
    if (shortcut == Shortcut::kIdentity || (shortcut == Shortcut::kPadded && given == wanted)) {
      return from;
    }
    Layer layer;
    layer.stride = StrideBetween(given, wanted);
    layer.output = wanted;
    if (shortcut == Shortcut::kPadded) {
      layer.kind = LayerKind::kPaddedShortcut;
      layer.token = "+A";
      return Add(layer, {from});
    }
    layer.kernel = 1;
    layer.activation = kNoActivation;
    layer.token = "+B";
    return Add(layer, {from});
  }

  int Add(Layer layer, std::vector<int> inputs) {
    if (layers_.size() == kMaxLayers) {
      throw UsageError(
          fmt::format("model: the line has more than {} layers; '{}' would be one more", kMaxLayers,
                      layer.token));
    }
    layer.name = names_.Next(layer);
    layer.inputs = std::move(inputs);
    layer.input = ShapeAt(layer.inputs[0]);
    const bool normalized = layer.kind == LayerKind::kConvolution && !layer.bare;
    if (!normalized) {
      layer.groups = 0;
    } else if (layer.groups == 0) {
      layer.groups = options_.groups;
    }
    if (layer.depthwise) layer.output.channels = layer.channel_groups = layer.input.channels;
    layer.output = OutputShape(layer);
    std::vector<Shape> shapes;
    for (const int input : layer.inputs) shapes.push_back(ShapeAt(input));
    CheckShapes(layer, shapes);
    if (normalized) CheckNorm(layer, NormOf(options_, layer));
    layers_.push_back(std::move(layer));
    return static_cast<int>(layers_.size()) - 1;
  }

  LayerNames names_;
  Shape images_;
  const ModelOptions& options_;
  std::vector<Layer> layers_;
};

}  // namespace

std::vector<Layer> PlaceLayers(const Branch& line, const std::vector<std::string>& names,
                               Shape images, const ModelOptions& options) {
  Placing placing(names, images, options);
  placing.Place(line, kImages);
  return std::move(placing).Layers();
}

}  // namespace normlab
