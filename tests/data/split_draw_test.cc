#include "data/split_draw.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace normlab {
namespace {

// Each label as often as its number says.
std::vector<std::uint8_t> LabelsOf(const std::vector<std::pair<int, int>>& counts) {
  std::vector<std::uint8_t> labels;
  for (const auto& [label, count] : counts) {
    for (int i = 0; i < count; ++i) labels.push_back(static_cast<std::uint8_t>(label));
  }
  return labels;
}

TEST(SplitDraw, DrawsFromEveryClassForItself) {
  std::vector<std::uint8_t> labels = LabelsOf({{0, 17}, {1, 2}, {7, 33}});
  const std::vector<bool> tested = DrawTestPictures(labels, {});
  ASSERT_EQ(tested.size(), labels.size());
  for (const auto& [label, count] : {std::pair(0, 3), {1, 1}, {7, 7}}) {
    int found = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) found += labels[i] == label && tested[i];
    EXPECT_EQ(found, count) << label;
  }
  EXPECT_EQ(tested, DrawTestPictures(labels, {}));
  labels = LabelsOf({{0, 17}, {1, 2}, {7, 33}, {8, 9}});
  const std::vector<bool> more = DrawTestPictures(labels, {});
  EXPECT_TRUE(std::equal(tested.begin(), tested.end(), more.begin()))
      << "another class, no other draw";
}

// Over many seeds every picture comes about as often: 2 of 10, 1,000 draws, five deviations
// of 12.6.
TEST(SplitDraw, IsFairAndOfTheSeed) {
  const std::vector<std::uint8_t> labels(10, 3);
  std::vector<int> times(10);
  std::set<std::vector<bool>> draws;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const std::vector<bool> tested = DrawTestPictures(labels, {.one_in = 5, .seed = seed});
    draws.insert(tested);
    for (std::size_t i = 0; i < times.size(); ++i) times[i] += tested[i];
  }
  for (const int count : times) EXPECT_NEAR(count, 200, 63);
  EXPECT_EQ(draws.size(), 45u) << "all pairs of ten";
}

}  // namespace
}  // namespace normlab
