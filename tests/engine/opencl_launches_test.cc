// Which operations have no launches of their own on a device, how many a training step has, and
// that what is computed together is what the plain twin computes.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/opencl/device_works.h"
#include "engine/opencl/late_launches.h"
#include "engine/opencl/opencl_network.h"
#include "operations/activation.h"
#include "tests/engine/draft.h"
#include "tests/engine/follow_twin.h"
#include "tests/engine/needs_device.h"

namespace normlab {
namespace {

using opencl::DeviceShape;
using opencl::DeviceWork;
using opencl::DeviceWorks;

// A small CPU's and a large GPU's, of 128 images.
constexpr DeviceShape kCpu = {
    .vector = 16, .images = 128, .group_lanes = 1, .output_tile = 4, .wanted = 8};
constexpr DeviceShape kGpu = {
    .vector = 1, .images = 128, .group_lanes = 64, .output_tile = 8, .wanted = 132 * 1024};

struct Counts {
  std::size_t training = 0, evaluation = 0;  // with the head's
};

Counts CountsOf(const Plan& plan, const DeviceShape& shape) {
  const std::vector<DeviceWork> works = DeviceWorks(plan, shape);
  std::vector<const DeviceWork*> all;
  Counts counts = {2, 1};
  for (std::size_t i = 0; i < works.size(); ++i) {
    all.push_back(&works[i]);
    counts.training += works[i].training.size();
    counts.evaluation += works[i].evaluation.size();
    if (!plan.HasBackward(plan.operations[i])) continue;
    counts.training += static_cast<std::size_t>(std::ranges::count_if(
        works[i].backward, [](const opencl::Launch& launch) { return !launch.at_end; }));
  }
  counts.training += LateLaunches(plan, shape, all).size();
  return counts;
}

std::shared_ptr<const Plan> Preset(const std::string& model, double dropout) {
  ModelOptions options;
  options.norm = "batch";
  options.dropout = dropout;
  options.order = ParseOrder(FindModelPreset(model)->order);
  return ParseArchitecture(model, {3, 32, 32}, 10, options).plan;
}

// In evaluation one of every operation that is not elementwise, and the loss's. A training step had
// so many when each operation had its own.
TEST(OpenClLaunches, AreFewInAStep) {
  struct Row {
    const char* model;
    double dropout;
    std::size_t on_cpu, on_gpu;
  };
  for (const Row& row : {Row{"cifar-37k", 0.05, 173, 204}, Row{"resnet-20", 0, 305, 362}}) {
    const auto plan = Preset(row.model, row.dropout);
    const auto elementwise = std::ranges::count_if(plan->operations, [](const auto& operation) {
      const std::string& name = operation.kind->name;
      return name == "relu" || name == "dropout" || name == "sum";
    });
    const Counts cpu = CountsOf(*plan, kCpu), gpu = CountsOf(*plan, kGpu);
    std::printf("%s: a step of %zu launches, on a GPU %zu; in evaluation %zu\n", row.model,
                cpu.training, gpu.training, cpu.evaluation);
    const std::size_t others = plan->operations.size() - static_cast<std::size_t>(elementwise);
    EXPECT_EQ(cpu.evaluation, others + 1);
    EXPECT_EQ(gpu.evaluation, others + 1);
    EXPECT_LE(cpu.training * 10, row.on_cpu * 8);
    EXPECT_LE(gpu.training * 10, row.on_gpu * 6);
  }
}

const PlanOperation& Operation(const Plan& plan, const std::string& kind) {
  return *std::ranges::find(plan.operations, kind,
                            [](const PlanOperation& each) { return each.kind->name; });
}

const DeviceWork& WorkOf(const Plan& plan, const std::vector<DeviceWork>& works,
                         const std::string& kind) {
  return works[static_cast<std::size_t>(&Operation(plan, kind) - plan.operations.data())];
}

TEST(OpenClLaunches, AreNoneOfElementwiseOperations) {
  for (const Activation& activation : Activations()) {
    Draft draft;
    const int x = draft.Convolution(draft.images(), 6, "C1");
    const int y = draft.Activation(activation.name, x, "C1");
    const auto plan = draft.Finish(draft.Norm("batch", draft.Dropout(y, "C1"), "C1"));
    const auto works = DeviceWorks(*plan, kGpu);
    for (const std::string& kind : {std::string(activation.name), std::string("dropout")}) {
      const DeviceWork& work = WorkOf(*plan, works, kind);
      EXPECT_TRUE(work.training.empty() && work.evaluation.empty()) << kind;
      // A learned slope's gradient reads the whole gradient of the output.
      const bool learns = !Operation(*plan, kind).parameters.empty();
      EXPECT_EQ(work.backward.empty(), !learns) << kind;
    }
  }
}

// Nobody stores the images, and the loss stores the gradient of the logits.
TEST(OpenClLaunches, StayWhereNobodyElseStores) {
  Draft draft;
  const int x = draft.Convolution(draft.Relu(draft.images(), "first"), 6, "C1");
  const auto plan = draft.Finish(x);
  EXPECT_EQ(WorkOf(*plan, DeviceWorks(*plan, kCpu), "relu").training.size(), 1u);

  PlanBuilder builder({3, 4, 4});
  const int pooled =
      builder.Add(KindNamed("average pool"), {builder.images()}, {{"size", 0}}, {"GAP", "op"});
  const int scores = builder.Add(KindNamed("convolution"), {pooled},
                                 {{"channels", 4}, {"kernel", 1}, {"padding", 0}}, {"C", "conv"});
  const int logits = builder.Add(KindNamed("tanh"), {scores}, {}, {"C", "act"});
  const Plan with_tanh = std::move(builder).Finish(logits);
  const auto works = DeviceWorks(with_tanh, kCpu);
  EXPECT_TRUE(WorkOf(with_tanh, works, "tanh").training.empty());
  EXPECT_EQ(WorkOf(with_tanh, works, "tanh").backward.size(), 1u);
}

// A layer that is applied twice: its two sums of slices must not be one launch.
TEST(OpenClLaunches, AddTheSumsOfOneParameterInTheirOrder) {
  Draft draft;
  ConvolutionOptions options;
  options.channels = 3;
  options.kernel = 3;
  options.padding = 1;
  int x = draft.images();
  for (const int application : {1, 2})
    x = draft.Convolution(x, options, "C1", nullptr, application);
  const auto plan = draft.Finish(x);
  const auto works = DeviceWorks(*plan, kGpu);
  std::vector<const DeviceWork*> all;
  for (const DeviceWork& work : works) all.push_back(&work);
  std::vector<std::size_t> order;
  for (const auto& batch : LateLaunches(*plan, kGpu, all)) {
    int sums = 0;
    for (const opencl::LateLaunch& late : batch) {
      const bool of_both = late.operation < 2 && late.launch->arguments.back().name == "total";
      if (of_both) order.push_back(late.operation);
      sums += of_both;
    }
    EXPECT_LE(sums, 1);
  }
  EXPECT_EQ(order, (std::vector<std::size_t>{1, 0}));
}

// One network for batches of all sizes, with other weights where a value stands at a kink.
void ExpectTheTwin(const std::shared_ptr<const Plan>& plan, int vector, const std::string& what) {
  const auto network = MakeOpenClNetwork(plan, 33, {.number = 0, .vector = vector});
  for (const int batch : {33, 1, 15, 16, 17}) {
    Case c;
    c.batch = batch;
    std::string differences;
    for (c.seed = 3; c.seed < 6; ++c.seed) {
      differences = CompareWithTwin(c, plan, RunSteps(c, *plan, *network), kOnDevice).text();
      if (differences.empty()) break;
    }
    EXPECT_EQ(differences, "") << what << ", batch " << batch;
  }
}

class OpenClFusion : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Vectors, OpenClFusion, testing::Values(0, 1));

// Every activation in every order with dropout and a normalization, on maps whose rows and images
// no draw of dropout divides.
TEST_P(OpenClFusion, FollowsTheTwinInEveryOrder) {
  NORMLAB_NEEDS_DEVICE();
  Draft draft({3, 5, 7});
  std::string order = "adn";
  int x = draft.images();
  for (const Activation& activation : Activations()) {
    const std::string layer = "C_" + std::string(activation.name);
    const int before = x = draft.Convolution(x, 4, layer);
    for (const char step : order) {
      if (step == 'a') x = draft.Activation(activation.name, x, layer);
      if (step == 'd') x = draft.Dropout(x, layer);
      if (step == 'n') x = draft.Norm("group", x, layer);
    }
    draft.EndUnit(before, x);
    std::ranges::next_permutation(order);
  }
  ExpectTheTwin(draft.Finish(x), GetParam(), "every activation");
}

// Values that several read, sums of a value with what it became, a sum of one value twice, gates
// behind sums, and behind what is written in two parts.
TEST_P(OpenClFusion, FollowsTheTwinWhereSeveralRead) {
  NORMLAB_NEEDS_DEVICE();
  Draft draft({3, 5, 7});
  int x = draft.Relu(draft.Norm("group", draft.Convolution(draft.images(), 4, "C1"), "C1"), "C1");
  const int y = draft.Dropout(draft.Activation("gelu", x, "C2"), "C2");
  x = draft.Relu(draft.Add(KindNamed("sum"), {x, y, draft.Convolution(y, 4, "C3")}, "S1"), "S1");
  x = draft.Add(KindNamed("sum"), {x, x}, "S2");
  x = draft.Add(KindNamed("concatenation"), {x, draft.Convolution(x, 2, "C4")}, "J");
  x = draft.Dropout(draft.Activation("silu", x, "J"), "J");
  x = draft.Relu(draft.Add(KindNamed("max pool"), {x}, "P"), "P");
  ExpectTheTwin(draft.Finish(draft.Activation("prelu", x, "P")), GetParam(), "several readers");
}

// The maps of values that a kernel of another operation stores are looked at, too.
TEST(OpenClFusionMaps, ABrokenLayerIsStillNamed) {
  NORMLAB_NEEDS_DEVICE();
  Case c;
  c.options.norm = "batch";
  c.options.dropout = 0.3;
  c.model = "C4 C4 C4 GAP c4!";
  const auto plan = PlanOf(c);
  const auto device = MakeOpenClNetwork(plan, c.batch, {});
  const auto twin = MakeReferenceNetwork<float>(plan, c.batch);
  const RandomPixels pixels(plan->ShapeOf(0), 0);
  const std::vector<std::uint8_t> labels(At(c.batch), 1);
  const std::vector<std::uint32_t> ids(At(c.batch), 5);
  const Batch batch = {c.batch, &pixels, labels.data(), ids.data()};
  const auto broken = [&](Network<float>& network, const std::string& parameter) {
    InitializeParameters<float>(*plan, 3, network.parameters());
    InitializeBuffers<float>(*plan, network.buffers());
    for (const ParameterInfo& info : plan->parameters) {
      if (info.name == parameter) network.parameters()[info.offset] = NAN;
    }
    network.Train(batch, {9, 4});
    return network.FirstNonFiniteLayer();
  };
  for (const char* parameter : {"C2.conv.weight", "C2.norm.weight", "C3.conv.weight"}) {
    const std::string expected = broken(*twin, parameter);
    EXPECT_EQ(broken(*device, parameter), expected);
    EXPECT_EQ(expected.substr(0, 2), std::string(parameter).substr(0, 2));
  }
  EXPECT_EQ(broken(*device, ""), "");
}

}  // namespace
}  // namespace normlab
