// Methods on the weights: what their equations may say, what they make of a filter, their gradient,
// how their learned values begin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/error.h"
#include "norm/equation/method_file.h"
#include "norm/equation/pytorch_filter.h"
#include "norm/filters/filter_method.h"
#include "norm/filters/filter_operation.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Values = std::vector<double>;

// Uneven, away from zero in the mean, other in every filter.
Values Filter(const std::vector<int>& shape) {
  Values filter(SizeOf(shape));
  for (std::size_t i = 0; i < filter.size(); ++i) {
    const auto n = static_cast<double>(i);
    filter[i] = 0.3 * std::sin(1.7 * n) + 0.05 * std::cos(0.3 * n * n) + 0.1;
  }
  return filter;
}

// What a method makes of a filter and of values learned beside it, and their gradients.
struct Made {
  Values filter;
  std::vector<Values> gradients;
};

Made Make(const FilterMethod& method, const std::vector<int>& shape, const Values& filter,
          const std::vector<Values>& learned, const Values& gradient) {
  const auto operation = method.operation.make_double(shape);
  std::vector<Values> from = {filter};
  from.insert(from.end(), learned.begin(), learned.end());
  const std::vector<std::span<const double>> inputs(from.begin(), from.end());
  Made made;
  made.filter.resize(filter.size());
  operation->Forward(inputs, made.filter);
  for (const Values& values : from) made.gradients.emplace_back(values.size(), 0.0);
  const std::vector<std::span<double>> to(made.gradients.begin(), made.gradients.end());
  operation->Backward(inputs, made.filter, gradient, to);
  return made;
}

std::vector<Values> Initial(const FilterMethod& method, const std::vector<int>& shape,
                            const Values& filter) {
  std::vector<Values> learned;
  for (const ParameterDeclaration& each : method.operation.parameters(shape)) {
    learned.push_back(each.initial.kind == InitialKind::kOfFilter
                          ? each.initial.of_filter(filter, shape)
                          : Values(SizeOf(each.shape), each.initial.constant));
  }
  return learned;
}

constexpr char kOwn[] =
    "p = avg[I](w^2); q = max[O Y X](abs(w)); "
    "y = gain[O] * (1 + slope[I Y]) * w / sqrt(p + 0.1 * q^2 + 1 / fan_in) + tilt[X] * tanh(s[] * "
    "w)";

std::vector<std::string> Named() {
  std::vector<std::string> names = FilterNames();
  names.erase(names.begin());
  names.emplace_back(kOwn);
  return names;
}

TEST(FilterEquation, GradientsAreThoseOfDifferences) {
  for (const std::string& name : Named()) {
    const FilterMethod& method = FindFilterMethod(name);
    for (const std::vector<int>& shape : {std::vector{3, 2, 3, 3}, {5, 7, 1, 1}, {1, 2, 3, 3}}) {
      const Values filter = Filter(shape);
      std::vector<Values> from = {filter};
      for (Values& values : Initial(method, shape, filter)) {
        for (std::size_t i = 0; i < values.size(); ++i) {
          values[i] += 0.2 * std::cos(static_cast<double>(i));
        }
        from.push_back(std::move(values));
      }
      Values cotangent(filter.size());
      for (std::size_t i = 0; i < cotangent.size(); ++i) {
        cotangent[i] = std::cos(2.3 * static_cast<double>(i));
      }
      const auto make = [&] {
        return Make(method, shape, from[0], {from.begin() + 1, from.end()}, cotangent);
      };
      const Made made = make();
      const auto loss = [&] {
        const Values y = make().filter;
        return std::inner_product(y.begin(), y.end(), cotangent.begin(), 0.0);
      };
      for (std::size_t k = 0; k < from.size(); ++k) {
        for (std::size_t i = 0; i < from[k].size(); ++i) {
          constexpr double kStep = 1e-5;
          const double at = from[k][i];
          from[k][i] = at + kStep;
          const double above = loss();
          from[k][i] = at - kStep;
          const double slope = (above - loss()) / (2 * kStep);
          from[k][i] = at;
          EXPECT_NEAR(made.gradients[k][i], slope, 1e-6 * (1 + std::abs(slope)))
              << name << ", input " << k << ", value " << i;
        }
      }
    }
  }
}

TEST(FilterEquation, StandardizedFiltersHaveMeanZeroAndVarianceOne) {
  const std::vector<int> shape = {4, 3, 3, 3};
  const Values filter = Filter(shape);
  const Values y =
      Make(FindFilterMethod("standardized"), shape, filter, {}, Values(filter.size())).filter;
  for (std::size_t o = 0; o < 4; ++o) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < 27; ++i) {
      mean += y[27 * o + i] / 27;
      square += y[27 * o + i] * y[27 * o + i] / 27;
    }
    EXPECT_NEAR(mean, 0, 1e-12);
    EXPECT_NEAR(square, 1, 1e-4);  // less by eps
    EXPECT_LT(square, 1);
  }
}

