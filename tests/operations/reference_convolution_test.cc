#include "operations/reference/convolution.h"

#include "base/at.h"
#include "tests/operations/reference_gradient.h"

namespace normlab::reference {
namespace {

struct Case {
  Shape input;
  ConvolutionOptions options;
};

// Pairwise different dimensions, so that a swapped pair of indices cannot go unseen. Maps that a
// step does not fill, that are smaller than the kernel or smaller than the stride.
const Case kCases[] = {
    {{3, 7, 5}, {.channels = 4, .kernel = 3, .padding = 1}},
    {{2, 6, 9}, {.channels = 5, .kernel = 3, .padding = 0}},
    {{5, 4, 3}, {.channels = 2, .kernel = 1, .padding = 0}},
    {{1, 3, 3}, {.channels = 2, .kernel = 3, .padding = 0}},
    {{4, 1, 1}, {.channels = 3, .kernel = 1, .padding = 0}},
    {{2, 1, 2}, {.channels = 3, .kernel = 3, .padding = 1}},
    {{2, 8, 7}, {.channels = 3, .kernel = 5, .padding = 2}},
    {{3, 7, 5}, {.channels = 4, .kernel = 3, .padding = 1, .stride = 2, .bias = true}},
    {{2, 7, 5}, {.channels = 3, .kernel = 5, .padding = 2, .stride = 3}},
    {{3, 8, 9}, {.channels = 2, .kernel = 7, .padding = 0, .stride = 2, .bias = true}},
    {{2, 2, 3}, {.channels = 3, .kernel = 7, .padding = 3}},
    {{2, 3, 2}, {.channels = 3, .kernel = 1, .padding = 0, .stride = 4, .bias = true}},
    {{6, 5, 7}, {.channels = 4, .kernel = 3, .padding = 1, .groups = 2}},
    {{4, 5, 7}, {.channels = 8, .kernel = 3, .padding = 1, .stride = 2, .groups = 4, .bias = true}},
    {{6, 4, 3}, {.channels = 9, .kernel = 1, .padding = 0, .groups = 3}},
    {{3, 5, 4}, {.channels = 3, .kernel = 5, .padding = 2, .groups = 3, .bias = true}},
};

std::string Name(const Case& test, int images) {
  const ConvolutionOptions& options = test.options;
  return std::to_string(images) + " images, " + std::to_string(test.input.channels) + "x" +
         std::to_string(test.input.height) + "x" + std::to_string(test.input.width) + " kernel " +
         std::to_string(options.kernel) + " padding " + std::to_string(options.padding) +
         " stride " + std::to_string(options.stride) + " groups " + std::to_string(options.groups);
}

struct Fixture {
  Fixture(const Case& test, int images)
      : weight(test.options.Weights(test.input)),
        gradient(weight.size()),
        bias(test.options.bias ? At(test.options.channels) : 0),
        bias_gradient(bias.size()),
        x(UniformTensor(images, test.input, 1)),
        convolution(test.input.channels, test.options, weight, gradient, bias, bias_gradient) {
    FillUniform(weight, 2);
    FillUniform(bias, 4);
  }
  std::vector<double> weight, gradient, bias, bias_gradient;
  Tensor<double> x;
  Convolution<double> convolution;
};

// The definition, term by term.
double Direct(const Case& test, const Fixture& fixture, int n, int o, int p, int q) {
  const auto& [channels, kernel, padding, stride, groups, bias] = test.options;
  const int inputs = test.input.channels / groups, group = o * groups / channels;
  double sum = bias ? fixture.bias[At(o)] : 0;
  for (int i = 0; i < inputs; ++i) {
    for (int a = 0; a < kernel; ++a) {
      for (int b = 0; b < kernel; ++b) {
        const int row = p * stride + a - padding, column = q * stride + b - padding;
        if (row < 0 || row >= test.input.height || column < 0 || column >= test.input.width) {
          continue;
        }
        const int w = ((o * inputs + i) * kernel + a) * kernel + b;
        sum += fixture.weight[At(w)] *
               fixture.x.plane(n, group * inputs + i)[row * test.input.width + column];
      }
    }
  }
  return sum;
}

// floor((side + 2 padding - kernel) / stride) + 1, counted.
int Positions(int side, const ConvolutionOptions& options) {
  int positions = 0;
  for (int at = -options.padding; at + options.kernel <= side + options.padding;
       at += options.stride) {
    ++positions;
  }
  return positions;
}

TEST(ReferenceConvolution, IsItsDefinition) {
  for (const Case& test : kCases) {
    Fixture fixture(test, 3);
    const Shape shape = fixture.convolution.OutputShape(test.input);
    EXPECT_EQ(shape, (Shape{test.options.channels, Positions(test.input.height, test.options),
                            Positions(test.input.width, test.options)}));
    Tensor<double> y(3, shape);
    fixture.convolution.Forward({}, fixture.x, y);
    for (int n = 0; n < 3; ++n) {
      for (int o = 0; o < shape.channels; ++o) {
        for (int p = 0; p < shape.height; ++p) {
          for (int q = 0; q < shape.width; ++q) {
            ASSERT_NEAR(y.plane(n, o)[p * shape.width + q], Direct(test, fixture, n, o, p, q),
                        1e-13)
                << Name(test, 3);
          }
        }
      }
    }
  }
}

TEST(ReferenceConvolution, Gradients) {
  for (const Case& test : kCases) {
    for (const int images : kUglyBatches) {
      Fixture fixture(test, images);
      GradientCheck check;
      check.parameters = {fixture.weight, fixture.bias};
      check.gradients = {fixture.gradient, fixture.bias_gradient};
      ExpectGradients(Name(test, images), fixture.convolution, fixture.x, check);
    }
  }
}

// A unit that is applied twice adds both gradients to the same place.
TEST(ReferenceConvolution, BackwardAddsToTheGradients) {
  const Case& test = kCases[13];
  ASSERT_TRUE(test.options.bias);
  Fixture fixture(test, 2);
  Tensor<double> y(2, fixture.convolution.OutputShape(test.input));
  const Tensor<double> dy = UniformTensor(2, y.shape, 3);
  fixture.convolution.Backward({}, fixture.x, y, dy, nullptr);
  const std::vector<double> once = fixture.gradient, bias_once = fixture.bias_gradient;
  fixture.convolution.Backward({}, fixture.x, y, dy, nullptr);
  for (std::size_t e = 0; e < once.size(); ++e) {
    EXPECT_NEAR(fixture.gradient[e], 2 * once[e], 1e-13);  // images are added one by one
  }
  for (std::size_t e = 0; e < bias_once.size(); ++e) {
    EXPECT_NE(bias_once[e], 0);
    EXPECT_NEAR(fixture.bias_gradient[e], 2 * bias_once[e], 1e-13);
  }
}

}  // namespace
}  // namespace normlab::reference
