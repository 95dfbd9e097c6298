// Convolutions drawn at random over the whole contract: the fast engine, on every instruction set,
// against the plain twin.
//
//   NORMLAB_RANDOM_CONVOLUTIONS=5000 NORMLAB_RANDOM_SEED=7 build/tests/operations_test
//   --gtest_filter='RandomConvolutions.*'
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "base/philox.h"
#include "tests/engine/from_environment.h"
#include "tests/operations/convolution_case.h"

namespace normlab {
namespace {

constexpr int kConvolutions = 120;

class Draw {
 public:
  Draw(std::uint64_t seed, std::uint32_t number) : random_(seed, Purpose::kSamples, 2, number) {}

  ConvolutionCase Case() {
    static constexpr int kBatches[] = {1, 15, 16, 17, 33};
    ConvolutionCase c;
    ConvolutionOptions& options = c.options;
    options.kernel = 1 + 2 * Below(4);
    options.padding = Below(3) == 0 ? 0 : options.kernel / 2;
    options.stride = Below(3) == 0 ? 1 : 1 + Below(4);
    options.groups = Below(2) == 0 ? 1 : 1 + Below(5);
    options.bias = Below(2) == 0;
    const int inputs = 1 + Below(7), outputs = 1 + Below(9);
    options.channels = outputs * options.groups;
    // With padding from a single pixel on, smaller than the kernel too.
    const int least = options.padding > 0 ? 1 : options.kernel;
    const Shape input = {inputs * options.groups, least + Below(10), least + Below(10)};
    const int images = kBatches[Below(5)];
    c.x = Tensor(images, input, Below(4) == 0 ? 10 : 0);
    c.dy = Tensor(images, options.Output(input), 0);
    c.weight = Values(options.Weights(input), 0);
    c.bias = Values(options.bias ? At(options.channels) : 0, 0);
    return c;
  }

  int Below(int count) {
    return static_cast<int>(random_.Below(static_cast<std::uint32_t>(count)));
  }

 private:
  // Of float32.
  std::vector<double> Values(std::size_t count, double shift) {
    std::vector<double> values(count);
    for (double& value : values) value = static_cast<float>(random_.Uniform(-1, 1) + shift);
    return values;
  }
  reference::Tensor<double> Tensor(int images, Shape shape, double shift) {
    reference::Tensor<double> tensor(images, shape);
    tensor.values = Values(tensor.values.size(), shift);
    return tensor;
  }

  RandomStream random_;
};

std::string Describe(const ConvolutionCase& c) {
  const ConvolutionOptions& o = c.options;
  std::ostringstream line;
  line << c.x.images << " images of " << c.x.shape.channels << "x" << c.x.shape.height << "x"
       << c.x.shape.width << " to " << o.channels << ", kernel " << o.kernel << " padding "
       << o.padding << " stride " << o.stride << " groups " << o.groups << " bias " << o.bias;
  return line.str();
}

ConvolutionCase Absolute(ConvolutionCase c) {
  for (std::vector<double>* values : {&c.x.values, &c.dy.values, &c.weight, &c.bias}) {
    for (double& value : *values) value = std::abs(value);
  }
  return c;
}

double RootMeanSquare(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

std::vector<double> Difference(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t e = 0; e < a.size(); ++e) a[e] -= b[e];
  return a;
}

// Root mean squares over the tensor: no more than four times what float32 costs the plain twin,
// and one rounding of the sums' absolute terms, since a few values may come out exact by chance.
void ExpectNear(const char* what, const std::vector<double>& found,
                const std::vector<double>& plain, const std::vector<double>& exact,
                const std::vector<double>& terms) {
  ASSERT_EQ(found.size(), exact.size()) << what;
  if (exact.empty()) return;
  const double error = RootMeanSquare(Difference(found, exact));
  const double granted =
      4 * RootMeanSquare(Difference(plain, exact)) + 0x1p-24 * RootMeanSquare(terms);
  EXPECT_LE(error, granted) << what;
}

void ExpectNear(const ConvolutionResult& found, const ConvolutionResult& plain,
                const ConvolutionResult& exact, const ConvolutionResult& terms) {
  ExpectNear("y", found.y, plain.y, exact.y, terms.y);
  ExpectNear("dx", found.dx, plain.dx, exact.dx, terms.dx);
  ExpectNear("weight's gradient", found.weight_gradient, plain.weight_gradient,
             exact.weight_gradient, terms.weight_gradient);
  ExpectNear("bias's gradient", found.bias_gradient, plain.bias_gradient, exact.bias_gradient,
             terms.bias_gradient);
}

void TakePositivePart(ConvolutionResult& result) {
  for (double& value : result.y) value = std::max(value, 0.0);
}

TEST(RandomConvolutions, FollowTheTwin) {
  const std::uint64_t seed = FromEnvironment("NORMLAB_RANDOM_SEED", 1);
  const auto count =
      static_cast<std::uint32_t>(FromEnvironment("NORMLAB_RANDOM_CONVOLUTIONS", kConvolutions));
  for (std::uint32_t number = 0; number < count; ++number) {
    Draw draw(seed, number);
    const ConvolutionCase c = draw.Case();
    SCOPED_TRACE(testing::Message() << "number " << number << ": " << Describe(c));
    const int more = draw.Below(3);
    const Store store = {draw.Below(3) == 0, 0.0f};
    ConvolutionResult exact = RunTwin<double>(c), plain = RunTwin<float>(c);
    const ConvolutionResult terms = RunTwin<double>(Absolute(c));
    if (store.rectified) {
      TakePositivePart(exact);
      TakePositivePart(plain);
    }
    for (const Simd simd : SupportedSimd()) {
      SCOPED_TRACE(SimdName(simd));
      const FastConvolution fast = RunFast(c, simd, store, more);
      ExpectNear(fast.result, plain, exact, terms);
      EXPECT_TRUE(fast.borders_are_zero) << "written outside the map";
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(RandomConvolutions, ASecondApplicationAddsItsGradients) {
  for (std::uint32_t number = 0; number < 12; ++number) {
    const ConvolutionCase c = Draw(2, number).Case();
    SCOPED_TRACE(Describe(c));
    for (const Simd simd : SupportedSimd()) {
      const ConvolutionResult once = RunFast(c, simd, Store()).result;
      const ConvolutionResult twice = RunFast(c, simd, Store(), 0, 2).result;
      for (std::size_t e = 0; e < once.weight_gradient.size(); ++e) {
        ASSERT_EQ(twice.weight_gradient[e], 2 * once.weight_gradient[e]);
      }
      for (std::size_t e = 0; e < once.bias_gradient.size(); ++e) {
        ASSERT_EQ(twice.bias_gradient[e], 2 * once.bias_gradient[e]);
      }
    }
  }
}

}  // namespace
}  // namespace normlab
