#include "data/split_draw.h"

#include <algorithm>
#include <cassert>
#include <map>

#include "base/shuffle.h"

namespace normlab {

std::size_t TestPictures(std::size_t n, const DrawnSplit& draw) {
  assert(n > 1);
  const auto one_in = static_cast<std::size_t>(draw.one_in);
  return std::clamp((2 * n + one_in) / (2 * one_in), std::size_t{1}, n - 1);
}

std::vector<bool> DrawTestPictures(const std::vector<std::uint8_t>& labels,
                                   const DrawnSplit& draw) {
  std::map<std::uint8_t, std::vector<std::size_t>> classes;
  for (std::size_t i = 0; i < labels.size(); ++i) classes[labels[i]].push_back(i);
  std::vector<bool> tested(labels.size());
  for (auto& [label, pictures] : classes) {
    RandomStream random(draw.seed, Purpose::kTestSplit, 0, label);
    const std::size_t count = TestPictures(pictures.size(), draw);
    ShuffleFront(pictures, count, random);
    for (std::size_t i = 0; i < count; ++i) tested[pictures[i]] = true;
  }
  return tested;
}

}  // namespace normlab
