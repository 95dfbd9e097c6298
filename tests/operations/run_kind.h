// An operation as its kind makes it, run once each way on its own: in plain loops, and on blocks of
// lanes.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "operations/kind.h"
#include "tests/operations/reference_gradient.h"

namespace normlab {

// What it reads, and the gradient of what it writes.
struct KindCase {
  std::string kind;
  Attributes attributes;
  std::vector<reference::Tensor<double>> x;
  reference::Tensor<double> dy = {};

  int images() const { return x[0].images; }
  Shape output() const {
    std::vector<Shape> inputs;
    for (const auto& each : x) inputs.push_back(each.shape);
    return KindNamed(kind).OutputShape(attributes, inputs);
  }
};

// Mean, scale and bias of every channel of an image, where an input is read as a normalization.
struct Normalization {
  float mean = 0, scale = 1, bias = 0;
};
inline Normalization NormalizationOf(int image, int channel) {
  return {0.25f * static_cast<float>(image % 3 - 1), channel % 2 == 0 ? 2.0f : -0.5f,
          0.5f * static_cast<float>(channel % 5)};
}

struct FastChoice {
  Simd simd = BestSimd();
  Store store = {};
  std::vector<bool> normalized = {};  // which inputs; none: no one
  bool rectified = false;             // and these rectified
  std::vector<bool> wanted = {};      // whose gradients; none: all
};

struct KindResult {
  reference::Tensor<double> y;
  std::vector<reference::Tensor<double>> dx;  // empty where nobody wants it
};

template <typename To, typename From>
reference::Tensor<To> Converted(const reference::Tensor<From>& from) {
  reference::Tensor<To> to(from.images, from.shape);
  for (std::size_t e = 0; e < from.values.size(); ++e) {
    to.values[e] = static_cast<To>(from.values[e]);
  }
  return to;
}

template <typename T>
KindResult RunPlain(const KindCase& one) {
  const OperationKind& kind = KindNamed(one.kind);
  reference::Placement<T> placement;
  placement.attributes = one.attributes;
  std::vector<reference::Tensor<T>> x, dx;
  for (const auto& each : one.x) {
    x.push_back(Converted<T>(each));
    dx.emplace_back(each.images, each.shape);
    placement.inputs.push_back(each.shape);
  }
  placement.output = one.output();
  std::unique_ptr<reference::Operation<T>> operation;
  if constexpr (sizeof(T) == sizeof(float)) {
    operation = kind.make_float(placement);
  } else {
    operation = kind.make_double(placement);
  }
  std::vector<const reference::Tensor<T>*> inputs;
  std::vector<reference::Tensor<T>*> gradients;
  for (std::size_t k = 0; k < x.size(); ++k) {
    inputs.push_back(&x[k]);
    gradients.push_back(&dx[k]);
  }
  reference::Tensor<T> y(one.images(), placement.output);
  operation->ForwardAll({.training = true}, inputs, y);
  KindResult result = {Converted<double>(y), {}};
  if (one.dy.values.empty()) return result;
  operation->BackwardAll({.training = true}, inputs, y, Converted<T>(one.dy), gradients);
  for (const auto& each : dx) result.dx.push_back(Converted<double>(each));
  return result;
}

// Lanes without an image hold what must not be seen.
constexpr float kUnseen = 1e30f;

inline void Pack(const reference::Tensor<double>& from, const BlockTensor& to, float unseen) {
  for (int n = 0; n < BlocksFor(from.images) * kBlock; ++n) {
    const BlockView view = to.block(n / kBlock);
    for (std::size_t e = 0; e < from.shape.size(); ++e) {
      const int pixel = static_cast<int>(e % from.shape.pixels());
      const int channel = static_cast<int>(e / from.shape.pixels());
      view.at(channel, pixel / from.shape.width, pixel % from.shape.width)[n % kBlock] =
          n < from.images ? static_cast<float>(from.image(n)[e]) : unseen;
    }
  }
}

inline reference::Tensor<double> Unpacked(const BlockTensor& from, int images) {
  const Shape shape = from.shape();
  reference::Tensor<double> to(images, shape);
  for (int n = 0; n < images; ++n) {
    const BlockView view = from.block(n / kBlock);
    for (std::size_t e = 0; e < shape.size(); ++e) {
      const int pixel = static_cast<int>(e % shape.pixels());
      const int channel = static_cast<int>(e / shape.pixels());
      to.image(n)[e] = view.at(channel, pixel / shape.width, pixel % shape.width)[n % kBlock];
    }
  }
  return to;
}

inline void ExpectZeroBorder(const BlockTensor& map, int blocks, int border) {
  int written = 0;
  for (int block = 0; block < blocks; ++block) {
    const BlockView view = map.block(block);
    for (int c = 0; c < view.shape.channels; ++c) {
      for (int row = -border; row < view.shape.height + border; ++row) {
        for (int column = -border; column < view.shape.width + border; ++column) {
          if (row >= 0 && column >= 0 && row < view.shape.height && column < view.shape.width) {
            continue;
          }
          for (int lane = 0; lane < kBlock; ++lane) written += view.at(c, row, column)[lane] != 0;
        }
      }
    }
  }
  EXPECT_EQ(written, 0) << "values of the border";
}

// The maps that a placement points to, every one with another border.
class PlacedMaps {
 public:
  PlacedMaps(const KindCase& one, const FastChoice& choice)
      : images_(one.images()), blocks_(BlocksFor(images_)) {
    for (std::size_t k = 0; k < one.x.size(); ++k) {
      const auto& x = one.x[k];
      PlacedMap map;
      map.values = Add(x.shape, static_cast<int>(k % 3));
      Pack(x, *map.values, kUnseen);
      if (!choice.normalized.empty() && choice.normalized[k]) {
        map.affine = Affine(x.shape);
        map.rectified = choice.rectified;
      }
      if (choice.wanted.empty() || choice.wanted[k]) {
        map.gradient = Add(x.shape, static_cast<int>((k + 1) % 3));
        Pack(x, *map.gradient, kUnseen);  // what was there before
      }
      x_.push_back(map);
    }
    y_.values = Add(one.output(), 2);
    y_.gradient = Add(one.output(), 1);
    reference::Tensor<double> before(images_, one.output());
    std::fill(before.values.begin(), before.values.end(), kUnseen);
    Pack(before, *y_.values, kUnseen);
    if (!one.dy.values.empty()) Pack(one.dy, *y_.gradient, 0);
  }

