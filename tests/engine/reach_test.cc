// How far the statistics of every method widen what a value depends on: one pixel is changed, and
// the value of another pixel, image or channel changes with it or keeps its bits.
#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "model/receptive_field.h"
#include "norm/norm.h"
#include "operations/reference/convolution.h"
#include "tests/operations/reference_gradient.h"

namespace normlab {
namespace {

using reference::Tensor;

constexpr Shape kShape{6, 7, 9};
constexpr int kImages = 3, kGroups = 2;

// One normalization with random parameters, of a state of its own. Each tensor lies below the one
// declared before it, so that what is compared with a later one passes.
class Normalized {
 public:
  Normalized(const NormMethod& method, bool training, Shape shape = kShape) : training_(training) {
    if (!method.normalizes()) return;
    const OperationKind& kind = method.operation;
    reference::Placement<double> placement;
    placement.attributes = {{"groups", kGroups}, {"eps", 1e-5}, {"momentum", 0.1}};
    placement.inputs = {shape};
    placement.output = shape;
    for (const ParameterDeclaration& parameter :
         kind.parameters(placement.attributes, shape, shape)) {
      const bool bounded = parameter.bounds.lowest >= 0;  // where roots are taken of it
      const auto below = bounded ? 0 : 1.5 * static_cast<double>(placement.parameters.size());
      std::vector<double>& values = Own(SizeOf(parameter.shape), 0);
      reference::FillUniform(values, 31, 0.5 - below, 1.5 - below);
      placement.parameters.emplace_back(values);
      placement.gradients.emplace_back(Own(values.size(), 0));
    }
    if (kind.states != nullptr) {
      for (const StateDeclaration& state : kind.states(placement.attributes, shape).tensors) {
        placement.states.emplace_back(Own(SizeOf(state.shape), 1));
      }
    }
    placement.counter = &passes_;
    norm_ = kind.make_double(placement);
  }

  Tensor<double> Of(const Tensor<double>& x) {
    if (norm_ == nullptr) return x;
    Tensor<double> y(x.images, x.shape);
    norm_->Forward({training_, {}, nullptr}, x, y);
    return y;
  }

 private:
  std::vector<double>& Own(std::size_t size, double value) {
    return owned_.emplace_back(size, value);
  }

