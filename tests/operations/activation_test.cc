// Every activation of the registry: what it declares, its twin's gradient by differences, its
// kinks, and the fast engine's maps against the twin's tensors.
#include "operations/activation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "tests/operations/activation_maps.h"
#include "tests/operations/reference_gradient.h"

namespace normlab {
namespace {

using reference::kUglyBatches;
using reference::UniformTensor;

// Pairwise different dimensions.
const Shape kShapes[] = {{2, 7, 5}, {5, 4, 6}, {3, 1, 2}};
constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();

TEST(Activations, AreThoseOfTorchFunctionalByName) {
  std::set<std::string_view> names;
  for (const Activation& activation : Activations()) names.insert(activation.name);
  EXPECT_EQ(names.size(), Activations().size());
  for (const char* name : {"elu", "gelu", "gelu_tanh", "hardswish", "leaky_relu", "mish", "prelu",
                           "relu", "sigmoid", "silu", "tanh"}) {
    EXPECT_EQ(names.count(name), 1u) << name;
  }
  EXPECT_EQ(names.count(kDefaultActivation), 1u);
}

TEST(Activations, AnAttributeAwayFromItsDefaultIsSaidToPyTorch) {
  const auto text = [](const char* name, const Attributes& attributes) {
    return KindNamed(name).pytorch(attributes);
  };
  EXPECT_EQ(text("leaky_relu", {}), "functional.leaky_relu(x)");
  EXPECT_EQ(text("leaky_relu", {{"slope", 0.2}}), "functional.leaky_relu(x, 0.2)");
  EXPECT_EQ(text("elu", {{"alpha", 0.5}}), "functional.elu(x, 0.5)");
}

TEST(Activations, PreluLearnsOneWeightThatDecays) {
  const auto parameters = KindNamed("prelu").parameters({}, kShapes[0], kShapes[0]);
  ASSERT_EQ(parameters.size(), 1u);
  EXPECT_EQ(parameters[0].name, "weight");
  EXPECT_EQ(parameters[0].shape, std::vector<int>{1});
  EXPECT_EQ(parameters[0].role, ParameterRole::kOther);
  EXPECT_EQ(parameters[0].initial.constant, 0.25);
  EXPECT_TRUE(parameters[0].decays);
}

class EachActivation : public testing::TestWithParam<Activation> {
 protected:
  const OperationKind& kind() const { return *GetParam().kind; }
};
INSTANTIATE_TEST_SUITE_P(Registry, EachActivation, testing::ValuesIn(Activations()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(EachActivation, DeclaresWhatAnActivationHas) {
  EXPECT_EQ(&KindNamed(GetParam().name), &kind());
  EXPECT_FALSE(kind().pytorch_module.empty());
  EXPECT_NE(kind().pytorch({}).find("(x"), std::string::npos) << kind().pytorch({});
  EXPECT_EQ(kind().OutputShape({}, std::vector{kShapes[0]}), kShapes[0]);
  // A map that is written over cannot be read as it was.
  EXPECT_NE(kind().traits.in_place, kind().traits.reads_input);
  EXPECT_NE(kind().traits.reads_output, kind().traits.reads_input);
}

TEST_P(EachActivation, TheTwinHasTheGradientOfWhatItComputes) {
  for (const int images : kUglyBatches) {
    for (const Shape& shape : kShapes) {
      PlainActivation<double> plain(kind(), {}, images, shape);
      reference::Tensor<double> x = UniformTensor(images, shape, 5, -6, 6);
      reference::GradientCheck check;
      for (std::vector<double>& parameter : plain.parameters) check.parameters.push_back(parameter);
      for (std::vector<double>& gradient : plain.gradients) check.gradients.push_back(gradient);
      ExpectGradients(std::string(GetParam().name), *plain.operation, x, check);
    }
  }
}

template <typename T>
T PlainValue(const OperationKind& kind, T x) {
  PlainActivation<T> plain(kind, {}, 1, {1, 1, 1});
  plain.x.values = {x};
  plain.Run();
  return plain.y.values[0];
}

TEST_P(EachActivation, ANanStaysOne) {
  EXPECT_TRUE(std::isnan(PlainValue<double>(kind(), kNotANumber)));
  EXPECT_TRUE(std::isnan(PlainValue<float>(kind(), kNotANumber)));
  for (const Simd simd : SupportedSimd()) {
    FastActivation fast(kind(), {}, 1, {1, 1, 1}, {.simd = simd});
    for (int lane = 0; lane < kBlock; ++lane) {
      std::fill_n(fast.x.block(0).origin, kBlock, 1.0f);
      fast.x.block(0).origin[lane] = kNotANumber;
      fast.Forward();
      for (int other = 0; other < kBlock; ++other) {
        EXPECT_EQ(std::isnan(fast.y.block(0).origin[other]), other == lane) << SimdName(simd);
      }
    }
  }
}

struct Kink {
  const char* name;
  Attributes attributes;
  float x;
  double slope;
};
// As PyTorch has them: threshold_backward, leaky_relu_backward, elu_backward, prelu's and
// hardswish_backward, of hardswish as of 2025.
const Kink kKinks[] = {{"relu", {}, 0, 0},
                       {"relu", {}, -0.0f, 0},
                       {"leaky_relu", {}, 0, 0.01},
                       {"leaky_relu", {}, -0.0f, 0.01},
                       {"leaky_relu", {{"slope", 0.5}}, 0, 0.5},
                       {"elu", {}, 0, 1},
                       {"elu", {{"alpha", 0.5}}, 0, 0.5},
                       {"elu", {{"alpha", 0.5}}, -0.0f, 0.5},
                       {"prelu", {}, 0, 0.25},
                       {"prelu", {}, -0.0f, 0.25},
                       {"hardswish", {}, -3, 0},
                       {"hardswish", {}, 3, 1}};

TEST(Activations, SlopesAtKinksArePyTorchs) {
  for (const Kink& kink : kKinks) {
    const OperationKind& kind = KindNamed(kink.name);
    PlainActivation<double> plain(kind, kink.attributes, 1, {1, 1, 1});
    plain.x.values = {kink.x};
    plain.dy.values = {-2};
    plain.Run();
    EXPECT_EQ(plain.dx.values[0], -2 * kink.slope) << kink.name << " at " << kink.x;
    for (const Simd simd : SupportedSimd()) {
      FastActivation fast(kind, kink.attributes, 1, {1, 1, 1}, {.simd = simd});
      std::fill_n(fast.x.block(0).origin, kBlock, kink.x);
      std::fill_n(fast.dy.block(0).origin, kBlock, -2.0f);
      fast.Forward();
      fast.Backward();
      EXPECT_EQ(fast.dx.block(0).origin[3], static_cast<float>(-2 * kink.slope))
          << kink.name << " at " << kink.x << ", " << SimdName(simd);
    }
  }
}

// Calls visit(map's value, index in a tensor) for every value of the images.
template <class Visit>
void ForEachValue(const BlockTensor& map, int images, const Visit& visit) {
  const Shape& shape = map.shape();
  std::size_t e = 0;
  for (int n = 0; n < images; ++n) {
    for (int c = 0; c < shape.channels; ++c) {
      for (int row = 0; row < shape.height; ++row) {
        for (int column = 0; column < shape.width; ++column, ++e) {
          visit(map.block(n / kBlock).at(c, row, column)[n % kBlock], e);
        }
      }
    }
  }
}

// A batch on maps and in tensors.
class BothEngines {
 public:
  BothEngines(const OperationKind& kind, int images, Shape shape, double shift,
              const ActivationSituation& situation)
      : situation_(situation),
        plain_(kind, {}, images, shape),
        fast_(kind, {}, BlocksFor(images), shape, situation) {
    plain_.x = UniformTensor(images, shape, 7, -4, 4);
    plain_.dy = UniformTensor(images, shape, 8);
    for (double& value : plain_.x.values) value = static_cast<float>(value + shift);
    for (double& value : plain_.dy.values) value = static_cast<float>(value);
    ForEachValue(fast_.x, images, [&](float& x, std::size_t e) { x = Number(plain_.x, e); });
    ForEachValue(fast_.dy, images, [&](float& dy, std::size_t e) { dy = Number(plain_.dy, e); });
    if (situation.normalizes) Normalize();
    for (std::vector<float>& gradient : fast_.gradients) std::ranges::fill(gradient, kBefore);
  }

  void ExpectAgreement() {
    plain_.Run();
    fast_.Forward();
    ExpectNear(fast_.output(), plain_.y.values, "y");
    fast_.Backward();
    ExpectNear(fast_.input_gradient(), plain_.dx.values, "dx");
    ExpectZeroBorder(fast_.output());
    ExpectZeroBorder(fast_.input_gradient());
    ExpectParameterGradients();
  }

 private:
  static constexpr float kBefore = 3;

  static float Number(const reference::Tensor<double>& tensor, std::size_t e) {
    return static_cast<float>(tensor.values[e]);
  }

  // Another mean, scale and bias for each channel of each image.
  void Normalize() {
    const Shape shape = plain_.x.shape;
    for (int n = 0; n < plain_.x.images; ++n) {
      for (int c = 0; c < shape.channels; ++c) {
        const float triple[] = {0.25f * static_cast<float>(n % 5),
                                1.0f + 0.5f * static_cast<float>(c),
                                0.125f * static_cast<float>(c - n % 3)};
        for (int row = 0; row < 3; ++row) {
          fast_.affine.block(n / kBlock).at(c, row, 0)[n % kBlock] = triple[row];
        }
        for (std::size_t i = 0; i < shape.pixels(); ++i) {
          double& x = plain_.x.plane(n, c)[i];
          x = (x - triple[0]) * triple[1] + triple[2];
        }
      }
    }
  }

  // A normalized value is rounded two or three times before the activation, up to 2^-22 of 64.
  void ExpectNear(const BlockTensor& map, const std::vector<double>& exact,
                  const char* what) const {
    ForEachValue(map, plain_.x.images, [&](float value, std::size_t e) {
      ASSERT_NEAR(value, exact[e], 1e-6 * std::max(1.0, std::abs(exact[e])))
          << what << " of " << plain_.x.values[e];
    });
  }

  static void ExpectZeroBorder(const BlockTensor& map) {
    const BlockView view = map.block(0);
    const std::size_t rows = view.channel_stride / view.row_stride;
    const int border = (static_cast<int>(rows) - view.shape.height) / 2;
    for (int c = 0; c < view.shape.channels; ++c) {
      for (int row = -border; row < view.shape.height + border; ++row) {
        for (int column = -border; column < view.shape.width + border; ++column) {
          const bool inside =
              row >= 0 && column >= 0 && row < view.shape.height && column < view.shape.width;
          if (inside) continue;
          ASSERT_EQ(view.at(c, row, column)[5], 0.0f) << "written outside the map";
        }
      }
    }
  }

  // Within one rounding of the sum of what is summed, as many additions as there are.
  void ExpectParameterGradients() const {
    double terms = 0;
    for (std::size_t e = 0; e < plain_.x.values.size(); ++e) {
      terms += std::abs(plain_.x.values[e] * plain_.dy.values[e]);
    }
    for (std::size_t k = 0; k < fast_.gradients.size(); ++k) {
      const std::size_t size = plain_.gradients[k].size();
      std::vector<double> sum(size);
      for (std::size_t i = 0; i < fast_.gradients[k].size(); ++i) {
        sum[i % size] += fast_.gradients[k][i] - (situation_.accumulates ? kBefore : 0);
      }
      for (std::size_t i = 0; i < size; ++i) {
        EXPECT_NEAR(sum[i], plain_.gradients[k][i], 0x1p-23 * (terms + kBefore));
      }
    }
  }

  ActivationSituation situation_;
  PlainActivation<double> plain_;
  FastActivation fast_;
};

TEST_P(EachActivation, OnMapsIsTheTwin) {
  for (const Simd simd : SupportedSimd()) {
    for (const int images : kUglyBatches) {
      for (const Shape& shape : kShapes) {
        for (const bool in_place : {false, true}) {
          if (in_place && !kind().traits.in_place) continue;
          for (const double shift : {0.0, 10.0, -10.0}) {
            SCOPED_TRACE(testing::Message()
                         << SimdName(simd) << ", " << images << " images, " << shape.channels
                         << " channels, in place " << in_place << ", shift " << shift);
            const int border = images % 3;
            BothEngines(kind(), images, shape, shift,
                        {.simd = simd, .in_place = in_place, .border = border})
                .ExpectAgreement();
          }
        }
      }
    }
  }
}

TEST_P(EachActivation, NormalizesWhileItReads) {
  if (kind().reads_affine == nullptr) return;  // it writes over what it reads
  for (const Simd simd : SupportedSimd()) {
    ASSERT_TRUE(kind().reads_affine(simd, {}, kShapes[0], kShapes[0]));
    for (const Shape& shape : kShapes) {
      BothEngines(kind(), 17, shape, 0, {.simd = simd, .normalizes = true}).ExpectAgreement();
    }
  }
}

TEST_P(EachActivation, AddsToTheGradientOfAnApplicationBefore) {
  if (kind().parameters == nullptr) return;  // there is none
  for (const Simd simd : SupportedSimd()) {
    BothEngines(kind(), 33, kShapes[0], 0, {.simd = simd, .accumulates = true}).ExpectAgreement();
  }
}

}  // namespace
}  // namespace normlab
