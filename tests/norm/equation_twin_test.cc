// The twin of an equation: known values, and its gradient against a complex step.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/philox.h"
#include "norm/equation/twin.h"

namespace normlab::equation {
namespace {

using Complex = std::complex<double>;

std::vector<double> Draw(std::size_t size, std::uint32_t stream, double low = -2, double high = 2) {
  RandomStream random(5, Purpose::kSamples, 0, stream);
  std::vector<double> values(size);
  for (double& value : values) value = random.Uniform(low, high);
  return values;
}

template <class T>
std::vector<T> As(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

// One application, with values drawn for everything that it reads.
struct Trial {
  Trial(const std::string& text, Extents sizes, bool is_training = true)
      : equation(ParseEquation(text)), extents(sizes), training(is_training) {
    std::uint32_t stream = 0;
    x = Draw(extents.size(Axes::All()), ++stream);
    for (const Learned& one : equation.learned) {
      learned.push_back(Draw(extents.size(one.axes), ++stream, 0.5, 1.5));
    }
    for (const Statement& statement : equation.statements) {
      const Axes axes = equation.nodes[statement.node].axes.Without(Axes::Images());
      running.push_back(statement.running ? Draw(extents.size(axes), ++stream, 0.5, 1.5)
                                          : std::vector<double>());
    }
    weights = Draw(x.size(), ++stream);
  }

  // The weighted sum of y, with one of the values moved by `step` along the imaginary axis.
  double SlopeBy(std::vector<double>* moved, std::size_t at) const {
    constexpr double kStep = 1e-30;
    auto complex = [&](const std::vector<double>& values) {
      std::vector<Complex> result = As<Complex>(values);
      if (&values == moved) result[at] += Complex(0, kStep);
      return result;
    };
    std::vector<std::vector<Complex>> learned_values, running_values;
    for (const auto& each : learned) learned_values.push_back(complex(each));
    for (const auto& each : running) running_values.push_back(complex(each));
    Twin<Complex> twin(equation, extents, constants);
    twin.Forward(complex(x), learned_values, running_values, training);
    double slope = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
      slope += weights[i] * twin.y()[i].imag() / kStep;
    return slope;
  }

  void ExpectGradients() {
    Twin<double> twin(equation, extents, constants);
    twin.Forward(x, learned, running, training);
    twin.Backward(weights);
    const auto expect = [&](std::vector<double>& values, const std::vector<double>& gradient,
                            const std::string& what) {
      for (std::size_t i = 0; i < values.size(); i += 1 + values.size() / 7) {
        const double slope = SlopeBy(&values, i);
        EXPECT_NEAR(gradient[i], slope, 1e-10 * (1 + std::abs(slope)))
            << equation.text << " by " << what << " " << i;
      }
    };
    expect(x, twin.x_gradient(), "x");
    for (std::size_t i = 0; i < learned.size(); ++i) {
      expect(learned[i], twin.learned_gradient(i), equation.learned[i].name);
    }
  }

  Equation equation;
  Extents extents;
  Constants constants = {.eps = 0.01, .momentum = 0.1, .step = 3};
  bool training;
  std::vector<double> x, weights;
  std::vector<std::vector<double>> learned, running;
};

const Extents kSizes = {
    .images = 5, .ghost = 2, .channels = 6, .groups = 2, .rows = 3, .columns = 2};

constexpr const char* kEquations[] = {
    "m = avg[N H W](x); v = var[N H W](x)\ny = weight[C] * (x - m) / sqrt(v + eps) + bias[C]",
    "m = avg[M H W](x); v = var[M H W](x); y = (x - m) / sqrt(v + eps)",
    "m = avg[C H W](x); v = var[C H W](x); y = gain[C H W] * (x - m) / sqrt(v + eps)",
    "m = avg[K H W](x); v = var[K H W](x); y = weight[C] * (x - m) / sqrt(v + eps) + bias[G]",
    "n = avg[H W](x^2); y = max(weight[C] * x / sqrt(n + eps) + bias[C], tau[C])",
    "g = norm[H W](x); a = avg[C](g); y = gamma[C] * x * g / (a + eps) + x",
    "y = weight[C] * tanh(alpha[] * x) + bias[C]",
    "y = weight[C] * erf(alpha[] * x + s[]) + bias[C]",
    "v = var[K H W](x); y = x * sigmoid(q[C] * x) / sqrt(v + eps)",
    "m = avg[N H W](x); v = var[N H W](x); s = sqrt(v + eps)\n"
    "r = clip(stop(s) / sqrt(v.running + eps), 1 / ramp(1, 3, 0, 10), ramp(1, 3, 0, 10))\n"
    "y = (x - m) / s * stop(r) + softplus(b[C]) + 0 * m.running",
    "a = avg[C H W](x); b = var[H W](x); w = exp(u[]) + exp(t[])\n"
    "y = (x - exp(u[]) / w * a) / sqrt(exp(t[]) / w * b + eps)",
    "m = max[H W](abs(x)); l = min[C](x); s = sum[M W](relu(x) - log(1 + x^2)); y = x / (m + 1) - "
    "l + s",
    "y = max(x, -x) * min(x, 0.3) + (x^2 + 1)^p[C] + (x^2 + 0.5)^-1.5 - 2^x",
};

TEST(EquationTwin, HasTheGradientOfAComplexStep) {
  for (const char* text : kEquations) {
    for (const bool training : {true, false}) Trial(text, kSizes, training).ExpectGradients();
    Trial(text, {.images = 3, .ghost = 0, .channels = 2, .groups = 1, .rows = 2, .columns = 4})
        .ExpectGradients();
  }
}

// Two images of one channel, 1 x 2 pixels: 1 3 | 5 7. Mean 4, variance (9 + 1 + 1 + 9) / 4 = 5.
TEST(EquationTwin, IsBatchNormalizationByHand) {
  const Equation equation = ParseEquation(
      "m = avg[N H W](x); v = var[N H W](x); y = weight[C] * (x - m) / sqrt(v + eps) + bias[C]");
  const Extents extents = {.images = 2, .channels = 1, .rows = 1, .columns = 2};
  Twin<double> twin(equation, extents, {.eps = 0});
  twin.Forward({1, 3, 5, 7}, {{2}, {1}}, {{}, {}, {}}, true);
  EXPECT_THAT(twin.y(), testing::Pointwise(testing::DoubleNear(1e-14),
                                           {1 - 6 / std::sqrt(5), 1 - 2 / std::sqrt(5),
                                            1 + 2 / std::sqrt(5), 1 + 6 / std::sqrt(5)}));
  EXPECT_THAT(twin.Observed(0), testing::ElementsAre(4));
  EXPECT_NEAR(twin.Observed(1)[0], 5.0 * 4 / 3, 1e-14);
  twin.Forward({1, 3, 5, 7}, {{2}, {1}}, {{1}, {4}, {}}, false);
  EXPECT_THAT(twin.y(), testing::ElementsAre(1, 3, 5, 7));
}

// Ghost batches of two among five images: the last has one. Means 1, 3.5, 9.
TEST(EquationTwin, AveragesGhostBatches) {
  const Equation equation = ParseEquation("m = avg[M H W](x); y = x - m");
  Twin<double> twin(equation, {.images = 5, .ghost = 2, .channels = 1, .rows = 1, .columns = 1},
                    {});
  twin.Forward({0, 2, 3, 4, 9}, {}, {{}, {}}, true);
  EXPECT_THAT(twin.y(), testing::ElementsAre(-1, 1, -0.5, 0.5, 0));
  EXPECT_THAT(twin.Observed(0), testing::ElementsAre(testing::DoubleNear(4.5, 1e-14)));
}

TEST(EquationTwin, KinksAreAsTheLanguageSays) {
  const auto slope = [](const std::string& text, double x, double other) {
    const Equation equation = ParseEquation(text);
    Twin<double> twin(equation, {.images = 1, .channels = 1, .rows = 1, .columns = 2}, {});
    twin.Forward({x, other}, {}, {{}, {}}, true);
    twin.Backward({1, 0});
    return twin.x_gradient()[0];
  };
  EXPECT_EQ(slope("y = relu(x)", 0, 1), 0);
  EXPECT_EQ(slope("y = abs(x)", 0, 1), 0);
  EXPECT_EQ(slope("y = max(x, 2)", 2, 1), 0.5);
  EXPECT_EQ(slope("y = min(x, 2)", 2, 1), 0.5);
  EXPECT_EQ(slope("y = clip(x, -1, 1)", 1, 0), 1);
  EXPECT_EQ(slope("y = clip(x, -1, 1)", -1, 0), 1);
  EXPECT_EQ(slope("y = clip(x, -1, 1)", 1.5, 0), 0);
  EXPECT_EQ(slope("m = norm[W](x); y = 0 * x + m", 0, 0), 0);
  EXPECT_EQ(slope("m = max[W](x); y = 0 * x + m", 3, 3), 0.5);
  EXPECT_EQ(slope("y = stop(x) * x", 3, 0), 3);
}

TEST(EquationTwin, RampsOverCompletedSteps) {
  const Equation equation = ParseEquation("y = x * ramp(1, 3, 10, 20)");
  for (const auto& [step, value] :
       {std::pair(0, 1.0), {10, 1.0}, {15, 2.0}, {20, 3.0}, {99, 3.0}}) {
    Twin<double> twin(equation, {.images = 1, .channels = 1, .rows = 1, .columns = 1},
                      {.step = static_cast<double>(step)});
    twin.Forward({1}, {}, {{}}, true);
    EXPECT_EQ(twin.y()[0], value) << step;
  }
}

}  // namespace
}  // namespace normlab::equation
