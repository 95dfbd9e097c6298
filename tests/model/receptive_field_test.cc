// The receptive field against the gradient of one value: a network of the same line with positive
// weights, without normalization and with average instead of max pools has no zero by cancellation,
// so that the pixels with a gradient are exactly those that the value is computed from.
#include "model/receptive_field.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "operations/reference/average_pool.h"
#include "operations/reference/convolution.h"
#include "tests/operations/reference_gradient.h"

namespace normlab {
namespace {

using reference::Operation;
using reference::Tensor;

Architecture Parse(const std::string& line, Shape input, int classes) {
  ModelOptions options;
  options.norm = "none";
  return ParseArchitecture(line, input, classes, options);
}

// The applications of an architecture's layers on an image of another size. A global pool becomes
// an average pool of the map that it sees in the architecture.
class PositiveChain {
 public:
  explicit PositiveChain(const Architecture& architecture) {
    for (const Layer& layer : architecture.layers) {
      for (int time = 0; time < layer.repeat; ++time) Add(layer);
    }
  }

  std::size_t size() const { return operations_.size(); }
  const Layer& layer(std::size_t application) const { return *layers_[application]; }

  // Of the sum over the channels of value (row, column) after the first `applications`: the
  // gradient of every pixel.
  Tensor<double> Gradient(std::size_t applications, Shape image, int row, int column) {
    const reference::Pass pass{true, {}, nullptr};
    std::vector<Tensor<double>> maps = {reference::UniformTensor(1, image, 7, 0.5, 1.5)};
    for (std::size_t i = 0; i < applications; ++i) {
      maps.emplace_back(1, operations_[i]->OutputShape(maps[i].shape));
      operations_[i]->Forward(pass, maps[i], maps[i + 1]);
    }
    Tensor<double> dy(1, maps.back().shape);
    std::fill(dy.values.begin(), dy.values.end(), 0.0);
    for (int c = 0; c < dy.shape.channels; ++c) {
      dy.plane(0, c)[static_cast<std::size_t>(row) * dy.shape.width + column] = 1;
    }
    for (std::size_t i = applications; i-- > 0;) {
      Tensor<double> dx(1, maps[i].shape);
      operations_[i]->Backward(pass, maps[i], maps[i + 1], dy, &dx);
      dy = std::move(dx);
    }
    return dy;
  }

 private:
  void Add(const Layer& layer) {
    layers_.push_back(&layer);
    if (layer.kind != LayerKind::kConvolution) {
      const bool global = layer.kind == LayerKind::kGlobalAveragePool;
      const double size = global ? layer.input.height : layer.kernel;
      operations_.push_back(
          std::make_unique<reference::AveragePool<double>>(Attributes{{"size", size}}));
      return;
    }
    const ConvolutionOptions options{
        .channels = layer.output.channels, .kernel = layer.kernel, .padding = layer.padding};
    const std::size_t count = static_cast<std::size_t>(layer.input.channels) *
                              layer.output.channels * layer.kernel * layer.kernel;
    weights_.push_back(std::make_unique<std::vector<double>>(count));
    gradients_.push_back(std::make_unique<std::vector<double>>(count));
    reference::FillUniform(*weights_.back(), static_cast<std::uint32_t>(weights_.size()), 0.5, 1.5);
    for (double& weight : *weights_.back()) weight /= layer.input.channels;
    operations_.push_back(std::make_unique<reference::Convolution<double>>(
        layer.input.channels, options, *weights_.back(), *gradients_.back()));
  }

  std::vector<const Layer*> layers_;
  std::vector<std::unique_ptr<Operation<double>>> operations_;
  std::vector<std::unique_ptr<std::vector<double>>> weights_, gradients_;
};

// An image on which value `value` of the map has its whole field inside, with pixels to spare.
constexpr int kSpare = 3;
int ValueInside(const FieldAxis& axis) {
  return static_cast<int>((axis.padding + kSpare + axis.jump - 1) / axis.jump);
}
int PixelsAround(const FieldAxis& axis) {
  return static_cast<int>(axis.last(ValueInside(axis)) + 1 + axis.padding + kSpare + axis.jump);
}

// Nonzero exactly on the field, in every channel of the image.
void ExpectGradientOnField(PositiveChain& chain, std::size_t applications,
                           const ReceptiveField& field, int channels) {
  const Shape image{channels, PixelsAround(field.rows), PixelsAround(field.columns)};
  const int row = ValueInside(field.rows), column = ValueInside(field.columns);
  const Tensor<double> gradient = chain.Gradient(applications, image, row, column);
  ASSERT_GT(field.rows.first(row), 0);
  ASSERT_LT(field.rows.last(row) + 1, image.height);
  for (int c = 0; c < channels; ++c) {
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < image.width; ++x) {
        const bool inside = y >= field.rows.first(row) && y <= field.rows.last(row) &&
                            x >= field.columns.first(column) && x <= field.columns.last(column);
        const double slope = gradient.plane(0, c)[static_cast<std::size_t>(y) * image.width + x];
        ASSERT_EQ(slope > 0, inside)
            << chain.layer(applications - 1).name << ", application " << applications
            << ", channel " << c << ", row " << y << ", column " << x << ", gradient " << slope;
      }
    }
  }
}

