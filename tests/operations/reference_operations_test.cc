#include <array>
#include <limits>
#include <memory>

#include "operations/kind.h"
#include "operations/reference/average_pool.h"
#include "operations/reference/dropout.h"
#include "operations/reference/log_softmax.h"
#include "operations/reference/max_pool.h"
#include "tests/operations/reference_gradient.h"

namespace normlab::reference {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::uint32_t> ImageIds(int images) {
  std::vector<std::uint32_t> ids;
  for (int n = 0; n < images; ++n) ids.push_back(static_cast<std::uint32_t>(7919 * n + 3));
  return ids;
}

TEST(ReferenceOperations, Gradients) {
  const std::array<std::pair<std::string, std::shared_ptr<Operation<double>>>, 5> operations{{
      {"max pool", std::make_shared<MaxPool<double>>()},
      {"average pool 2", std::make_shared<AveragePool<double>>(Attributes{{"size", 2}})},
      {"average pool 3", std::make_shared<AveragePool<double>>(Attributes{{"size", 3}})},
      {"global average pool", std::make_shared<AveragePool<double>>(Attributes{{"size", 0}})},
      {"dropout", std::make_shared<Dropout<double>>(0.3, 2)},
  }};
  for (const auto& [name, operation] : operations) {
    for (const int images : kUglyBatches) {
      for (const Shape shape : {Shape{2, 7, 5}, Shape{5, 4, 6}, Shape{1, 3, 3}}) {
        const std::vector<std::uint32_t> ids = ImageIds(images);
        GradientCheck check;
        check.pass = {true, {11, 4}, ids.data()};
        Tensor<double> x = UniformTensor(images, shape, 5);
        ExpectGradients(name + ", " + std::to_string(images) + " images", *operation, x, check);
      }
    }
  }
}

TEST(ReferenceRelu, KeepsNanAndHasNoGradientAtZero) {
  Tensor<double> x(1, {4, 1, 1}), y(1, x.shape), dx(1, x.shape), dy(1, x.shape);
  x.values = {-1, 0, 2, kNan};
  dy.values = {5, 6, 7, 8};
  const auto relu = KindNamed("relu").make_double({});
  relu->Forward({}, x, y);
  EXPECT_EQ(y.values[0], 0);
  EXPECT_EQ(y.values[1], 0);
  EXPECT_EQ(y.values[2], 2);
  EXPECT_TRUE(std::isnan(y.values[3]));
  relu->Backward({}, x, y, dy, &dx);
  EXPECT_EQ(dx.values[0], 0);
  EXPECT_EQ(dx.values[1], 0);
  EXPECT_EQ(dx.values[2], 7);
}

TEST(ReferenceMaxPool, FirstOfEqualsTakesTheGradientAndOddEdgesAreLeftOut) {
  Tensor<double> x(1, {1, 3, 5}), y(1, {1, 1, 2}), dy(1, y.shape), dx(1, x.shape);
  x.values = {1, 4, 3, 3, 9,  //
              4, 4, 3, 3, 9,  //
              9, 9, 9, 9, 9};
  dy.values = {10, 20};
  MaxPool<double> pool;
  EXPECT_EQ(pool.OutputShape(x.shape), y.shape);
  pool.Forward({}, x, y);
  EXPECT_EQ(y.values, (std::vector<double>{4, 3}));
  pool.Backward({}, x, y, dy, &dx);
  EXPECT_EQ(dx.values, (std::vector<double>{0, 10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(ReferenceMaxPool, DoesNotHideNan) {
  Tensor<double> x(1, {1, 2, 2}), y(1, {1, 1, 1});
  for (std::size_t at = 0; at < 4; ++at) {
    x.values = {1, 2, 3, 4};
    x.values[at] = kNan;
    MaxPool<double>().Forward({}, x, y);
    EXPECT_TRUE(std::isnan(y.values[0])) << at;
  }
}

TEST(ReferenceAveragePool, LeavesOutWhatDoesNotFillAWindow) {
  Tensor<double> x(1, {1, 2, 5}), y(1, {1, 1, 2});
  x.values = {1, 2, 3, 4, 100,  //
              5, 6, 7, 8, 100};
  AveragePool<double> pool({{"size", 2}});
  EXPECT_EQ(pool.OutputShape(x.shape), y.shape);
  pool.Forward({}, x, y);
  EXPECT_EQ(y.values, (std::vector<double>{3.5, 5.5}));
  EXPECT_EQ(AveragePool<double>({{"size", 0}}).OutputShape({3, 4, 7}), (Shape{3, 1, 1}));
}

// The contract of operations/dropout.h, from its text: words of Philox4x32-7, low halves first.
TEST(ReferenceDropout, DecidesByTheAddressOfTheElement) {
  const double probability = 0.2;
  const std::uint32_t threshold = 13107;  // round(0.2 * 65536)
  const std::uint64_t seed = 0x123456789abcdef0u;
  const std::array<std::uint32_t, 3> ids{5, 0xfffffff0u, 5};
  Tensor<double> x(3, {3, 5, 7}), y(3, x.shape);
  x.values.assign(x.values.size(), 1.0);
  Dropout<double>(probability, 9).Forward({true, {seed, 17}, ids.data()}, x, y);
  int dropped = 0;
  for (std::uint32_t n = 0; n < 3; ++n) {
    for (std::uint32_t e = 0; e < 105; ++e) {
      const PhiloxWords words =
          Philox4x32<7>({ids[n], 17, 4u | (9u << 8), e / 8}, 0x9abcdef0u, 0x12345678u);
      const std::uint32_t word = words[(e % 8) / 2];
      const std::uint32_t half = e % 2 == 0 ? word & 0xffff : word >> 16;
      EXPECT_EQ(y.image(static_cast<int>(n))[e],
                half < threshold ? 0.0 : 65536.0 / (65536.0 - threshold));
      dropped += half < threshold;
    }
  }
  EXPECT_GT(dropped, 30);  // 315 elements, expectation 63, standard deviation 8.7 where independent
  EXPECT_LT(dropped, 96);
  EXPECT_TRUE(
      std::equal(y.image(0), y.image(1), y.image(2)));  // the same image, the same decisions
}

TEST(ReferenceDropout, KeepsTheExpectationAndLetsEvaluationPass) {
  const std::vector<std::uint32_t> ids = ImageIds(50);
  Tensor<double> x(50, {4, 20, 20}), y(50, x.shape);
  x.values.assign(x.values.size(), 3.0);
  Dropout<double> dropout(0.05, 0);
  dropout.Forward({true, {1, 0}, ids.data()}, x, y);
  double sum = 0;
  for (const double value : y.values) sum += value;
  // 80,000 elements: the mean's standard error is 3 * sqrt(0.05 / 0.95 / 80000) = 0.0024.
  EXPECT_NEAR(sum / 80000, 3.0, 5 * 0.0024);
  dropout.Forward({false, {1, 0}, nullptr}, x, y);
  EXPECT_EQ(y.values, x.values);
  Dropout<double>(0, 0).Forward({true, {1, 0}, nullptr}, x, y);
  EXPECT_EQ(y.values, x.values);
}

TEST(ReferenceLogSoftmax, GradientOfTheMeanLoss) {
  for (const int images : kUglyBatches) {
    Tensor<double> x = UniformTensor(images, {7, 1, 1}, 6, -3, 3), y(images, x.shape);
    Tensor<double> dx(images, x.shape);
    std::vector<std::uint8_t> labels;
    for (int n = 0; n < images; ++n) labels.push_back(static_cast<std::uint8_t>(n * 3 % 7));
    const auto loss = [&] {
      LogSoftmax(x, y);
      return NegativeLogLikelihood(y, labels.data()).loss_sum / images;
    };
    loss();
    LossGradient(y, {.count = images, .labels = labels.data()}, dx);
    ExpectNumericGradient("log-softmax", x.values, dx.values, loss);
  }
}

TEST(ReferenceLogSoftmax, HoldsForLargeLogitsAndCountsTheFirstOfEquals) {
  Tensor<double> x(3, {3, 1, 1}), y(3, x.shape);
  x.values = {1000, 0, -1000,  //
              5,    5, 1,      //
              5,    5, 1};
  const std::uint8_t labels[] = {0, 0, 1};
  LogSoftmax(x, y);
  EXPECT_EQ(y.values[0], 0);
  EXPECT_EQ(y.values[1], -1000);
  EXPECT_EQ(y.values[2], -2000);
  const BatchResult result = NegativeLogLikelihood(y, labels);
  EXPECT_EQ(result.correct, 2);
  // ln(e^0 + e^0 + e^-4) for each of the last two rows
  EXPECT_NEAR(result.loss_sum, 2 * std::log(2 + std::exp(-4.0)), 1e-14);
}

// Shares of 7 classes for each image, from a few large to all alike.
std::vector<float> SoftLabels(int images) {
  RandomStream stream(21, Purpose::kSamples, 0, static_cast<std::uint32_t>(images));
  std::vector<float> shares;
  for (int n = 0; n < images; ++n) {
    double row[7], sum = 0;
    for (double& share : row) sum += share = std::exp(n * stream.Uniform(-1, 1));
    for (const double share : row) shares.push_back(static_cast<float>(share / sum));
  }
  return shares;
}

TEST(ReferenceCrossEntropy, GradientOfTheMeanLoss) {
  for (const int images : kUglyBatches) {
    Tensor<double> x = UniformTensor(images, {7, 1, 1}, 6, -3, 3), y(images, x.shape);
    Tensor<double> dx(images, x.shape);
    const std::vector<float> shares = SoftLabels(images);
    const auto loss = [&] {
      LogSoftmax(x, y);
      return CrossEntropy(y, shares.data()).loss_sum / images;
    };
    loss();
    LossGradient(y, {.count = images, .distributions = shares.data()}, dx);
    ExpectNumericGradient("cross-entropy", x.values, dx.values, loss);
  }
}

// PyTorch's: (1 - s) of the loss, and s times the mean over the classes of what each would be.
TEST(ReferenceCrossEntropy, GradientWithSmoothedLabels) {
  for (const int images : kUglyBatches) {
    Tensor<double> x = UniformTensor(images, {7, 1, 1}, 6, -3, 3), y(images, x.shape);
    Tensor<double> dx(images, x.shape);
    const std::vector<float> shares = SoftLabels(images);
    std::vector<std::uint8_t> labels;
    for (int n = 0; n < images; ++n) labels.push_back(static_cast<std::uint8_t>(n * 3 % 7));
    for (const bool mixed : {false, true}) {
      const Batch batch = {.count = images,
                           .labels = labels.data(),
                           .distributions = mixed ? shares.data() : nullptr,
                           .label_smoothing = 0.3};
      const auto loss = [&] {
        LogSoftmax(x, y);
        double all = 0;
        for (const double value : y.values) all -= value;
        return (0.7 * Loss(y, batch).loss_sum + 0.3 * all / 7) / images;
      };
      loss();
      LossGradient(y, batch, dx);
      ExpectNumericGradient("smoothed", x.values, dx.values, loss);
    }
  }
}

TEST(ReferenceCrossEntropy, OfOneClassIsTheNegativeLogLikelihood) {
  for (const int images : kUglyBatches) {
    const Tensor<double> x = UniformTensor(images, {7, 1, 1}, 6, -3, 3);
    Tensor<double> y(images, x.shape), dx(images, x.shape), of_labels(images, x.shape);
    std::vector<std::uint8_t> labels;
    std::vector<float> shares(static_cast<std::size_t>(images) * 7);
    for (int n = 0; n < images; ++n) {
      labels.push_back(static_cast<std::uint8_t>(n * 3 % 7));
      shares[static_cast<std::size_t>(n * 7 + labels.back())] = 1;
    }
    LogSoftmax(x, y);
    Batch batch;
    batch.count = images;
    batch.labels = labels.data();
    const BatchResult expected = Loss(y, batch);
    LossGradient(y, batch, of_labels);
    EXPECT_EQ(expected.loss_sum, NegativeLogLikelihood(y, labels.data()).loss_sum);
    batch.distributions = shares.data();
    const std::vector<std::uint8_t> unread(labels.size(), 6);
    batch.labels = unread.data();
    const BatchResult result = Loss(y, batch);
    LossGradient(y, batch, dx);
    EXPECT_EQ(result.loss_sum, expected.loss_sum);
    EXPECT_EQ(result.correct, expected.correct);
    EXPECT_EQ(dx.values, of_labels.values);
  }
}

TEST(ReferenceCrossEntropy, IsTheFormulaAndCountsTheFirstOfEquals) {
  Tensor<double> y(3, {3, 1, 1});
  y.values = {-1, -2, -3,  //
              -1, -1, -2,  //
              -2, -1, -1};
  const std::vector<float> shares{0.5f, 0.25f, 0.25f,  //
                                  0.5f, 0.5f,  0.0f,   //
                                  0.0f, 0.25f, 0.75f};
  const BatchResult result = CrossEntropy(y, shares.data());
  EXPECT_EQ(result.loss_sum, 0.5 + 0.5 + 0.75 + 1 + 1);
  EXPECT_EQ(result.correct, 2) << "of the last the second class is the largest, wanted the third";
}

}  // namespace
}  // namespace normlab::reference
