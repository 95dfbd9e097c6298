// What is planned in words (engine/fast/memory.h) against what the program's heap takes.
#include "engine/fast/memory.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <functional>
#include <span>

#include "base/error.h"
#include "engine/make_network.h"
#include "tests/engine/random_architecture.h"
#include "tests/left_out.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

std::size_t HeapBytes() {
  const struct mallinfo2 heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

std::size_t HeapOf(const Architecture& architecture, int batch, int threads) {
  const std::size_t before = HeapBytes();
  const auto network = MakeFastNetwork(architecture, batch, {.threads = threads});
  return HeapBytes() - before;
}

struct Line {
  std::string_view model;
  Shape input;
  int groups;
};

// The presets, and lines that begin with pools.
std::vector<Line> Lines() {
  std::vector<Line> lines;
  for (const ModelPreset& preset : ModelPresets()) {
    lines.push_back({preset.name, preset.dataset == "mnist" ? Shape{1, 28, 28} : Shape{3, 32, 32},
                     preset.groups});
  }
  lines.push_back({"P C8 C8 GAP c10!", {3, 64, 64}, 2});
  lines.push_back({"A2 P c8 C8x2 P C8 GAP c10!", {3, 64, 64}, 4});
  return lines;
}

constexpr const char* kOrders[] = {"conv-relu-norm-dropout", "conv-relu-dropout-norm",
                                   "conv-norm-relu-dropout", "conv-norm-dropout-relu",
                                   "conv-dropout-relu-norm", "conv-dropout-norm-relu"};

// Orders that a line is built in under a method: all of them where the method has a room, whose
// fusions differ by the order; of the long lines three, under three methods.
std::span<const char* const> OrdersOf(const Line& line, const std::string& norm) {
  const std::span<const char* const> all = kOrders;
  const bool is_long = line.model != "mnist-8k" && FindModelPreset(line.model) != nullptr &&
                       line.model != "cifar-37k";
  if (is_long) return all.first(norm == "none" || norm == "batch" || norm == "group" ? 3 : 0);
  return all.first(FindNormMethod(norm).room.empty() ? 1 : all.size());
}

void ForEachNetwork(const std::function<void(const Architecture&)>& visit) {
  for (const Line& line : Lines()) {
    for (const std::string& norm : NormNames()) {
      // c7 is 1x1.
      if (line.model == "mnist-8k" && !StandsOnOnePixel(FindNormMethod(norm))) continue;
      for (const char* order : OrdersOf(line, norm)) {
        for (const double dropout : {0.0, 0.1}) {
          ModelOptions options;
          options.norm = norm;
          options.groups = line.groups;
          options.order = ParseOrder(order);
          options.dropout = dropout;
          SCOPED_TRACE(std::string(line.model) + " " + norm + " " + order);
          visit(ParseArchitecture(line.model, line.input, 10, options));
        }
      }
    }
  }
}

TEST(PlannedMemory, GrowsWithTheBatchAsTheHeapDoes) {
  if (HeapBytes() == 0)
    NORMLAB_LEFT_OUT("a sanitizer's allocator does not count; the Release build of ./check");
  ForEachNetwork([](const Architecture& architecture) {
    const auto held = static_cast<double>(HeapOf(architecture, 81, 1) -
                                          HeapOf(architecture, 16, 1));  // 6 blocks, 1 block
    const auto planned =
        static_cast<double>(MemoryBytes(architecture, 81) - MemoryBytes(architecture, 16));
    EXPECT_NEAR(planned / held, 1, 0.01) << planned << " planned, held " << held;
  });
}

// Lines of the whole notation, as large as their statistics, which no plan counts, are small
// beside.
TEST(PlannedMemory, OfRandomLinesGrowsAsTheHeapDoes) {
  if (HeapBytes() == 0)
    NORMLAB_LEFT_OUT("a sanitizer's allocator does not count; the Release build of ./check");
  int networks = 0;
  for (std::uint32_t number = 0; networks < 60; ++number) {
    const Case c = RandomArchitecture(4, number).Draw();
    if (c.input.pixels() < 144) continue;
    SCOPED_TRACE(Describe(c));
    try {
      const Architecture architecture = ParseArchitecture(c.model, c.input, c.classes, c.options);
      const auto held = static_cast<double>(HeapOf(architecture, 81, 1)) -
                        static_cast<double>(HeapOf(architecture, 16, 1));
      const auto planned =
          static_cast<double>(MemoryBytes(architecture, 81) - MemoryBytes(architecture, 16));
      EXPECT_NEAR(planned / held, 1, 0.05) << planned << " planned, held " << held;
      ++networks;
    } catch (const UsageError&) {  // a line that cannot be built
    }
  }
}

// On top of the plan come packed weights, and for each thread the transforms of convolutions; their
// sizes belong to the kernels. They are below 2 MB and 40 bytes a parameter, and for each thread 3
// MB and 160 bytes a weight of the largest filter. Where a method has no room, come the programs of
// its equation, which none of these reads: below 0.2 MB for each of ten units.
TEST(PlannedMemory, IsHeldAndLittleMore) {
  if (HeapBytes() == 0)
    NORMLAB_LEFT_OUT("a sanitizer's allocator does not count; the Release build of ./check");
  ForEachNetwork([](const Architecture& architecture) {
    if (OrderText(architecture.options.order) != "conv-relu-norm-dropout") return;
    const double programs = architecture.options.norm->room.empty() ? 2e6 : 0;
    const Plan& plan = *architecture.plan;
    std::size_t largest = 0;
    for (const ParameterInfo& info : plan.parameters) largest = std::max(largest, info.size);
    const double packed = 2e6 + 40 * static_cast<double>(plan.parameter_count());
    const double transforms = 3e6 + 160 * static_cast<double>(largest);
    for (const int threads : {1, 3}) {
      const auto held = static_cast<double>(HeapOf(architecture, 33, threads));
      const auto planned = static_cast<double>(MemoryBytes(architecture, 33, threads));
      EXPECT_GT(held, planned) << threads;
      EXPECT_LT(held - planned, packed + transforms * threads + programs) << threads;
    }
  });
}

}  // namespace
}  // namespace normlab