  const std::vector<PlacedMap>& x() const { return x_; }
  const PlacedMap& y() const { return y_; }

  KindResult Result() const {
    for (const auto& [map, border] : maps_) ExpectZeroBorder(*map, blocks_, border);
    KindResult result = {Unpacked(*y_.values, images_), {}};
    for (const PlacedMap& map : x_) {
      result.dx.push_back(map.gradient == nullptr ? reference::Tensor<double>()
                                                  : Unpacked(*map.gradient, images_));
    }
    return result;
  }

 private:
  const BlockTensor* Add(const Shape& shape, int border) {
    maps_.emplace_back(std::make_unique<BlockTensor>(shape, blocks_, border), border);
    return maps_.back().first.get();
  }

  const BlockTensor* Affine(const Shape& shape) {
    const BlockTensor* affine = Add({shape.channels, 3, 1}, 0);
    for (int n = 0; n < blocks_ * kBlock; ++n) {
      const BlockView view = affine->block(n / kBlock);
      for (int c = 0; c < shape.channels; ++c) {
        const Normalization of = NormalizationOf(n, c);
        view.at(c, 0, 0)[n % kBlock] = of.mean;
        view.at(c, 1, 0)[n % kBlock] = of.scale;
        view.at(c, 2, 0)[n % kBlock] = of.bias;
      }
    }
    return affine;
  }

  int images_, blocks_;
  std::vector<std::pair<std::unique_ptr<BlockTensor>, int>> maps_;  // and their borders
  std::vector<PlacedMap> x_;
  PlacedMap y_;
};

inline KindResult RunFast(const KindCase& one, const FastChoice& choice) {
  const OperationKind& kind = KindNamed(one.kind);
  const PlacedMaps maps(one, choice);
  Placement placement;
  placement.attributes = one.attributes;
  placement.simd = choice.simd;
  placement.max_blocks = BlocksFor(one.images());
  placement.inputs = maps.x();
  placement.output = maps.y();
  placement.store = choice.store;
  const auto operation = kind.make_fast(placement);
  Batch batch;
  batch.count = one.images();
  const Pass pass = {Mode::kTrain, &batch, {}};
  operation->Begin(pass);
  for (int block = 0; block < placement.max_blocks; ++block) operation->Forward(pass, block);
  for (int block = 0; !one.dy.values.empty() && block < placement.max_blocks; ++block) {
    operation->Backward(pass, block);
  }
  return maps.Result();
}

// As an operation that reads a normalization of them meets them.
inline reference::Tensor<double> Normalized(reference::Tensor<double> x) {
  for (int n = 0; n < x.images; ++n) {
    for (int c = 0; c < x.shape.channels; ++c) {
      const Normalization of = NormalizationOf(n, c);
      for (std::size_t e = 0; e < x.shape.pixels(); ++e) {
        x.plane(n, c)[e] = (x.plane(n, c)[e] - of.mean) * of.scale + of.bias;
      }
    }
  }
  return x;
}

// How far values lie apart, relative where the expected ones exceed 1; two NaN not at all.
inline double Distance(const std::vector<double>& found, const std::vector<double>& expected) {
  if (found.size() != expected.size()) return INFINITY;
  double farthest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (std::isnan(found[i]) && std::isnan(expected[i])) continue;
    const double distance = std::abs(found[i] - expected[i]) / std::max(1.0, std::abs(expected[i]));
    if (!(distance <= farthest)) farthest = std::isnan(distance) ? INFINITY : distance;
  }
  return farthest;
}

}  // namespace normlab
