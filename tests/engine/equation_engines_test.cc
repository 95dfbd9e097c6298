// Networks under equations in the fast engine, by the general program: they follow the plain twin
// in double, with the same bits for any number of threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/engine/follow_twin.h"
#include "tests/equation_methods.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

struct EquationCase {
  std::string name, text;
  int ghost = 0;
};

// Without a kink near which float32 and double would part.
const std::vector<EquationCase>& EquationCases() {
  static const std::string ghosts =
      "m = avg[M H W](x); v = var[M H W](x)\n"
      "y = weight[C] * (x - m) / sqrt(v + eps) + bias[C]";
  static const std::vector<EquationCase> cases = {
      {"ghosts_of_5", ghosts, 5},
      {"ghosts_of_16", ghosts, 16},
      {"chained",
       "m = avg[N H W](x); power = avg[N H W]((x - m)^2)\n"
       "z = (x - m) / sqrt(power + eps)\n"
       "k = avg[N H W](tanh(z)^2)\n"
       "y = weight[C] * z / (1 + k) + bias[C]"},
      {"reads_running",
       "m = avg[N H W](x); v = var[N H W](x)\n"
       "y = weight[C] * (x - 0.9 * m - 0.1 * m.running) / sqrt(0.8 * v + 0.2 * v.running + eps) + "
       "bias[C] * sigmoid(alpha[])"},
      {"per_image",
       "power = avg[K H W](x^2); c = avg[C](x); top = norm[W](x)\n"
       "y = weight[C] * (x - alpha[] * c) / sqrt(power + eps) + bias[H] * tanh(top)"}};
  return cases;
}

Case CaseOf(const EquationCase& equation) {
  Case c;
  c.model = "C6 c14 C6v P C6x2 c10 GAP c4!";
  c.options.norm = RowOf(equation.name, equation.text);
  c.options.ghost = equation.ghost;
  c.options.groups = 2;
  c.options.dropout = 0.3;
  c.options.norm_momentum = 0.3;
  return c;
}

// In evaluation a map may lie so far from what one step has made of the running values that an
// image's loss is twenty or thirty: then a few units in its last place are granted.
void ExpectFollowsTheTwin(const Case& c) {
  SCOPED_TRACE(Describe(c));
  const Differences differences = CompareEngines(c, {.relative = 5e-6});
  EXPECT_EQ(differences.text(), "");
  EXPECT_EQ(differences.dead(), 0) << "tensors without any gradient";
}

class EquationEngines : public testing::TestWithParam<EquationCase> {};
INSTANTIATE_TEST_SUITE_P(Equations, EquationEngines, testing::ValuesIn(EquationCases()),
                         [](const auto& info) { return info.param.name; });

TEST_P(EquationEngines, FollowTheTwinForUglyBatches) {
  for (const int batch : {1, 15, 16, 17, 33}) {
    for (const bool per_application : {false, true}) {
      Case c = CaseOf(GetParam());
      c.batch = batch;
      c.options.statistics_per_application = per_application;
      ExpectFollowsTheTwin(c);
    }
  }
}

