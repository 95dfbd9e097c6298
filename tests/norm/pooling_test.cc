#include "norm/equation/pooling.h"

#include <gtest/gtest.h>

#include "norm/equation/equation.h"
#include "norm/norm.h"

namespace normlab::equation {
namespace {

// Of the first statement, which is a reduction.
const Node& FirstReduction(const Equation& equation) {
  return equation.nodes[equation.statements[0].node];
}

// Of avg[pooled](value).
std::string Words(const std::string& pooled, const std::string& value = "x") {
  const Equation equation = ParseEquation("s = avg[" + pooled + "](" + value + ")\ny = x * s + x");
  const Node& node = FirstReduction(equation);
  return PoolsOver(node.pooled, node.axes);
}

std::string Words(const Extents& extents, const std::string& pooled,
                  const std::string& value = "x") {
  const Equation equation = ParseEquation("s = avg[" + pooled + "](" + value + ")\ny = x * s + x");
  const Node& node = FirstReduction(equation);
  return PoolsOver(node.pooled, node.axes, extents);
}

TEST(Pooling, OfTheMethodsOfTheFieldIsSaidInItsWords) {
  EXPECT_EQ(Words("N H W"), "one channel of all images of the batch");
  EXPECT_EQ(Words("C H W"), "all channels of one image");
  EXPECT_EQ(Words("C"), "all channels at one pixel of one image");
  EXPECT_EQ(Words("K H W"), "one group of channels of one image");
  EXPECT_EQ(Words("H W"), "one channel of one image");
}

TEST(Pooling, OfOtherAxes) {
  EXPECT_EQ(Words("N C H W"), "all channels of all images of the batch");
  EXPECT_EQ(Words("N"), "one channel at one pixel of all images of the batch");
  EXPECT_EQ(Words("M H W"), "one channel of one ghost batch");
  EXPECT_EQ(Words("B M K H W"), "one group of channels of all images of the batch");
  EXPECT_EQ(Words("G H W"), "one channel of every group of one image");
  EXPECT_EQ(Words("K"), "one group of channels at one pixel of one image");
  EXPECT_EQ(Words("H"), "one channel in one column of one image");
  EXPECT_EQ(Words("C W"), "all channels in one row of one image");
}

TEST(Pooling, OfValuesThatLackAxesDoesNotSpeakOfThem) {
  EXPECT_EQ(Words("C", "max[H W](x)"), "all channels of one image");
  const auto pooled = [](const char* statement) {
    const Equation equation =
        ParseEquation(std::string("a = avg[N H W](x)\nb = avg[M C](x)\nc = avg[C](x)\n") +
                      "k = avg[G](w[C])\ns = " + statement + "\ny = x * s + a + b + c + k");
    const Node& node = equation.nodes[equation.statements[4].node];
    return PoolsOver(node.pooled, node.axes);
  };
  EXPECT_EQ(pooled("avg[C](a)"), "all channels");
  EXPECT_EQ(pooled("avg[K](a)"), "one group of channels");
  EXPECT_EQ(pooled("avg[H W](b)"), "all pixels of one ghost batch");
  EXPECT_EQ(pooled("avg[H W](c)"), "all pixels of one image");
  EXPECT_EQ(pooled("avg[W](c)"), "one row of one image");
  EXPECT_EQ(pooled("avg[N H](c)"), "one column of all images of the batch");
  EXPECT_EQ(pooled("avg[K](k)"), "one group of channels");
  EXPECT_EQ(pooled("avg[H](h[H])"), "all rows");
  EXPECT_EQ(pooled("avg[G](g[G])"), "all groups");
}

TEST(Pooling, OfAMapNamesItsNumbers) {
  const Extents ghost = {33, 16, 12, 6, 3, 5};
  EXPECT_EQ(Words(ghost, "M H W"), "one channel of a ghost batch of 16 images");
  EXPECT_EQ(Words(ghost, "N H W"), "one channel of all images of the batch");
  EXPECT_EQ(Words(ghost, "K H W"), "one group of 2 channels of one image");
  EXPECT_EQ(Words(ghost, "G"), "one channel of every group at one pixel of one image");
  const Extents whole = {33, 0, 12, 12, 3, 5};
  EXPECT_EQ(Words(whole, "M H W"), "one channel of all images of the batch");
  EXPECT_EQ(Words(whole, "K"), "one group of 1 channel at one pixel of one image");
  EXPECT_EQ(Words(Extents{5, 1, 4, 2, 1, 1}, "M"),
            "one channel at one pixel of a ghost batch of 1 image");
}

TEST(Pooling, CountsTheValuesOfTheSmallestStatistic) {
  const Extents extents = {33, 16, 12, 6, 3, 5};
  const auto reach = [&](Axes pooled) { return PooledOf(pooled, extents); };
  EXPECT_EQ(reach(Axes::All()), (PooledExtents{33, 12, 3, 5}));
  EXPECT_EQ(reach(Axes::All()).values(), 33u * 12 * 3 * 5);
  EXPECT_EQ(reach(Axes::GhostImages()), (PooledExtents{1, 1, 1, 1}));
  EXPECT_EQ(reach(Axes::GroupChannels().With(Axes::Columns())), (PooledExtents{1, 2, 1, 5}));
  EXPECT_EQ(reach(Axes::Groups().With(Axes::Rows())), (PooledExtents{1, 6, 3, 1}));
  EXPECT_EQ(PooledOf(Axes::GhostImages(), {32, 16, 12, 6, 3, 5}).images, 16);
  EXPECT_EQ(PooledOf(Axes::GhostImages(), {9, 16, 12, 6, 3, 5}).images, 9);
  EXPECT_EQ(PooledOf(Axes::GhostImages(), {9, 0, 12, 6, 3, 5}).images, 9);
}

}  // namespace
}  // namespace normlab::equation
