#include "train/optimizers/newton_schulz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/SVD>
#include <cmath>

#include "base/philox.h"

namespace normlab {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::vector<double> Random(int rows, int columns) {
  RandomStream stream(1, Purpose::kExample, static_cast<std::uint32_t>(rows),
                      static_cast<std::uint32_t>(columns));
  std::vector<double> values(static_cast<std::size_t>(rows * columns));
  for (double& value : values) value = 1e-3 * stream.Normal();
  return values;
}

constexpr std::pair<int, int> kShapes[] = {{1, 1},  {1, 9},  {8, 9},   {12, 27}, {24, 216},
                                           {33, 7}, {16, 8}, {5, 130}, {32, 12}, {10, 10}};

// From the paper's formula by another library, and what it is for: singular values near 1 with the
// directions kept.
TEST(NewtonSchulz, IsTheQuinticIterationThatEqualizesSingularValues) {
  for (const auto& [rows, columns] : kShapes) {
    std::vector<double> values = Random(rows, columns);
    const Matrix given = Eigen::Map<Matrix>(values.data(), rows, columns);
    Matrix x = given / given.norm();
    if (rows > columns) x = Matrix(x.transpose());
    for (int step = 0; step < 5; ++step) {
      const Matrix gram = x * x.transpose();
      x = Matrix(3.4445 * x + (-4.7750 * gram + 2.0315 * gram * gram) * x);
    }
    if (rows > columns) x = Matrix(x.transpose());
    NewtonSchulz<double>(Simd::kScalar).Apply(values, rows, columns, 5);
    const Matrix found = Eigen::Map<Matrix>(values.data(), rows, columns);
    EXPECT_LT((found - x).cwiseAbs().maxCoeff(), 1e-12) << rows << " x " << columns;
    // Small singular values of a square matrix are not at 1 after five steps.
    if (rows == columns && rows > 1) continue;
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(found);
    EXPECT_GT(svd.singularValues().minCoeff(), 0.5) << rows << " x " << columns;
    EXPECT_LT(svd.singularValues().maxCoeff(), 1.3) << rows << " x " << columns;
  }
}

TEST(NewtonSchulz, EveryInstructionSetIsAsCloseAsFloatAllows) {
  for (const Simd simd : SupportedSimd()) {
    NewtonSchulz<float> fast(simd);
    for (const auto& [rows, columns] : kShapes) {
      std::vector<double> expected = Random(rows, columns);
      std::vector<float> values(expected.begin(), expected.end());
      NewtonSchulz<double>(simd).Apply(expected, rows, columns, 5);
      fast.Apply(values, rows, columns, 5);
      for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_NEAR(values[i], expected[i], 2e-5)
            << SimdName(simd) << " " << rows << " x " << columns;
      }
    }
  }
}

TEST(NewtonSchulz, ZerosStayZeros) {
  std::vector<float> zeros(40, 0);
  NewtonSchulz<float>(BestSimd()).Apply(zeros, 5, 8, 5);
  EXPECT_THAT(zeros, testing::Each(0));
}

}  // namespace
}  // namespace normlab
