#include "model/architecture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "base/text.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;

constexpr Shape kMnist{1, 28, 28};
constexpr Shape kCifar{3, 32, 32};

ModelOptions WithNorm(const std::string& norm, int groups = 2) {
  ModelOptions options;
  options.norm = norm;
  options.groups = groups;
  return options;
}

std::string NamesAndShapes(const Architecture& architecture) {
  std::vector<std::string> words;
  for (const Layer& layer : architecture.layers) {
    words.push_back(layer.name + "=" + std::to_string(layer.output.channels) + "x" +
                    std::to_string(layer.output.height) + "x" + std::to_string(layer.output.width));
  }
  return Join(words, " ");
}

// Shapes, parameters and multiply-adds of both presets are the seeds' own tables.
TEST(Presets, Mnist8k) {
  for (const char* norm : {"batch", "layer", "group"}) {
    const Architecture mnist = ParseArchitecture("mnist-8k", kMnist, 10, WithNorm(norm, 4));
    EXPECT_EQ(StoredParameters(mnist), 7704u);
    EXPECT_EQ(ParametersPerCall(mnist), 7704u);
    EXPECT_EQ(MultiplyAdds(mnist), 1'076'672u);
  }
  const Architecture mnist = ParseArchitecture("mnist-8k", kMnist, 10, WithNorm("group", 4));
  EXPECT_EQ(NamesAndShapes(mnist),
            "C1=8x26x26 C2=16x24x24 P1=16x12x12 c3=8x12x12 C4=16x10x10 C5=16x8x8 C6=16x6x6 "
            "A1=16x1x1 c7=16x1x1 c8=10x1x1");
  EXPECT_EQ(mnist.layers[0].groups, 2);
  EXPECT_EQ(mnist.layers[1].groups, 4);
  EXPECT_EQ(mnist.layers[8].groups, 4);
  EXPECT_EQ(StoredParameters(ParseArchitecture("mnist-8k", kMnist, 10, WithNorm("none"))), 7528u);
}

