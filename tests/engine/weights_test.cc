// Networks whose filters are made of the learned ones: both engines, what is learned, what is not
// touched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/engine/follow_twin.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

Case With(const std::string& weights, const std::string& norm) {
  Case c;
  c.options.weights = weights;
  c.options.norm = norm;
  c.options.groups = 1;
  return c;
}

// Standardized filters without a normalization behind them make large maps.
constexpr Tolerance kLarge = {.relative = 1e-6};

TEST(Weights, FollowTheTwinBesideEveryKindOfNormalization) {
  for (const std::string& weights : FilterNames()) {
    for (const char* norm : {"none", "batch", "group", "rms"}) {
      SCOPED_TRACE(weights);
      for (const int batch : {2, 16, 33}) {
        Case c = With(weights, norm);
        c.batch = batch;
        c.threads = 1 + batch % 2;
        ExpectEnginesAgree(c, kLarge);
      }
    }
  }
}

TEST(Weights, FollowTheTwinByAnEquationOfOnesOwn) {
  Case c = With("q = max[O Y X](abs(w)); y = gain[O] * w / (q + 0.5) + tilt[I Y] * w^2", "batch");
  c.shift = 10;
  ExpectEnginesAgree(c);
}

TEST(Weights, AreMadeOfEveryFilterThatIsNotBareAndOnceOfARepeatedOne) {
  const auto plan = PlanOf(With("weight-norm", "batch"));  // C5 c7 C6v P C6x2 c9 GAP c4!
  std::vector<std::string> derived, gains;
  for (const DerivedParameter& each : plan->derived) derived.push_back(each.name);
  for (const ParameterInfo& info : plan->parameters) {
    if (info.name.ends_with("conv.gain")) gains.push_back(info.name);
  }
  EXPECT_EQ(derived.size(), 5u);
  EXPECT_EQ(gains.size(), 5u);
  EXPECT_THAT(derived, testing::Not(testing::Contains(HasSubstr("c6."))));
}

TEST(Weights, InitialFiltersAreThoseOfTheNetworkWithout) {
  const auto with = PlanOf(With("weight-norm", "batch")), without = PlanOf(With("none", "batch"));
  std::vector<float> a(with->parameter_count()), b(without->parameter_count());
  InitializeParameters<float>(*with, 5, a);
  InitializeParameters<float>(*without, 5, b);
  int filters = 0;
  for (const ParameterInfo& info : without->parameters) {
    if (info.role != ParameterRole::kFilter) continue;
    const auto same = std::ranges::find(with->parameters, info.name, &ParameterInfo::name);
    ASSERT_NE(same, with->parameters.end());
    ++filters;
    EXPECT_TRUE(std::equal(b.begin() + static_cast<std::ptrdiff_t>(info.offset),
                           b.begin() + static_cast<std::ptrdiff_t>(info.offset + info.size),
                           a.begin() + static_cast<std::ptrdiff_t>(same->offset)))
        << info.name;
  }
  EXPECT_EQ(filters, 6);
  // Weight normalization starts from the same function.
  const Case c = With("weight-norm", "batch");
  const auto network = MakeReferenceNetwork<double>(with, c.batch);
  const auto plain = MakeReferenceNetwork<double>(without, c.batch);
  InitializeParameters<double>(*with, 5, network->parameters());
  InitializeParameters<double>(*without, 5, plain->parameters());
  const RandomPixels pixels(with->ShapeOf(0), 0);
  const std::vector<std::uint8_t> labels(17, 1);
  const std::vector<std::uint32_t> ids(17, 1);
  const Batch batch = {17, &pixels, labels.data(), ids.data()};
  EXPECT_NEAR(network->Train(batch, {}).loss_sum, plain->Train(batch, {}).loss_sum, 1e-5);
}

TEST(Weights, ANormalizationMayBringThem) {
  Case c;
  c.options.norm = "mean-only-batch";
  const auto plan = PlanOf(c);
  EXPECT_EQ(plan->derived.size(), 5u);
  ExpectEnginesAgree(c);
  c.options.weights = "weight-norm";  // the same again is no conflict
  EXPECT_EQ(PlanOf(c)->derived.size(), 5u);
  c.options.weights = "standardized";
  try {
    PlanOf(c);
    ADD_FAILURE() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("mean-only-batch acts on the weights already"));
  }
}

TEST(Weights, AFilterOfOneValueCannotBeStandardized) {
  Case c = With("standardized", "batch");
  c.input = {1, 11, 13};
  c.model = "c5 C6 GAP c4!";
  try {
    PlanOf(c);
    ADD_FAILURE() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("layer c1"), HasSubstr("[5 1 1 1]")));
  }
}

}  // namespace
}  // namespace normlab
