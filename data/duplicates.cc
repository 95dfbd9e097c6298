#include "data/duplicates.h"

#include <string_view>
#include <unordered_map>

namespace normlab {
namespace {

using LabelByPixels = std::unordered_map<std::string_view, std::uint8_t>;

std::string_view Pixels(const Split& split, const Shape& shape, std::size_t image) {
  return {reinterpret_cast<const char*>(split.pixels.data()) + image * shape.size(), shape.size()};
}

// The first image of every kind; counts the others.
LabelByPixels FirstOfEach(const Split& split, const Shape& shape, std::size_t& copies,
                          std::size_t& other_class) {
  LabelByPixels first;
  first.reserve(split.size());
  for (std::size_t image = 0; image < split.size(); ++image) {
    const auto [place, is_new] = first.emplace(Pixels(split, shape, image), split.labels[image]);
    if (is_new) continue;
    ++copies;
    other_class += place->second != split.labels[image];
  }
  return first;
}

}  // namespace

Duplicates FindDuplicates(const Dataset& dataset) {
  Duplicates duplicates;
  const LabelByPixels train =
      FirstOfEach(dataset.train, dataset.shape, duplicates.in_train, duplicates.other_class);
  FirstOfEach(dataset.test, dataset.shape, duplicates.in_test, duplicates.other_class);
  for (std::size_t image = 0; image < dataset.test.size(); ++image) {
    const auto same = train.find(Pixels(dataset.test, dataset.shape, image));
    if (same == train.end()) continue;
    ++duplicates.test_in_train;
    duplicates.other_class += same->second != dataset.test.labels[image];
  }
  return duplicates;
}

}  // namespace normlab