TEST(Presets, Cifar37k) {
  const Architecture cifar = ParseArchitecture("cifar-37k", kCifar, 10, WithNorm("batch"));
  EXPECT_EQ(StoredParameters(cifar), 37'140u);
  EXPECT_EQ(ParametersPerCall(cifar), 42'372u);
  EXPECT_EQ(MultiplyAdds(cifar), 8'130'880u);
  EXPECT_EQ(NamesAndShapes(cifar),
            "C1=12x32x32 C2=16x32x32 c3=8x32x32 P1=8x16x16 C3=24x16x16 C4=24x16x16 C5=24x16x16 "
            "c6=12x16x16 P2=12x8x8 C7=32x8x8 C8=32x8x8 C9=32x8x8 GAP=32x1x1 c10=10x1x1");
  EXPECT_EQ(cifar.layers[5].repeat, 2);
  EXPECT_TRUE(cifar.layers[11].bare);
  EXPECT_FALSE(cifar.layers[10].bare);
}

TEST(Presets, EveryRowParsesWithItsOwnGroupsAndOrder) {
  for (const ModelPreset& preset : ModelPresets()) {
    const Shape input = preset.name == "mnist-8k" ? kMnist : kCifar;
    ModelOptions options = WithNorm("group", preset.groups);
    options.order = ParseOrder(preset.order);
    const Architecture architecture = ParseArchitecture(preset.name, input, 10, options);
    EXPECT_EQ(architecture.text, preset.line);
    if (preset.layer_names.empty()) continue;
    EXPECT_EQ(SplitWords(preset.layer_names).size(), architecture.layers.size());
  }
}

TEST(Presets, TheirLineWrittenByHandIsThePreset) {
  const Architecture cifar = ParseArchitecture(
      "  C12 C16\tc8 P C24 C24x2 C24  c12 P\nC32 C32 C32! GAP c10! ", kCifar, 10, {});
  EXPECT_EQ(cifar.layers[4].name, "C3");
  EXPECT_EQ(cifar.text, FindModelPreset("cifar-37k")->line);
  EXPECT_EQ(FindModelPreset("C8 GAP c10!"), nullptr);
}

TEST(Notation, ConvolutionsShareOneCountAndPoolsHaveTheirOwn) {
  const Architecture architecture =
      ParseArchitecture("C8 P c4 A2 P C6v GAP c10!", {3, 32, 24}, 10, {});
  EXPECT_EQ(NamesAndShapes(architecture),
            "C1=8x32x24 P1=8x16x12 c2=4x16x12 A1=4x8x6 P2=4x4x3 C3=6x2x1 GAP=6x1x1 c4=10x1x1");
  EXPECT_EQ(architecture.layers[0].padding, 1);
  EXPECT_EQ(architecture.layers[2].padding, 0);
  EXPECT_EQ(architecture.layers[5].padding, 0);
  EXPECT_EQ(architecture.layers[3].kernel, 2);
}

TEST(Notation, SuffixesInTheirOrder) {
  const Architecture architecture =
      ParseArchitecture("C8v/4 c8/2x3! C8x2 c8/1! GAP c10!", kMnist, 10, WithNorm("group", 8));
  const std::vector<Layer>& layers = architecture.layers;
  EXPECT_EQ(layers[0].groups, 4);
  EXPECT_EQ(layers[0].output, (Shape{8, 26, 26}));
  EXPECT_EQ(layers[1].repeat, 3);
  EXPECT_TRUE(layers[1].bare);
  EXPECT_EQ(layers[2].repeat, 2);
  EXPECT_EQ(layers[2].groups, 8);
  EXPECT_EQ(layers[1].groups, 0) << "a bare layer has no normalization";
  EXPECT_EQ(layers[2].output, (Shape{8, 26, 26}));
}

TEST(Notation, PoolsDropWhatDoesNotFillAWindow) {
  const Architecture architecture =
      ParseArchitecture("C8 P P P A2 c10!", kMnist, 10, {});  // 28, 14, 7, 3, 1
  EXPECT_EQ(NamesAndShapes(architecture),
            "C1=8x28x28 P1=8x14x14 P2=8x7x7 P3=8x3x3 A1=8x1x1 c2=10x1x1");
}

TEST(Notation, TheLastLayerMayBeAnyThatLeavesOneNumberPerClass) {
  for (const char* line : {"GAP c10!", "C10! GAP", "c10! A28", "GAP c16 c10"}) {
    EXPECT_NO_THROW(ParseArchitecture(line, kMnist, 10, {})) << line;
  }
}

TEST(Order, AllSixRoundTrip) {
  int orders = 0;
  for (const char* text :
       {"conv-relu-norm-dropout", "conv-relu-dropout-norm", "conv-norm-relu-dropout",
        "conv-norm-dropout-relu", "conv-dropout-relu-norm", "conv-dropout-norm-relu"}) {
    EXPECT_EQ(OrderText(ParseOrder(text)), text);
    ++orders;
  }
  EXPECT_EQ(orders, 6);
  EXPECT_THAT(ParseOrder("conv-norm-dropout-relu"),
              ElementsAre(UnitStep::kNorm, UnitStep::kDropout, UnitStep::kRelu));
  for (const char* text : {"", "conv", "relu-norm-dropout", "conv-relu-relu-norm", "conv-relu-norm",
                           "conv-relu-norm-dropout-", "Conv-relu-norm-dropout"}) {
    EXPECT_THROW(ParseOrder(text), UsageError) << text;
  }
}

TEST(Infos, NamesAndShapesAreThoseOfPyTorch) {
  const Architecture model = ParseArchitecture("C8 c4! GAP c10!", kCifar, 10, WithNorm("batch"));
  const std::vector<ParameterInfo> parameters = model.plan->parameters;
  ASSERT_EQ(parameters.size(), 5u);
  EXPECT_EQ(parameters[0].name, "C1.conv.weight");
  EXPECT_THAT(parameters[0].shape, ElementsAre(8, 3, 3, 3));
  EXPECT_EQ(parameters[1].name, "C1.norm.weight");
  EXPECT_EQ(parameters[2].name, "C1.norm.bias");
  EXPECT_THAT(parameters[2].shape, ElementsAre(8));
  EXPECT_EQ(parameters[3].name, "c2.conv.weight");
  EXPECT_THAT(parameters[3].shape, ElementsAre(4, 8, 1, 1));
  EXPECT_EQ(parameters[4].name, "c3.conv.weight");
  const std::vector<BufferInfo> buffers = model.plan->buffers;
  ASSERT_EQ(buffers.size(), 2u);
  EXPECT_EQ(buffers[0].name, "C1.norm.running_mean");
  EXPECT_EQ(buffers[1].name, "C1.norm.running_var");
  EXPECT_EQ(buffers[1].offset, 8u);
  ASSERT_EQ(model.plan->counters.size(), 1u);
  EXPECT_EQ(model.plan->counters[0].name, "C1.norm.num_batches_tracked");
  EXPECT_TRUE(
      ParseArchitecture("C8 GAP c10!", kCifar, 10, WithNorm("group")).plan->buffers.empty());
}

TEST(Infos, TensorsFillTheFlatVectorWithoutGaps) {
  for (const char* norm : {"none", "batch", "layer", "group"}) {
    const Architecture model = ParseArchitecture("cifar-37k", kCifar, 10, WithNorm(norm));
    std::size_t end = 0;
    for (const ParameterInfo& info : model.plan->parameters) {
      EXPECT_EQ(info.offset, end) << info.name;
      end += info.size;
    }
    EXPECT_EQ(end, StoredParameters(model));
  }
}

}  // namespace
}  // namespace normlab
