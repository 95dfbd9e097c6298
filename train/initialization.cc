#include "train/initialization.h"

#include <fmt/format.h>

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/philox.h"
#include "model/initialize.h"
#include "model/layer_role.h"
#include "train/whitening.h"

namespace normlab {
namespace {

constexpr std::string_view kRoles[] = {"first", "filter", "head"};

const std::vector<std::string>& Ways() {
  static const std::vector<std::string> ways = {
      "pytorch",        "kaiming_normal", "kaiming_uniform", "xavier_normal",
      "xavier_uniform", "orthogonal",     "dirac",           "zeros"};
  return ways;
}

struct FilterShape {
  explicit FilterShape(const ParameterInfo& info)
      : out(static_cast<std::size_t>(info.shape[0])),
        in(static_cast<std::size_t>(info.shape[1])),
        kernel(static_cast<std::size_t>(info.shape[2] * info.shape[3])) {}
  double fan_in() const { return static_cast<double>(in * kernel); }
  double fan_out() const { return static_cast<double>(out * kernel); }
  std::size_t out, in, kernel;
};

using Values = std::vector<double>;

Values Drawn(std::size_t count, double deviation, bool uniform, RandomStream& stream) {
  const double bound = std::sqrt(3.0) * deviation;
  Values values(count);
  for (double& value : values) {
    value = uniform ? stream.Uniform(-bound, bound) : deviation * stream.Normal();
  }
  return values;
}

// torch.nn.init.orthogonal_ of [rows][columns]: the Q of a matrix of normal numbers with as many or
// more rows than columns, signs so that R's diagonal is positive.
Values Orthogonal(std::size_t rows, std::size_t columns, RandomStream& stream) {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto height = static_cast<Eigen::Index>(rows), width = static_cast<Eigen::Index>(columns);
  Matrix normal(height, width);
  for (double& value : normal.reshaped<Eigen::RowMajor>()) value = stream.Normal();
  const bool wide = rows < columns;
  if (wide) normal.transposeInPlace();
  const Eigen::HouseholderQR<Matrix> qr(normal);
  Matrix q = qr.householderQ() * Matrix::Identity(normal.rows(), normal.cols());
  for (Eigen::Index i = 0; i < normal.cols(); ++i) {
    if (qr.matrixQR()(i, i) < 0) q.col(i) = -q.col(i);
  }
  if (wide) q.transposeInPlace();
  return {q.data(), q.data() + q.size()};
}

// `filter` as it was drawn.
Values Dirac(const FilterShape& shape, Values filter) {
  const std::size_t size = shape.in * shape.kernel;
  for (std::size_t i = 0; i < std::min(shape.out, shape.in); ++i) {
    std::fill_n(filter.begin() + static_cast<std::ptrdiff_t>(i * size), size, 0);
    filter[i * size + i * shape.kernel + shape.kernel / 2] = 1;
  }
  return filter;
}

Values Initial(const std::string& way, const FilterShape& shape, Values filter,
               RandomStream stream) {
  if (way == "zeros") return Values(filter.size(), 0);
  if (way == "dirac") return Dirac(shape, std::move(filter));
  if (way == "orthogonal") return Orthogonal(shape.out, shape.in * shape.kernel, stream);
  const bool xavier = way.starts_with("xavier");
  const double variance = 2 / (xavier ? shape.fan_in() + shape.fan_out() : shape.fan_in());
  return Drawn(filter.size(), std::sqrt(variance), way.ends_with("uniform"), stream);
}

std::string WayOf(const Choice& initialization, std::string_view role) {
  return WordOf(InitializationFamily(), initialization, role);
}

}  // namespace

const ChoiceFamily& InitializationFamily() {
  static const ChoiceFamily family = [] {
    ChoiceKind kind = {"none", {{"eps", 5e-4, ArgumentDomain::kNotNegative}}, {}};
    for (const std::string_view role : kRoles) kind.words.push_back({role, Ways()});
    kind.words.front().values.push_back("whitening");
    return ChoiceFamily{"initialization", {kind}};
  }();
  return family;
}

void CheckInitialization(const Choice& initialization, const Plan& plan) {
  const std::vector<std::string_view> roles = LayerRoles(plan.parameters);
  for (const auto& [role, way] : initialization.words) {
    const ParameterInfo* found = nullptr;
    for (std::size_t i = 0; i < roles.size(); ++i) {
      const ParameterInfo& info = plan.parameters[i];
      if (roles[i] == role && info.role == ParameterRole::kFilter) found = &info;
    }
    if (found == nullptr) {
      throw UsageError(fmt::format(
          "initialization.{}: the network has no such layer: of one layer with a filter it is the "
          "head, of two the first and the head",
          role));
    }
    if (way == "whitening" && found->groups > 1) {
      throw UsageError(
          fmt::format("initialization.first = whitening: expected a first layer whose filters see "
                      "all channels, found {} in {} groups",
                      found->layer, found->groups));
    }
  }
  if (initialization.numbers.contains("eps") && WayOf(initialization, "first") != "whitening") {
    throw UsageError(
        "initialization.eps is whitening's: write initialization.first = whitening, "
        "or leave it out");
  }
}

template <typename T>
void InitializeByRole(const Choice& initialization, const Plan& plan, std::uint64_t seed,
                      const WhiteningImages& training, std::span<T> parameters) {
  const std::vector<std::string_view> roles = LayerRoles(plan.parameters);
  std::uint32_t number = 0;  // of the filter, as InitializeParameters counts
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const ParameterInfo& info = plan.parameters[i];
    if (info.initial.kind != InitialKind::kFanIn) continue;
    ++number;
    const std::string way = WayOf(initialization, roles[i]);
    if (way == "pytorch") continue;
    const std::span<T> filter = parameters.subspan(info.offset, info.size);
    const Values drawn(filter.begin(), filter.end());
    // Behind the draws of biases beside the filter, whose places are counted from 1.
    const RandomStream stream(seed, Purpose::kInitialization, 0xFFFFFFFF, number);
    const Values initial =
        way == "whitening"
            ? WhiteningFilters(training, info.shape,
                               NumberOf(InitializationFamily(), initialization, "eps"), drawn)
            : Initial(way, FilterShape(info), drawn, stream);
    // Through float, so that engines of either precision start from the same values.
    std::ranges::transform(initial, filter.begin(),
                           [](double value) { return static_cast<T>(static_cast<float>(value)); });
  }
  InitializeFromFilters(plan, parameters);
}

template void InitializeByRole(const Choice&, const Plan&, std::uint64_t, const WhiteningImages&,
                               std::span<float>);
template void InitializeByRole(const Choice&, const Plan&, std::uint64_t, const WhiteningImages&,
                               std::span<double>);

}  // namespace normlab
