// What an equation's program is made of: how often it waits, what it reads, what is left to others.
#include "norm/program/compile.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "norm/fast/equation_norm.h"

namespace normlab::program {
namespace {

constexpr const char* kBatch =
    "m = avg[N H W](x); v = var[N H W](x)\ny = weight[C] * (x - m) / sqrt(v + eps) + bias[C]";

Program Compiled(const char* text, bool training = true) {
  Settings settings;
  settings.extents = {2, 3, 5, 7};
  CompileOptions options;
  options.x = options.y = options.dy = options.dx = {35 * kBlock, 7 * kBlock};
  return Compile(Express(equation::ParseEquation(text), settings, training, training), options);
}

int Passes(const Segment& segment) {
  return static_cast<int>(std::ranges::count_if(segment.steps, &Step::over_tiles));
}

// Of all passes, as often as they have the kernel.
int Count(const Segment& segment, KernelId id) {
  int count = 0;
  for (const Step& step : segment.steps) {
    if (!step.over_tiles) continue;
    count += static_cast<int>(std::ranges::count(step.instructions, id, &Instruction::id));
  }
  return count;
}

TEST(Program, OfBatchNormalizationIsItsRooms) {
  const Program program = Compiled(kBatch);
  EXPECT_EQ(program.forward_rounds, 1);
  EXPECT_EQ(program.backward_rounds, 1);
  ASSERT_EQ(program.gathers.size(), 2u);
  // Mean and variance in one pass; the two sums of the way back in one; each map is written in one.
  EXPECT_EQ(Passes(program.gathers[0]), 1);
  EXPECT_EQ(Count(program.gathers[0], KernelId::kMergeMoments), 1);
  EXPECT_EQ(Count(program.gathers[1], KernelId::kAddUpBoth), 1);
  EXPECT_EQ(Passes(program.forward), 1);
  EXPECT_EQ(Count(program.forward, KernelId::kLinear), 1);
  EXPECT_EQ(Passes(program.backward), 1);
  EXPECT_EQ(Count(program.backward, KernelId::kLinear), 1);
  EXPECT_EQ(program.register_size, 0u);
}

TEST(Program, WaitsOnceForEachReductionOverImagesInARow) {
  EXPECT_EQ(Compiled("y = x + b[C]").forward_rounds, 0);
  EXPECT_EQ(Compiled("y = x + b[C]").backward_rounds, 0);
  const char* chained =
      "m = avg[N](x); v = avg[N H W]((x - m)^2); w = max[N C](x / sqrt(v + eps))\n"
      "y = x / sqrt(v + eps) - w";
  EXPECT_EQ(Compiled(chained).forward_rounds, 3);
  EXPECT_EQ(Compiled(chained, false).forward_rounds, 0);  // running values are there
  // A learned value alone is added block by block: nobody waits for it.
  EXPECT_EQ(Compiled("n = avg[H W](x^2); y = weight[C] * x / sqrt(n + eps)").backward_rounds, 0);
}

TEST(Program, LeavesWhatIsLinearInAChannelToItsReaders) {
  EXPECT_TRUE(Compiled(kBatch).gives_affine);
  EXPECT_TRUE(Compiled("n = avg[C H W](x^2); y = weight[C] * x / sqrt(n + eps)").gives_affine);
  EXPECT_TRUE(Compiled("y = 2 * x - 1").gives_affine);
  EXPECT_FALSE(Compiled("y = weight[C H W] * x").gives_affine);
  EXPECT_FALSE(Compiled("y = x * x").gives_affine);
  EXPECT_FALSE(Compiled("y = max(x, tau[C])").gives_affine);
  EXPECT_FALSE(Compiled("m = avg[C](x); y = x - m").gives_affine);
}

// The map is still in cache when it is read again.
TEST(Program, GoesByTheSmallestPartThatHoldsWhatIsPooled) {
  const auto forward = [](const char* text) { return Compiled(text).forward.part; };
  EXPECT_EQ(forward("n = max[H W](x); y = x * n * x"), Part::kChannel);
  EXPECT_EQ(forward("n = max[K H W](x); y = x * n * x"), Part::kGroup);
  EXPECT_EQ(forward("n = max[C](x); y = x * n * x"), Part::kRow);
  EXPECT_EQ(forward("n = max[C H W](x); y = x * n * x"), Part::kBlock);
}

TEST(Program, ComputesNothingTwiceInAPass) {
  const Program program = Compiled("y = tanh(2 * x) * tanh(2 * x) + tanh(x + x)");
  EXPECT_EQ(Count(program.forward, KernelId::kTanh), 1);
  EXPECT_EQ(Count(program.backward, KernelId::kTanh), 1);
}

TEST(Program, KeepsReductionsAlone) {
  // Mean and variance of each of six channels, and nothing of the map.
  const Program program = Compiled(
      "m = avg[H W](x); v = var[H W](x); y = weight[C] * (x - m) / sqrt(v + eps) + bias[C]", false);
  EXPECT_EQ(program.stored_size, 2u * 6 * kBlock);
}

}  // namespace
}  // namespace normlab::program
