#include "operations/reference/convolution.h"

#include "tests/operations/reference_gradient.h"

namespace normlab::reference {
namespace {

struct Case {
  Shape input;
  int outputs, kernel, padding;
};

// Pairwise different dimensions, so that a swapped pair of indices cannot go unseen.
const Case kCases[] = {
    {{3, 7, 5}, 4, 3, 1}, {{2, 6, 9}, 5, 3, 0}, {{5, 4, 3}, 2, 1, 0}, {{1, 3, 3}, 2, 3, 0},
    {{4, 1, 1}, 3, 1, 0}, {{2, 1, 2}, 3, 3, 1}, {{2, 8, 7}, 3, 5, 2},
};

std::string Name(const Case& test, int images) {
  return std::to_string(images) + " images, " + std::to_string(test.input.channels) + "x" +
         std::to_string(test.input.height) + "x" + std::to_string(test.input.width) + " kernel " +
         std::to_string(test.kernel) + " padding " + std::to_string(test.padding);
}

struct Fixture {
  Fixture(const Case& test, int images)
      : weight(static_cast<std::size_t>(test.outputs) * test.input.channels * test.kernel *
               test.kernel),
        gradient(weight.size()),
        x(UniformTensor(images, test.input, 1)),
        convolution(test.input.channels,
                    {.channels = test.outputs, .kernel = test.kernel, .padding = test.padding},
                    weight, gradient) {
    FillUniform(weight, 2);
  }
  std::vector<double> weight, gradient;
  Tensor<double> x;
  Convolution<double> convolution;
};

// The definition, term by term.
double Direct(const Case& test, const Fixture& fixture, int n, int o, int p, int q) {
  double sum = 0;
  for (int i = 0; i < test.input.channels; ++i) {
    for (int a = 0; a < test.kernel; ++a) {
      for (int b = 0; b < test.kernel; ++b) {
        const int row = p + a - test.padding, column = q + b - test.padding;
        if (row < 0 || row >= test.input.height || column < 0 || column >= test.input.width) {
          continue;
        }
        const std::size_t w =
            ((static_cast<std::size_t>(o) * test.input.channels + i) * test.kernel + a) *
                test.kernel +
            b;
        sum += fixture.weight[w] * fixture.x.plane(n, i)[row * test.input.width + column];
      }
    }
  }
  return sum;
}

TEST(ReferenceConvolution, IsItsDefinition) {
  for (const Case& test : kCases) {
    Fixture fixture(test, 3);
    const Shape shape = fixture.convolution.OutputShape(test.input);
    EXPECT_EQ(shape, (Shape{test.outputs, test.input.height + 2 * test.padding - test.kernel + 1,
                            test.input.width + 2 * test.padding - test.kernel + 1}));
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
      check.parameters = {fixture.weight};
      check.gradients = {fixture.gradient};
      ExpectGradients(Name(test, images), fixture.convolution, fixture.x, check);
    }
  }
}

// A unit that is applied twice adds both gradients to the same place.
TEST(ReferenceConvolution, BackwardAddsToTheWeightGradient) {
  Fixture fixture(kCases[0], 2);
  Tensor<double> y(2, fixture.convolution.OutputShape(kCases[0].input));
  const Tensor<double> dy = UniformTensor(2, y.shape, 3);
  fixture.convolution.Backward({}, fixture.x, y, dy, nullptr);
  const std::vector<double> once = fixture.gradient;
  fixture.convolution.Backward({}, fixture.x, y, dy, nullptr);
  for (std::size_t e = 0; e < once.size(); ++e) {
    EXPECT_NEAR(fixture.gradient[e], 2 * once[e], 1e-13);  // images are added one by one
  }
}

}  // namespace
}  // namespace normlab::reference