TEST_P(EquationEngines, FollowTheTwinInEveryOrder) {
  std::array<UnitStep, 3> order = {UnitStep::kRelu, UnitStep::kNorm, UnitStep::kDropout};
  do {
    Case c = CaseOf(GetParam());
    c.options.order = order;
    ExpectFollowsTheTwin(c);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_P(EquationEngines, FollowTheTwinOnEveryInstructionSet) {
  for (const Simd simd : SupportedSimd()) {
    for (const float shift : {0.0f, 10.0f}) {
      Case c = CaseOf(GetParam());
      c.simd = simd;
      c.shift = shift;
      ExpectFollowsTheTwin(c);
    }
  }
}

TEST_P(EquationEngines, GiveTheSameBitsForAnyNumberOfThreads) {
  for (const int batch : {1, 15, 16, 17, 33, 70}) {
    for (const bool per_application : {false, true}) {
      Case c = CaseOf(GetParam());
      c.batch = batch;
      c.options.statistics_per_application = per_application;
      const Outcome<float> one = RunFast(c, PlanOf(c));
      for (const int threads : {2, 3}) {
        c.threads = threads;
        SCOPED_TRACE(Describe(c));
        const Outcome<float> several = RunFast(c, PlanOf(c));
        EXPECT_EQ(one.train_loss, several.train_loss);
        EXPECT_EQ(one.gradients, several.gradients);
        EXPECT_EQ(one.buffers, several.buffers);
        EXPECT_EQ(one.batch_statistics, several.batch_statistics);
        EXPECT_EQ(one.log_probabilities, several.log_probabilities);
      }
    }
  }
}

// A step of the line `model` whose second layer's parameters stand in for its third's, if it has
// one.
std::vector<float> GradientOfSecond(Case c, const std::string& model) {
  c.model = model;
  const auto plan = PlanOf(c);
  const auto network = MakeFastNetwork(plan, c.batch, {c.simd, c.threads});
  InitializeParameters<float>(*plan, c.seed, network->parameters());
  InitializeBuffers<float>(*plan, network->buffers());
  std::vector<const ParameterInfo*> second, third;
  for (const ParameterInfo& info : plan->parameters) {
    if (info.name.starts_with("C2.")) second.push_back(&info);
    if (info.name.starts_with("C3.")) third.push_back(&info);
    if (info.name.starts_with("c")) {  // of the last layer, which has another place
      for (std::size_t i = 0; i < info.size; ++i) {
        network->parameters()[info.offset + i] = 0.4f * std::sin(static_cast<float>(3 * i));
      }
    }
  }
  for (std::size_t p = 0; p < third.size(); ++p) {
    std::copy_n(network->parameters().begin() + static_cast<std::ptrdiff_t>(second[p]->offset),
                second[p]->size,
                network->parameters().begin() + static_cast<std::ptrdiff_t>(third[p]->offset));
  }
  const RandomPixels pixels(c.input);
  std::vector<std::uint8_t> labels(static_cast<std::size_t>(c.batch));
  std::vector<std::uint32_t> ids(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::uint8_t>(i % 4);
  network->Train({c.batch, &pixels, labels.data(), ids.data()}, {9, 4});
  std::vector<float> gradient;
  for (std::size_t p = 0; p < second.size(); ++p) {
    for (std::size_t i = 0; i < second[p]->size; ++i) {
      gradient.push_back(network->gradients()[second[p]->offset + i]);
      if (!third.empty()) gradient.back() += network->gradients()[third[p]->offset + i];
    }
  }
  return gradient;
}

TEST_P(EquationEngines, AddTheGradientsOfAllApplications) {
  for (const int batch : {16, 33}) {
    Case c = CaseOf(GetParam());
    c.options.dropout = 0;
    c.batch = batch;
    const std::vector<float> shared = GradientOfSecond(c, "C6 C6x2 GAP c4!"),
                             apart = GradientOfSecond(c, "C6 C6 C6 GAP c4!");
    ASSERT_EQ(shared.size(), apart.size());
    float largest = 0;
    for (const float value : apart) largest = std::max(largest, std::abs(value));
    EXPECT_GT(largest, 1e-4);
    for (std::size_t i = 0; i < shared.size(); ++i) {
      EXPECT_NEAR(shared[i], apart[i], 1e-5 * largest) << i;
    }
  }
}

// A shipped method by the general program beside its room, 20 steps of plain gradient descent. Each
// begins with the room's weights: two trainings in float32 part at the first value that lies on
// another side of a kink.
class BesideItsRoom {
 public:
  explicit BesideItsRoom(const std::string& norm)
      : norm_(norm), room_(Make(false)), equation_(Make(true)), labels_(kBatch), ids_(kBatch) {
    for (std::uint32_t i = 0; i < kBatch; ++i) labels_[i] = static_cast<std::uint8_t>(i % 10);
  }

  void Run() {
    for (std::uint32_t step = 0; step < 20; ++step) Step(step);
    std::ranges::copy(room_->parameters(), equation_->parameters().begin());
    const RandomPixels pixels(kImage, 0.2f, 77);
    const Batch batch = BatchOf(15, pixels);
    std::vector<float> log_probabilities(15 * 10), other(15 * 10);
    Compare("evaluation", equation_->Evaluate(batch, log_probabilities).loss_sum,
            room_->Evaluate(batch, other).loss_sum);
    differences_.Compare("log-probability", log_probabilities, other, 1e-4);
    Compare("evaluation on the batch",
            equation_->EvaluateOnBatchStatistics(batch, log_probabilities).loss_sum,
            room_->EvaluateOnBatchStatistics(batch, other).loss_sum);
    differences_.Compare("log-probability on the batch", log_probabilities, other, 1e-4);
    for (std::size_t i = 0; i < room_->counters().size(); ++i) {
      EXPECT_EQ(equation_->counters()[i].value, room_->counters()[i].value);
    }
    EXPECT_EQ(differences_.text(), "");
    // A value that rounding moves across a kink leaves its step with another gradient.
    EXPECT_LE(steps_apart_, 2);
    EXPECT_GT(moved_, norm_ == "none" ? 1e-6 : 1e-3) << "nothing was trained";
  }

 private:
  static constexpr int kBatch = 33;
  static constexpr Shape kImage{1, 28, 28};

  std::unique_ptr<Network<float>> Make(bool by_equation) const {
    ModelOptions options;
    options.norm = norm_;
    options.norm_by_equation = by_equation;
    options.dropout = 0.05;
    options.norm_momentum = 0.3;
    // Beside the other order a max pool reads what a ReLU has made equal and a weight for each
    // place a little unequal.
    options.order = ParseOrder("conv-norm-relu-dropout");
    // An instance of one pixel is refused.
    const char* model =
        norm_ == "instance" ? "C8v/2 C16v P c8! C16v C16v C16v A6 c10!" : "mnist-8k";
    const Architecture architecture = ParseArchitecture(model, kImage, 10, options);
    auto network = MakeFastNetwork(architecture, kBatch, {BestSimd(), 2});
    InitializeParameters<float>(architecture, 3, network->parameters());
    InitializeBuffers<float>(architecture, network->buffers());
    return network;
  }

  Batch BatchOf(int count, const ImageSource& pixels) const {
    return {count, &pixels, labels_.data(), ids_.data()};
  }

  void Compare(const std::string& what, double loss, double of_room) {
    differences_.CompareOne(what, loss, of_room, 0, 1e-5);
  }

  void Step(std::uint32_t step) {
    const RandomPixels pixels(kImage, 0.2f, step);
    const Batch batch = BatchOf(step % 5 == 4 ? 17 : kBatch, pixels);
    std::ranges::copy(room_->parameters(), equation_->parameters().begin());
    const std::string of_step = " of step " + std::to_string(step + 1);
    Compare("loss" + of_step, equation_->Train(batch, {9, step}).loss_sum,
            room_->Train(batch, {9, step}).loss_sum);
    differences_.Compare("batch statistic" + of_step, equation_->batch_statistics(),
                         room_->batch_statistics(), 1e-5, 1e-5);
    differences_.Compare("running value" + of_step, equation_->buffers(), room_->buffers(), 1e-5,
                         1e-5);
    steps_apart_ += !std::ranges::all_of(
        room_->parameter_infos(), [this](const ParameterInfo& info) { return HasGradient(info); });
    for (std::size_t i = 0; i < room_->parameters().size(); ++i) {
      const float change = 0.05f * room_->gradients()[i];
      room_->parameters()[i] -= change;
      moved_ = std::max(moved_, std::abs(change));
    }
  }

  // Of the room, but for rounding.
  bool HasGradient(const ParameterInfo& info) const {
    const std::span<float> gradient = equation_->gradients().subspan(info.offset, info.size),
                           of_room = room_->gradients().subspan(info.offset, info.size);
    float largest = 0, distance = 0;
    for (std::size_t i = 0; i < info.size; ++i) {
      largest = std::max(largest, std::abs(of_room[i]));
      distance = std::max(distance, std::abs(gradient[i] - of_room[i]));
    }
    return distance <= 1e-4f * largest + 1e-7f;
  }

  const std::string norm_;
  const std::unique_ptr<Network<float>> room_, equation_;
  std::vector<std::uint8_t> labels_;
  std::vector<std::uint32_t> ids_;
  Differences differences_;
  int steps_apart_ = 0;
  float moved_ = 0;  // the farthest that a weight went in one step
};

TEST(EquationEngine, TrainsTheShippedMethodsAsTheirRooms) {
  for (const std::string& norm : NormNames()) {
    if (FindNormMethod(norm).room.empty()) continue;
    SCOPED_TRACE(norm);
    BesideItsRoom(norm).Run();
  }
}

// A normalized map is not kept where its reader can compute it; the statement is named all the
// same.
TEST(EquationEngine, NamesTheStatementThatBroke) {
  for (const char* order :
       {"conv-relu-norm-dropout", "conv-norm-relu-dropout", "conv-relu-dropout-norm"}) {
    for (const bool training : {true, false}) {
      SCOPED_TRACE(order);
      Case c;
      c.options.norm = RowOf("breaks",
                             "mean = avg[N H W](x); l = sqrt(t[] + 1); s = var[N H W](x)\n"
                             "y = weight[C] * (x - mean) / sqrt(s + eps) + l");
      c.options.order = ParseOrder(order);
      const auto plan = PlanOf(c);
      const auto network = MakeFastNetwork(plan, c.batch, {c.simd, 2});
      RunSteps(c, *plan, *network);
      EXPECT_EQ(network->FirstNonFiniteLayer(), "");
      for (const ParameterInfo& info : network->parameter_infos()) {
        if (info.name == "c2.norm.t") network->parameters()[info.offset] = -2;
      }
      const RandomPixels pixels(c.input);
      const std::vector<std::uint8_t> labels(static_cast<std::size_t>(c.batch));
      const std::vector<std::uint32_t> ids(labels.size());
      const Batch batch = {c.batch, &pixels, labels.data(), ids.data()};
      const BatchResult result =
          training ? network->Train(batch, {9, 5}) : network->Evaluate(batch, {});
      EXPECT_FALSE(std::isfinite(result.loss_sum));
      EXPECT_EQ(network->FirstNonFiniteLayer(), "c2, statement l of its normalization");
    }
  }
}

TEST(EquationEngine, NamesTheStatementOfAShippedMethodThatBroke) {
  for (const std::string& norm : NormNames()) {
    if (!Learns(FindNormMethod(norm), "weight")) continue;
    SCOPED_TRACE(norm);
    Case c;
    c.options.norm = norm;
    c.options.norm_by_equation = true;
    c.options.groups = 1;
    const auto plan = PlanOf(c);
    const auto network = MakeFastNetwork(plan, c.batch, {c.simd, 1});
    RunSteps(c, *plan, *network);
    for (const ParameterInfo& info : network->parameter_infos()) {
      if (info.name != "c2.norm.weight") continue;
      network->parameters()[info.offset] = std::numeric_limits<float>::quiet_NaN();
    }
    const RandomPixels pixels(c.input);
    const std::vector<std::uint8_t> labels(static_cast<std::size_t>(c.batch));
    const std::vector<std::uint32_t> ids(labels.size());
    network->Train({c.batch, &pixels, labels.data(), ids.data()}, {9, 5});
    EXPECT_EQ(network->FirstNonFiniteLayer(), "c2, statement y of its normalization");
  }
}

}  // namespace
}  // namespace normlab