  bool training_;
  std::deque<std::vector<double>> owned_;
  std::int64_t passes_ = 0;
  std::unique_ptr<reference::Operation<double>> norm_;
};

struct Pixel {
  int image, channel;
  std::size_t at;  // row-major
};

// Whether the value at `value` is another when the one at `cause` is.
bool Depends(const NormMethod& method, bool training, const Pixel& value, const Pixel& cause) {
  const Tensor<double> before = reference::UniformTensor(kImages, kShape, 30);
  Tensor<double> after = before;
  after.plane(cause.image, cause.channel)[cause.at] += 0.25;
  const double was =
      Normalized(method, training).Of(before).plane(value.image, value.channel)[value.at];
  const double is =
      Normalized(method, training).Of(after).plane(value.image, value.channel)[value.at];
  return was != is;
}

constexpr Pixel kCentre{1, 1, 3 * 9 + 4};
constexpr std::size_t kFarAway = 6 * 9 + 8;

class ReachOfMethod : public testing::TestWithParam<NormMethod> {};

TEST_P(ReachOfMethod, IsHowFarAChangedPixelIsFelt) {
  // Which of its two divisors a value has, that of the batch or that of the image, it decides
  // itself.
  if (GetParam().name == "evonorm-b0") return;
  for (const bool training : {true, false}) {
    const Reach reach = ReachOf(GetParam(), training);
    EXPECT_TRUE(Depends(GetParam(), training, kCentre, kCentre));
    EXPECT_EQ(Depends(GetParam(), training, kCentre, {1, 1, kFarAway}), reach != Reach::kField)
        << "far away in the same image and channel, training " << training;
    EXPECT_EQ(Depends(GetParam(), training, kCentre, {2, 1, kFarAway}), reach == Reach::kBatch)
        << "far away in another image, training " << training;
    EXPECT_EQ(Depends(GetParam(), training, kCentre, {2, 1, kCentre.at}), reach == Reach::kBatch)
        << "the same pixel of another image, training " << training;
  }
}

// A group is one of three channels, 0 to 2; channel 5 belongs to another.
TEST_P(ReachOfMethod, AcrossChannelsIsWhatTheRegistrySays) {
  using equation::Axes;
  Axes pooled;
  for (const equation::Node& node : GetParam().equation->equation.nodes) {
    pooled = pooled.With(node.pooled);
  }
  const bool pools = pooled.HasAny(Axes::Channels());
  EXPECT_EQ(Depends(GetParam(), true, kCentre, {1, 2, kCentre.at}), pools);
  EXPECT_EQ(Depends(GetParam(), true, kCentre, {1, 5, kCentre.at}), pooled.Has(Axes::Channels()));
}

constexpr Shape kImage{2, 21, 19};
constexpr std::size_t kMiddle = 10 * 19 + 9;

Tensor<double> Convolved(const Tensor<double>& x, int channels, std::uint32_t item) {
  std::vector<double> weights(static_cast<std::size_t>(x.shape.channels) * channels * 9);
  std::vector<double> gradient(weights.size());
  reference::FillUniform(weights, item);
  Tensor<double> y(x.images, {channels, x.shape.height, x.shape.width});
  const ConvolutionOptions options = {.channels = channels, .kernel = 3, .padding = 1};
  reference::Convolution<double>(x.shape.channels, options, weights, gradient)
      .Forward({true, {}, nullptr}, x, y);
  return y;
}

// Convolution, normalization, convolution: a receptive field of 5x5 pixels.
double MiddleValue(const NormMethod& method, const Tensor<double>& images) {
  const Tensor<double> map = Convolved(images, kShape.channels, 40);
  return Convolved(Normalized(method, true, map.shape).Of(map), 1, 41).plane(1, 0)[kMiddle];
}

TEST_P(ReachOfMethod, WidensTheReceptiveFieldOfANetwork) {
  const Tensor<double> images = reference::UniformTensor(kImages, kImage, 42);
  const auto depends_on = [&](int image, int rows_away, int columns_away) {
    Tensor<double> changed = images;
    changed.plane(image, 0)[kMiddle + static_cast<std::size_t>(19 * rows_away + columns_away)] +=
        0.25;
    return MiddleValue(GetParam(), changed) != MiddleValue(GetParam(), images);
  };
  const Reach reach = ReachOf(GetParam(), true);
  EXPECT_TRUE(depends_on(1, 2, 2)) << "the field's corner";
  EXPECT_EQ(depends_on(1, 3, 0), reach != Reach::kField) << "beside the field";
  EXPECT_EQ(depends_on(1, 10, 9), reach != Reach::kField) << "the image's corner";
  EXPECT_EQ(depends_on(2, 0, 0), reach == Reach::kBatch) << "another image";
}

INSTANTIATE_TEST_SUITE_P(Registry, ReachOfMethod, testing::ValuesIn(NormMethods()),
                         [](const auto& info) {
                           std::string name(info.param.name);
                           std::erase(name, '-');
                           return name;
                         });

// What the issue says of them in words.
TEST(Reach, InWords) {
  const auto training = [](const char* name) { return ReachOf(FindNormMethod(name), true); };
  EXPECT_EQ(training("none"), Reach::kField);
  EXPECT_EQ(training("layer-channels"), Reach::kField);
  for (const char* name : {"layer", "layer-elementwise", "group", "instance", "rms"}) {
    EXPECT_EQ(training(name), Reach::kImage) << name;
  }
  EXPECT_EQ(training("batch"), Reach::kBatch);
  EXPECT_EQ(ReachOf(FindNormMethod("batch"), false), Reach::kField);
}

}  // namespace
}  // namespace normlab
