// Step by step with PyTorch: the plain engine in double against PyTorch in float64, then the fast
// engine against the plain one, measured by what float32 costs PyTorch itself.
#include "tests/train/parity_case.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace normlab {
namespace {

constexpr double kBar = 1e-9;         // float64 against float64, after up to 50 steps
constexpr double kFloat32Factor = 4;  // times PyTorch's own distance
constexpr double kFloat32Floor = 1e-6;

class Parity : public testing::TestWithParam<std::string> {};

void ExpectClose(const std::string& what, const std::vector<double>& ours,
                 const std::vector<double>& golden) {
  ASSERT_EQ(ours.size(), golden.size()) << what;
  for (std::size_t e = 0; e < ours.size(); ++e) {
    ASSERT_NEAR(ours[e], golden[e], kBar) << what << ", element " << e;
  }
}

struct FinalWeights {
  std::vector<double> samples;  // as the golden takes them
  std::vector<double> sums;     // [tensor][sum, sum of squares]
};

FinalWeights Summarize(const ParityCase& test, Network<double>& network) {
  FinalWeights final_weights;
  for (const ParameterInfo& info : network.parameter_infos()) {
    const bool all = test.samples == 0 || info.size <= 2 * test.samples;
    const std::size_t stride = all ? 1 : info.size / test.samples;
    double sum = 0, squares = 0;
    for (std::size_t e = 0; e < info.size; ++e) {
      const double value = network.parameters()[info.offset + e];
      sum += value;
      squares += value * value;
      if (e % stride == 0) final_weights.samples.push_back(value);
    }
    final_weights.sums.push_back(sum);
    final_weights.sums.push_back(squares);
  }
  return final_weights;
}

TEST_P(Parity, Reference64FollowsPyTorchFloat64) {
  const ParityCase test = FindParityCase(GetParam());
  const auto network = MakeReferenceNetwork<double>(test.architecture, test.batch);
  std::vector<std::string> names;
  for (const ParameterInfo& info : network->parameter_infos()) names.push_back(info.name);
  ASSERT_THAT(names, testing::ElementsAreArray(test.parameters));

  const std::vector<double> golden = Golden().Values(test.name + "/losses");
  ASSERT_EQ(golden.size(), static_cast<std::size_t>(Golden().steps));
  ExpectClose("loss", TrainCase(test, *network), golden);

  const FinalWeights final_weights = Summarize(test, *network);
  ExpectClose("weights", final_weights.samples, Golden().Values(test.name + "/weights"));
  ExpectClose("sums", final_weights.sums, Golden().Values(test.name + "/sums"));
  ExpectClose("running statistics", {network->buffers().begin(), network->buffers().end()},
              Golden().Values(test.name + "/running"));
  std::vector<double> tracked;
  for (const CounterInfo& counter : network->counters()) {
    tracked.push_back(static_cast<double>(counter.value));
  }
  ExpectClose("batches tracked", tracked, Golden().Values(test.name + "/tracked"));
}

class EqualWeights : public testing::TestWithParam<std::string> {};

// Every instruction set of this machine, along the trajectory of the plain engine: at each step the
// fast engine takes its weights, rounded to float32, and computes the loss of the same batch.
TEST_P(EqualWeights, FastLossIsAsCloseAsPyTorchFloat32) {
  const ParityCase test = FindParityCase(GetParam());
  const std::vector<double> allowed = Golden().Values(test.name + "/float32_step");
  ASSERT_EQ(allowed.size(), static_cast<std::size_t>(Golden().steps));
  const auto reference = MakeReferenceNetwork<double>(test.architecture, test.batch);
  std::vector<std::unique_ptr<Network<float>>> engines;
  for (const Simd simd : SupportedSimd()) {
    engines.push_back(MakeFastNetwork(test.architecture, test.batch, {simd, 1}));
  }
  std::vector<std::vector<double>> fast_losses(engines.size());
  const std::vector<double> losses = TrainCase<double>(
      test, *reference, [&](int, const Batch& batch, const DropoutAddress& dropout) {
        for (std::size_t e = 0; e < engines.size(); ++e) {
          std::copy(reference->parameters().begin(), reference->parameters().end(),
                    engines[e]->parameters().begin());
          fast_losses[e].push_back(engines[e]->Train(batch, dropout).loss_sum / batch.count);
        }
      });
  for (std::size_t e = 0; e < engines.size(); ++e) {
    for (std::size_t step = 0; step < losses.size(); ++step) {
      ASSERT_NEAR(fast_losses[e][step], losses[step],
                  kFloat32Factor * allowed[step] + kFloat32Floor)
          << SimdName(SupportedSimd()[e]) << ", step " << step;
    }
  }
}

// Free trainings in float32, where PyTorch's own stay on float64's path (tests/golden/find_salts.py
// says why they need not). The golden's distance is the largest so far: a distance has a sign, and
// passes through zero.
class FreeParity : public testing::TestWithParam<std::string> {};

TEST_P(FreeParity, FastTrainingIsAsCloseAsPyTorchFloat32) {
  const ParityCase test = FindParityCase(GetParam());
  const std::vector<double> golden = Golden().Values(test.name + "/losses");
  const std::vector<double> distance = Golden().Values(test.name + "/float32_distance");
  ASSERT_EQ(distance.size(), golden.size());
  for (const Simd simd : SupportedSimd()) {
    const auto fast = MakeFastNetwork(test.architecture, test.batch, {simd, 1});
    const std::vector<double> losses = TrainCase<float>(test, *fast);
    double largest = 0;
    for (std::size_t step = 0; step < losses.size(); ++step) {
      largest = std::max(largest, distance[step]);
      ASSERT_NEAR(losses[step], golden[step], kFloat32Factor * largest + kFloat32Floor)
          << SimdName(simd) << ", step " << step;
    }
  }
}

std::string Name(const testing::TestParamInfo<std::string>& info) { return info.param; }

// Each norm and both networks within a minute; the others are for the long run of the tests.
constexpr std::size_t kQuickCases = 4;
const std::vector<std::string> kQuick(ParityCaseNames().begin(),
                                      ParityCaseNames().begin() + kQuickCases);
const std::vector<std::string> kOthers(ParityCaseNames().begin() + kQuickCases,
                                       ParityCaseNames().end());

INSTANTIATE_TEST_SUITE_P(Cases, Parity, testing::ValuesIn(ParityCaseNames()), Name);
INSTANTIATE_TEST_SUITE_P(Cases, EqualWeights, testing::ValuesIn(kQuick), Name);
INSTANTIATE_TEST_SUITE_P(Slow, EqualWeights, testing::ValuesIn(kOthers), Name);
INSTANTIATE_TEST_SUITE_P(Slow, FreeParity, testing::ValuesIn(FollowingCaseNames()), Name);

TEST(ParityCases, AreTheGoldensAndCoverEveryPair) {
  std::set<std::string> names, following, pairs;
  for (const auto& row : Golden().cases) {
    names.insert(row.at("name"));
    if (row.at("follows")) following.insert(row.at("name"));
    const std::string norm = row.at("norm"), model = row.at("model");
    std::string optimizer = row.at("optimizer").at("name");
    if (row.at("optimizer").at("nesterov")) optimizer = "nesterov";
    const std::string schedule = row.at("schedule").at("name");
    pairs.insert({model + " " + norm, model + " " + optimizer, model + " " + schedule,
                  norm + " " + optimizer, norm + " " + schedule, optimizer + " " + schedule});
  }
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(ParityCaseNames()));
  for (const std::string& name : OwnKinkCaseNames()) EXPECT_EQ(following.erase(name), 1u) << name;
  EXPECT_THAT(following, testing::UnorderedElementsAreArray(FollowingCaseNames()));
  for (const NormMethod& method : NormMethods()) {
    if (method.room.empty()) continue;  // compare_zoo.py
    EXPECT_TRUE(pairs.contains(fmt::format("cifar-37k {}", method.name))) << method.name;
  }
  const std::vector<std::string> models{"mnist-8k", "cifar-37k"}, norms{"batch", "layer", "group"};
  const std::vector<std::string> optimizers{"sgd", "nesterov", "adam"};
  const std::vector<std::string> schedules{"constant", "step", "onecycle", "plateau"};
  const std::vector<std::string>* factors[] = {&models, &norms, &optimizers, &schedules};
  for (int a = 0; a < 4; ++a) {
    for (int b = a + 1; b < 4; ++b) {
      for (const std::string& first : *factors[a]) {
        for (const std::string& second : *factors[b]) {
          EXPECT_TRUE(pairs.contains(first + " " + second)) << first << " with " << second;
        }
      }
    }
  }
}

}  // namespace
}  // namespace normlab
