#include "train/initialization.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "base/error.h"
#include "model/architecture.h"
#include "model/initialize.h"
#include "small_data.h"
#include "train/batches.h"
#include "train/whitening.h"

namespace normlab {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Architecture Model(const char* line = "C12 C40 c30 GAP c3!") {
  return ParseArchitecture(line, kSmall, 3, ModelOptions());
}

std::vector<double> Initialized(const Architecture& architecture, const Choice& choice,
                                std::uint64_t seed = 1) {
  const Dataset dataset = SmallDataset();
  std::vector<double> parameters(architecture.plan->parameter_count());
  InitializeParameters<double>(architecture, seed, parameters);
  InitializeByRole<double>(choice, *architecture.plan, seed, {dataset, 20, seed}, parameters);
  return parameters;
}

std::vector<double> FilterOf(const Architecture& architecture, const std::vector<double>& all,
                             const std::string& layer) {
  for (const ParameterInfo& info : architecture.plan->parameters) {
    if (info.name == layer + ".conv.weight") {
      return {all.begin() + static_cast<std::ptrdiff_t>(info.offset),
              all.begin() + static_cast<std::ptrdiff_t>(info.offset + info.size)};
    }
  }
  return {};
}

TEST(Initialization, ChangesTheFiltersOfItsRoleAlone) {
  const Architecture model = Model();
  const std::vector<double> before = Initialized(model, "none");
  for (const char* role : {"first", "filter", "head"}) {
    const std::vector<double> after = Initialized(model, {"none", {}, {{role, "zeros"}}});
    for (const char* layer : {"C1", "C2", "c3", "c4"}) {
      const bool changed = std::string(role) == (layer[1] == '1'   ? "first"
                                                 : layer[1] == '4' ? "head"
                                                                   : "filter");
      EXPECT_EQ(FilterOf(model, after, layer) == FilterOf(model, before, layer), !changed)
          << role << " " << layer;
    }
  }
}

// Or the network that weight normalization begins with would be another one than without it.
TEST(Initialization, GainsBeginAsTheLengthsOfTheChangedFilters) {
  ModelOptions options;
  options.weights = "weight-norm";
  const Architecture model = ParseArchitecture("C12 C40 c30 GAP c3!", kSmall, 3, options);
  const Choice kaiming{"none", {}, {{"first", "kaiming_normal"}, {"filter", "orthogonal"}}};
  const std::vector<double> parameters = Initialized(model, kaiming);
  int gains = 0;
  for (const ParameterInfo& info : model.plan->parameters) {
    if (!info.name.ends_with(".gain")) continue;
    const auto filter = FilterOf(model, parameters, info.layer);
    const auto fan_in = filter.size() / info.size;
    for (std::size_t o = 0; o < info.size; ++o, ++gains) {
      const Eigen::Map<const Eigen::VectorXd> weights(filter.data() + o * fan_in,
                                                      static_cast<Eigen::Index>(fan_in));
      EXPECT_NEAR(parameters[info.offset + o], weights.norm(), 1e-6) << info.name << " " << o;
    }
  }
  EXPECT_EQ(gains, 12 + 40 + 30);
}

TEST(Initialization, VariancesAreThoseOfThePapers) {
  const Architecture model = Model();
  const double fan_in = 12 * 9, fan_out = 40 * 9;
  const std::pair<const char*, double> kVariances[] = {{"kaiming_normal", 2 / fan_in},
                                                       {"kaiming_uniform", 2 / fan_in},
                                                       {"xavier_normal", 2 / (fan_in + fan_out)},
                                                       {"xavier_uniform", 2 / (fan_in + fan_out)}};
  for (const auto& [way, variance] : kVariances) {
    const auto filter = FilterOf(model, Initialized(model, {"none", {}, {{"filter", way}}}), "C2");
    double sum = 0, squares = 0, largest = 0;
    for (const double value : filter) {
      sum += value;
      squares += value * value;
      largest = std::max(largest, std::abs(value));
    }
    const double n = static_cast<double>(filter.size());
    EXPECT_NEAR(sum / n, 0, 4 * std::sqrt(variance / n)) << way;
    EXPECT_NEAR(squares / n, variance, 0.08 * variance) << way;
    const double bound = std::sqrt(3 * variance);
    EXPECT_EQ(largest <= bound, std::string(way).ends_with("uniform")) << way;
  }
}

TEST(Initialization, OrthogonalRowsOrColumns) {
  const Architecture model = Model();
  const auto all = Initialized(model, {"none", {}, {{"filter", "orthogonal"}}});
  for (const auto& [layer, rows, columns] : {std::tuple("C2", 40, 108), std::tuple("c3", 30, 40)}) {
    std::vector<double> filter = FilterOf(model, all, layer);
    const Matrix w = Eigen::Map<Matrix>(filter.data(), rows, columns);
    const Matrix gram = rows < columns ? Matrix(w * w.transpose()) : Matrix(w.transpose() * w);
    EXPECT_LT((gram - Matrix::Identity(gram.rows(), gram.cols())).cwiseAbs().maxCoeff(), 1e-6);
  }
}

TEST(Initialization, DiracPassesChannelsOnAndLeavesTheOthers) {
  const Architecture model = Model();
  const auto before = FilterOf(model, Initialized(model, "none"), "C2");
  const auto after = FilterOf(model, Initialized(model, {"none", {}, {{"filter", "dirac"}}}), "C2");
  for (int o = 0; o < 40; ++o) {
    for (int i = 0; i < 12; ++i) {
      for (int k = 0; k < 9; ++k) {
        const std::size_t at = static_cast<std::size_t>((o * 12 + i) * 9 + k);
        EXPECT_EQ(after[at], o >= 12 ? before[at] : o == i && k == 4 ? 1 : 0);
      }
    }
  }
}

// What whitening is: on the patches it was made from, each filter has variance 1 (of the raw
// moments), and different axes are uncorrelated.
TEST(Initialization, WhiteningMakesPatchesWhite) {
  const Architecture model = Model("C20 c4 GAP c3!");
  std::vector<double> filter =
      FilterOf(model, Initialized(model, {"none", {{"eps", 0}}, {{"first", "whitening"}}}), "C1");
  const Matrix w = Eigen::Map<Matrix>(filter.data(), 20, 9);
  const Dataset dataset = SmallDataset();
  const HoldOut split = ChooseHoldOut(103, 20, 1);
  const PixelTable table(dataset.statistics);
  Matrix covariance = Matrix::Zero(9, 9);
  double patches = 0;
  for (const std::uint32_t image : split.training) {
    for (int row = 0; row < 2; ++row) {
      for (int column = 0; column < 2; ++column) {
        Eigen::VectorXd patch(9);
        for (int k = 0; k < 9; ++k) {
          const int at = (row + k / 3) * 4 + column + k % 3;
          patch[k] =
              table.channel(0)[dataset.train.pixels[image * 16 + static_cast<std::size_t>(at)]];
        }
        covariance += patch * patch.transpose();
        ++patches;
      }
    }
  }
  const Matrix whitened = w * (covariance / patches) * w.transpose();
  for (int a = 0; a < 18; ++a) {
    for (int b = 0; b < 18; ++b) {
      const double expected = a / 2 != b / 2 ? 0 : a == b ? 1 : -1;
      EXPECT_NEAR(whitened(a, b), expected, 1e-4) << a << " " << b;
    }
  }
  const auto before = FilterOf(model, Initialized(model, "none"), "C1");
  EXPECT_TRUE(std::equal(before.begin() + 162, before.end(), filter.begin() + 162));
}

void ExpectRefused(const Choice& choice, const char* line, const char* words) {
  try {
    CheckInitialization(choice, *Model(line).plan);
    FAIL() << "accepted; expected " << words;
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(words));
  }
}

TEST(Initialization, RefusesWhatTheNetworkLacks) {
  ExpectRefused({"none", {}, {{"first", "dirac"}}}, "GAP c3!", "no such layer");
  ExpectRefused({"none", {}, {{"filter", "zeros"}}}, "C4 GAP c3!", "no such layer");
  ExpectRefused({"none", {{"eps", 1}}, {}}, "C4 GAP c3!", "whitening's");
  CheckInitialization({"none", {}, {{"first", "whitening"}}}, *Model("C4 GAP c3!").plan);
}

}  // namespace
}  // namespace normlab