TEST(FilterEquation, ScaledFiltersKeepAnOutputsVariance) {
  const std::vector<int> shape = {2, 5, 3, 3};
  const Values filter = Filter(shape);
  const Values y =
      Make(FindFilterMethod("scaled"), shape, filter, {Values(2, 1)}, Values(filter.size())).filter;
  double square = 0;
  for (std::size_t i = 0; i < 45; ++i) square += y[i] * y[i];
  // Of inputs that are positive parts of normal values, whose variance is (1 - 1 / pi) / 2, one
  // output's variance is the sum of squares times that.
  EXPECT_NEAR(square * (1 - 1 / std::acos(-1.0)) / 2, 1, 2e-3);  // the authors' number
}

TEST(FilterEquation, WeightNormBeginsAsTheFilterItself) {
  const std::vector<int> shape = {3, 2, 3, 3};
  const FilterMethod& method = FindFilterMethod("weight-norm");
  const Values filter = Filter(shape);
  const std::vector<Values> gain = Initial(method, shape, filter);
  const Values y = Make(method, shape, filter, gain, Values(filter.size())).filter;
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], filter[i], 1e-15);
}

TEST(FilterEquation, DeclaresWhatIsLearnedBesideTheFilter) {
  const auto declared = FindFilterMethod(kOwn).operation.parameters({5, 7, 3, 1});
  ASSERT_EQ(declared.size(), 4u);
  EXPECT_EQ(declared[0].name, "gain");
  EXPECT_EQ(declared[0].role, ParameterRole::kGain);
  EXPECT_THAT(declared[0].shape, ElementsAre(5));
  EXPECT_THAT(declared[1].shape, ElementsAre(7, 3));
  EXPECT_THAT(declared[2].shape, ElementsAre(1));
  EXPECT_TRUE(declared[3].shape.empty());
}

std::string Refused(const std::string& text, equation::Domain domain = equation::Domain::kFilter) {
  try {
    equation::ParseMethod(text, "mine.toml", domain);
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    return error.what();
  }
  return "accepted";
}

TEST(FilterEquation, RefusesWhatAFilterHasNot) {
  EXPECT_THAT(Refused("y = w / norm[N](w)"), AllOf(HasSubstr("O I Y X"), HasSubstr("'N'")));
  EXPECT_THAT(Refused("y = w / norm[iyx](w)"), HasSubstr("write [I Y X]"));
  EXPECT_THAT(Refused("y = w * weight[O]"),
              AllOf(HasSubstr("'weight'"), HasSubstr("another name")));
  EXPECT_THAT(Refused("y = w + bias[O]"), HasSubstr("'bias'"));
  EXPECT_THAT(Refused("y = w * eps"), AllOf(HasSubstr("unknown name 'eps'"), HasSubstr("eps[O]")));
  EXPECT_THAT(Refused("m = avg[O](w); y = w - m.running"), HasSubstr("no running values"));
  EXPECT_THAT(Refused("y = w * ramp(0, 1, 2, 3)"), HasSubstr("no optimizer steps"));
  EXPECT_THAT(Refused("m = avg[O I](w); y = m"), HasSubstr("all axes of w, found no O I"));
  EXPECT_THAT(Refused("equation = 'y = w'\nactivation = true"),
              HasSubstr("unknown key 'activation'"));
  EXPECT_THAT(Refused("equation = 'y = w * g[O]'\n[learned.g]\ninitial = 'norm[I Y](w)'"),
              AllOf(HasSubstr("line 3"), HasSubstr("initial of g"), HasSubstr("[O X]")));
  EXPECT_THAT(Refused("equation = 'y = w * g[O]'\n[learned.g]\ninitial = 'h[O] * norm[I Y X](w)'"),
              HasSubstr("no learned value, found h"));
}

TEST(FilterEquation, TellsTheTwoKindsOfMethodsApart) {
  EXPECT_THAT(Refused("y = w / norm[I Y X](w)", equation::Domain::kMap),
              AllOf(HasSubstr("over the filter w"), HasSubstr("the key weights")));
  EXPECT_THAT(Refused("m = avg[H W](x); y = x - m"),
              AllOf(HasSubstr("over the map x"), HasSubstr("the key norm")));
}

TEST(FilterEquation, AVarianceOfOneValueIsObjectedTo) {
  const equation::Method& method = *FindFilterMethod("standardized").equation;
  EXPECT_THAT(FilterObjection(method, {8, 1, 1, 1}),
              AllOf(HasSubstr("var[I Y X] over one value"), HasSubstr("[8 1 1 1]")));
  EXPECT_EQ(FilterObjection(method, {8, 2, 1, 1}), "");
  EXPECT_EQ(FilterObjection(*FindFilterMethod("weight-norm").equation, {8, 1, 1, 1}), "");
}

TEST(FilterEquation, UnknownNamesHaveTheNearest) {
  try {
    FindFilterMethod("standardised");
    ADD_FAILURE() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'standardised'"), HasSubstr("'standardized'")));
  }
}

TEST(FilterEquation, AttributesOfTheConvolutionKeepTheirNames) {
  equation::Method method =
      equation::ParseMethod("y = w * stride[O]", "mine.toml", equation::Domain::kFilter);
  method.name = "mine";
  const std::string text = equation::PytorchFilterDefinition(method);
  EXPECT_THAT(text, AllOf(HasSubstr("class MineConvolution(nn.Conv2d)"),
                          HasSubstr("self.learned_stride = nn.Parameter")));
}

}  // namespace
}  // namespace normlab