void ExpectEveryPrefixIsExact(const Architecture& architecture) {
  PositiveChain chain(architecture);
  const std::vector<ReceptiveField> fields = UnitFields(*architecture.plan);
  ASSERT_EQ(fields.size(), chain.size());
  for (std::size_t application = 0; application < chain.size(); ++application) {
    ExpectGradientOnField(chain, application + 1, fields[application], architecture.input.channels);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_EQ(fields.back(), ReceptiveFields(architecture).back());
}

TEST(ReceptiveField, OfEveryPrefixOfTheMnistPresetIsWhereTheGradientIs) {
  ExpectEveryPrefixIsExact(Parse("mnist-8k", {1, 28, 28}, 10));
}

TEST(ReceptiveField, OfEveryPrefixOfTheCifarPresetIsWhereTheGradientIs) {
  ExpectEveryPrefixIsExact(Parse("cifar-37k", {3, 32, 32}, 10));
}

// Layers that are possible on a map of `extent`, all of two channels: no field depends on those.
std::string RandomLine(RandomStream& stream, int extent) {
  const auto below = [&](int bound) {
    return static_cast<int>(stream.Below(static_cast<std::uint32_t>(bound)));
  };
  std::vector<std::string> words = {"c2"};
  for (int left = 1 + below(6); left > 0; --left) {
    const int pool = 2 + below(std::max(1, std::min(extent, 5) - 1));
    switch (below(6)) {
      case 0:
        words.push_back("c2!");
        break;
      case 1:
        words.push_back("C2x" + std::to_string(1 + below(3)));
        break;
      case 2:
        if (extent < 3) break;
        words.push_back("C2v");
        extent -= 2;
        break;
      default:
        if (extent < pool) break;
        words.push_back(pool == 2 && below(2) == 0 ? "P" : "A" + std::to_string(pool));
        extent /= pool;
    }
  }
  words.insert(words.end(), {"GAP", "c2!"});
  return Join(words, " ");
}

TEST(ReceptiveField, OfRandomLinesIsWhereTheGradientIs) {
  for (std::uint32_t item = 0; item < 60; ++item) {
    RandomStream stream(21, Purpose::kSamples, 0, item);
    const int extent = 1 + static_cast<int>(stream.Below(24));
    const std::string line = RandomLine(stream, extent);
    SCOPED_TRACE(line + " on " + std::to_string(extent));
    ExpectEveryPrefixIsExact(Parse(line, {1, extent, extent}, 2));
    ASSERT_FALSE(HasFatalFailure());
  }
}

std::string Extents(const std::string& model, Shape input) {
  std::string text;
  const Architecture architecture = Parse(model, input, 10);
  const std::vector<ReceptiveField> fields = ReceptiveFields(architecture);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    EXPECT_EQ(fields[i].rows, fields[i].columns);
    text += (i == 0 ? "" : " ") + architecture.layers[i].name + "=" +
            std::to_string(fields[i].rows.extent) + "/" + std::to_string(fields[i].rows.jump);
  }
  return text;
}

// By hand: 3x3 adds 2 jumps, a 2x2 pool 1 and doubles the jump, an average pool of k adds k - 1.
TEST(ReceptiveField, OfThePresetsByHand) {
  EXPECT_EQ(Extents("mnist-8k", {1, 28, 28}),
            "C1=3/1 C2=5/1 P1=6/2 c3=6/2 C4=10/2 C5=14/2 C6=18/2 A1=28/12 c7=28/12 c8=28/12");
  EXPECT_EQ(Extents("cifar-37k", {3, 32, 32}),
            "C1=3/1 C2=5/1 c3=5/1 P1=6/2 C3=10/2 C4=18/2 C5=22/2 c6=22/2 P2=24/4 C7=32/4 C8=40/4 "
            "C9=48/4 GAP=76/32 c10=76/32");
}

// C9 of cifar-37k: nine paddings of 1 with jumps 1 1 2 2 2 2 4 4 4.
TEST(ReceptiveField, PaddingIsHowFarTheFirstFieldBeginsOutside) {
  const FieldAxis cifar = ReceptiveFields(Parse("cifar-37k", {3, 32, 32}, 10))[11].rows;
  EXPECT_EQ(cifar.padding, 1 + 1 + 2 + 2 + 2 + 2 + 4 + 4 + 4);
  EXPECT_EQ(cifar.first(0), -22);
  EXPECT_EQ(cifar.last(0), 25);
  EXPECT_EQ(cifar.first(7), 6);
  EXPECT_EQ(ReceptiveFields(Parse("mnist-8k", {1, 28, 28}, 10)).back().rows.padding, 0);
}

TEST(Reach, OfAnyEquation) {
  const auto reach = [](const char* text, bool training) {
    return ReachOf(FindNormMethod(text), training);
  };
  EXPECT_EQ(reach("y = x - avg[W](x)", true), Reach::kImage);
  EXPECT_EQ(reach("y = x - avg[W](x)", false), Reach::kImage);
  EXPECT_EQ(reach("y = x - avg[K](x)", true), Reach::kField);
  EXPECT_EQ(reach("y = a[] * tanh(x)", true), Reach::kField);
  const char* mixed = "m = avg[N](x); y = x - m + max[H](x)";
  EXPECT_EQ(reach(mixed, true), Reach::kBatch);
  EXPECT_EQ(reach(mixed, false), Reach::kImage);
  // In evaluation the running value stands for what was pooled of the image too.
  const char* behind = "i = avg[H W](x); m = avg[N](i); y = x - m";
  EXPECT_EQ(reach(behind, true), Reach::kBatch);
  EXPECT_EQ(reach(behind, false), Reach::kField);
}

TEST(ReceptiveField, OfAGlobalPoolOnAMapThatIsNoSquare) {
  const ReceptiveField field = ReceptiveFields(Parse("C2 P GAP c10!", {3, 32, 24}, 10)).back();
  EXPECT_EQ(field.rows, (FieldAxis{.extent = 4 + 15 * 2, .jump = 32, .padding = 1}));
  EXPECT_EQ(field.columns, (FieldAxis{.extent = 4 + 11 * 2, .jump = 24, .padding = 1}));
}

}  // namespace
}  // namespace normlab
