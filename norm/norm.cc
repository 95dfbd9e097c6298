#include "norm/norm.h"

#include <algorithm>
#include <cassert>
#include <string>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "norm/own_method.h"
#include "norm/shipped_methods.h"

namespace normlab {

namespace methods {
#define NORMLAB_METHOD(name) const NormMethod& name();
#include "generated/norm_methods.inc"
#undef NORMLAB_METHOD
}  // namespace methods

namespace {

// A file of norms/ without a room stands behind those that have one, in the order of the names.
std::vector<NormMethod> RegisteredMethods() {
  std::vector<NormMethod> methods = {
#define NORMLAB_METHOD(name) methods::name(),
#include "generated/norm_methods.inc"
#undef NORMLAB_METHOD
  };
  for (const auto& shipped : ShippedMethods()) {
    auto row = std::ranges::find(methods, shipped->name, &NormMethod::name);
    if (row == methods.end()) {
      methods.push_back(MethodByEquation(shipped));
      methods.back().place = static_cast<int>(methods.size());
      continue;
    }
    AddEquation(shipped, *row);
    row->room = row->name;
    if (row->normalizes()) AddProgramByEquation(*row);
  }
  std::ranges::sort(methods, {}, &NormMethod::place);
  assert(std::ranges::all_of(methods,
                             [](const NormMethod& method) { return method.equation != nullptr; }));
  return methods;
}

}  // namespace

const std::vector<NormMethod>& NormMethods() {
  static const std::vector<NormMethod> all = RegisteredMethods();
  return all;
}

std::vector<std::string> NormNames() {
  std::vector<std::string> names;
  for (const NormMethod& method : NormMethods()) names.emplace_back(method.name);
  return names;
}

const NormMethod& FindNormMethod(std::string_view name) {
  if (IsOwnNorm(name)) return OwnMethod(name);
  for (const NormMethod& method : NormMethods()) {
    if (method.name == name) return method;
  }
  const std::vector<std::string> names = NormNames();
  throw UsageError("norm: unknown normalization '" + Printable(name) + "', expected one of " +
                   Join(names) + NearestWords(name, names));
}

StatisticShape StatisticShapeOf(const NormMethod& method, int images, Shape shape, int groups) {
  if (!method.has_statistics) return {};
  StatisticShape statistics = {.images = method.pools_images ? 1 : images,
                               .channels = shape.channels,
                               .height = method.pools_pixels ? 1 : shape.height,
                               .width = method.pools_pixels ? 1 : shape.width};
  if (method.pools_channels == PooledChannels::kAll) statistics.channels = 1;
  if (method.pools_channels == PooledChannels::kGroup) {
    assert(groups > 0 && shape.channels % groups == 0);
    statistics.channels = groups;
  }
  return statistics;
}

int StatisticIndex(const StatisticShape& statistics, Shape shape, int image, int channel, int row,
                   int column) {
  const int n = statistics.images == 1 ? 0 : image;
  const int c = channel / (shape.channels / statistics.channels);
  const int h = statistics.height == 1 ? 0 : row, w = statistics.width == 1 ? 0 : column;
  return ((n * statistics.channels + c) * statistics.height + h) * statistics.width + w;
}

std::size_t ValuesPerStatistic(const NormMethod& method, int images, Shape shape, int groups) {
  const int statistics = StatisticShapeOf(method, images, shape, groups).size();
  return statistics == 0 ? 0 : shape.size() * static_cast<std::size_t>(images) / statistics;
}

std::vector<int> AffineExtents(const NormMethod& method, Shape shape) {
  switch (method.affine) {
    case AffineKind::kNone:
      return {};
    case AffineKind::kPerChannel:
      return {shape.channels};
    case AffineKind::kPerElement:
      return {shape.channels, shape.height, shape.width};
  }
  assert(false);
  return {};
}

}  // namespace normlab
