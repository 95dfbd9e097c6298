// Equations over filters on an OpenCL device: each by itself against the twin, and in networks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <memory>

#include "engine/opencl/filter_works.h"
#include "engine/opencl/opencl_network.h"
#include "norm/filters/filter_method.h"
#include "norm/opencl/filter_work.h"
#include "tests/engine/follow_twin.h"
#include "tests/engine/needs_device.h"
#include "tests/engine/twin_arrays.h"

namespace normlab {
namespace {

using equation::Domain;
using equation::Doubles;
using equation::EquationCase;
using opencl::DeviceQueue;
using opencl::DeviceShape;
using opencl::FilterWorks;

constexpr char kOwn[] =
    "p = avg[I](w^2); q = max[O Y X](abs(w)); "
    "y = gain[O] * (1 + slope[I Y]) * w / sqrt(p + 0.1 * q^2 + 1 / fan_in) + tilt[X] * tanh(s[] * "
    "w)";

// The shipped ones, and those of users: over all axes, over O alone, over every pair that is not
// side by side; learned values of several axes, of none, of all; what no filter is in.
std::vector<std::string> Equations() {
  std::vector<std::string> texts;
  for (const FilterMethod& method : FilterMethods()) {
    if (method.acts()) texts.push_back(method.equation->equation.text);
  }
  texts.insert(
      texts.end(),
      {kOwn, "m = avg[O I Y X](w); v = var[O I Y X](w); y = gain[] * (w - m) / sqrt(v + 1e-6)",
       "v = var[O](w); y = w / sqrt(v + 0.01) + shift[I X] * min[O](w)",
       "a = norm[O Y](w); b = sum[I X](w * scale[O X]); y = w / (a + 1) + b * bank[O I Y X]",
       "m = avg[I Y X](w); d = w - m; n = norm[I Y X](d); y = d / (n + 0.1) * stop(n) + m",
       "g = exp(lift[O]); y = w * g / sum[O](g) + max[O I Y X](w)",
       "y = bank[O I Y X] * norm[O I Y X](w)", "y = gain[O I Y X]"});
  return texts;
}

// O, I, Y, X: none twice; none but O; a depthwise one; one output; many of a few taps.
constexpr int kShapes[][4] = {{7, 5, 3, 2}, {6, 1, 1, 1}, {4, 6, 1, 1},
                              {9, 1, 3, 3}, {1, 6, 5, 3}, {33, 17, 3, 3}};

EquationCase CaseOf(const std::string& text, const int (&shape)[4]) {
  return equation::MakeCase(
      text, {.images = shape[0], .channels = shape[1], .rows = shape[2], .columns = shape[3]}, 3,
      Domain::kFilter);
}

// A derived filter with what it is made of, behind parameters that it has nothing to do with, and
// the device that makes it for some models of a stack.
class FilterOnDevice {
 public:
  // `read`: by an operation, so that gradients are there
  // before.
  FilterOnDevice(const EquationCase& one, const DeviceShape& shape, int capacity = 1,
                 bool read = false)
      : one_(one), capacity_(capacity) {
    auto method = std::make_shared<equation::Method>();
    method->equation = one.equation;
    kind_.make_opencl = [method](const opencl::DevicePlacement& placement) {
      return opencl::FilterWork(method, placement);
    };
    FillPlan(read);
    floats_ = (plan_.parameter_count() + plan_.derived_count() + 15) / 16 * 16;
    buffers_ = {Allocate(floats_), Allocate(floats_), floats_, Allocate(1)};
    buffers_.capacity = capacity;
    works_ = std::make_unique<FilterWorks>(plan_, shape, buffers_, queue_);
  }

  // Of a pass of `models`, all with these values; `before`: what the gradients are before it.
  void Run(const std::vector<int>& models, float before = 0) {
    std::vector<float> values(floats_, std::numeric_limits<float>::quiet_NaN());
    std::vector<float> gradients(floats_, before);
    Put(one_.x, 1, values);
    for (std::size_t i = 0; i < one_.learned.size(); ++i) Put(one_.learned[i], 2 + i, values);
    Put(one_.y_gradient, plan_.parameters.size(), gradients);
    for (const int model : models) {
      const std::size_t at = static_cast<std::size_t>(model) * floats_ * sizeof(float);
      queue_.Write(buffers_.values, values.data(), floats_ * sizeof(float), at);
      queue_.Write(buffers_.gradients, gradients.data(), floats_ * sizeof(float), at);
    }
    queue_.Write(buffers_.models, models.data(), models.size() * sizeof(models[0]));
    works_->Forward(models.size());
    works_->Backward(models.size());
  }

  Arrays Get(int model) {
    Arrays arrays;
    arrays.Add("y", Part(buffers_.values, model, plan_.parameters.size()));
    arrays.Add("dx", Part(buffers_.gradients, model, 1));
    for (std::size_t i = 0; i < one_.learned.size(); ++i) {
      arrays.Add("gradient of " + one_.equation.learned[i].name,
                 Part(buffers_.gradients, model, 2 + i));
    }
    return arrays;
  }
  std::vector<float> Gradients(int model) { return All(buffers_.gradients, model); }

 private:
  int Allocate(std::size_t floats) {
    return queue_.Allocate(floats * sizeof(float) * static_cast<std::size_t>(capacity_));
  }
  void FillPlan(bool read) {
    AddParameter(5);
    AddParameter(one_.x.size());
    for (const Doubles& learned : one_.learned) AddParameter(learned.size());
    DerivedParameter derived;
    derived.kind = &kind_;
    derived.shape = {one_.extents.images, one_.extents.channels, one_.extents.rows,
                     one_.extents.columns};
    for (std::size_t i = 1; i < plan_.parameters.size(); ++i) {
      derived.from.push_back(static_cast<int>(i));
    }
    derived.offset = plan_.parameter_count();
    derived.size = one_.x.size();
    plan_.derived = {derived};
    if (!read) return;
    plan_.operations.emplace_back();
    plan_.operations.back().parameters = derived.from;
  }
  void AddParameter(std::size_t size) {
    ParameterInfo info;
    info.offset = plan_.parameter_count();
    info.size = size;
    plan_.parameters.push_back(info);
  }
  void Put(const Doubles& values, std::size_t parameter, std::vector<float>& all) const {
    std::ranges::transform(values,
                           all.begin() + static_cast<std::ptrdiff_t>(
                                             plan_.RangeOf(static_cast<int>(parameter)).offset),
                           [](double value) { return static_cast<float>(value); });
  }
  std::vector<float> All(int buffer, int model) {
    std::vector<float> all(floats_);
    queue_.Read(buffer, all.data(), floats_ * sizeof(float),
                static_cast<std::size_t>(model) * floats_ * sizeof(float));
    return all;
  }
  std::vector<float> Part(int buffer, int model, std::size_t parameter) {
    const FlatRange range = plan_.RangeOf(static_cast<int>(parameter));
    const std::vector<float> all = All(buffer, model);
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(range.offset);
    return {first, first + static_cast<std::ptrdiff_t>(range.size)};
  }

  const EquationCase& one_;
  int capacity_;
  ParameterOperationKind kind_;
  Plan plan_;
  DeviceQueue queue_{0};
  std::size_t floats_ = 0;
  opencl::ParameterBuffers buffers_;
  std::unique_ptr<FilterWorks> works_;
};

// A processor, whose few work items leave a reduction whole, and a GPU, whose many share it.
constexpr DeviceShape kDevices[] = {{.wanted = 8}, {.group_tiles = 64, .wanted = 1 << 17}};

// Every equation on both devices; the first four in every shape, the others in one more.
TEST(OpenClFilters, FollowTheTwin) {
  NORMLAB_NEEDS_DEVICE();
  const std::vector<std::string> equations = Equations();
  std::size_t checked = 0;
  for (std::size_t i = 0; i < equations.size(); ++i) {
    for (std::size_t s = 0; s < std::size(kShapes); ++s) {
      if (s > 0 && i >= 4 && s != 1 + i % (std::size(kShapes) - 1)) continue;
      const EquationCase one = CaseOf(equations[i], kShapes[s]);
      if (VarianceOfOneValue(one.equation, one.extents)) continue;
      for (std::size_t d = 0; d < std::size(kDevices); ++d) {
        if (s > 0 && d != (i + s) % std::size(kDevices)) continue;
        FilterOnDevice device(one, kDevices[d]);
        device.Run({0});
        EXPECT_EQ(DistancesFromTwin(one, device.Get(0)), "") << one.Told() << "device " << d;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 4 * equations.size());
}

TEST(OpenClFilters, AddToGradientsThatAreThereAndLeaveOthersAlone) {
  NORMLAB_NEEDS_DEVICE();
  const EquationCase one = CaseOf(kOwn, kShapes[0]);
  FilterOnDevice fresh(one, kDevices[0]), read(one, kDevices[0], 1, true);
  fresh.Run({0}, 7);
  EXPECT_EQ(DistancesFromTwin(one, fresh.Get(0)), "") << "what was there counts for nothing";
  read.Run({0}, 0.5f);
  const Arrays alone = fresh.Get(0), added = read.Get(0);
  for (std::size_t i = 1; i < alone.values.size(); ++i) {
    for (std::size_t e = 0; e < alone.values[i].size(); ++e) {
      EXPECT_NEAR(added.values[i][e], alone.values[i][e] + 0.5, 1e-5) << alone.names[i] << " " << e;
    }
  }
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(read.Gradients(0)[i], 0.5f);
}

TEST(OpenClFilters, GiveTheSameBitsAsAloneInEveryPlaceOfAStack) {
  NORMLAB_NEEDS_DEVICE();
  for (const DeviceShape& shape : kDevices) {
    const EquationCase one = CaseOf(kOwn, kShapes[0]);
    FilterOnDevice alone(one, shape), stack(one, shape, 4);
    alone.Run({0});
    stack.Run({3, 1});
    for (const int model : {3, 1}) EXPECT_EQ(stack.Get(model).values, alone.Get(0).values) << model;
    EXPECT_THAT(stack.Gradients(0), testing::Each(0)) << "a model that is not in the pass";
    EXPECT_THAT(stack.Gradients(2), testing::Each(0));
  }
}

// The default line has a valid and a repeated unit; one of depthwise and grouped ones.
TEST(OpenClFilters, NetworksFollowTheTwin) {
  NORMLAB_NEEDS_DEVICE();
  constexpr Tolerance kLarge = {.relative = 1e-6};  // as tests/engine/weights_test.cc
  Case c;
  for (const char* weights : {"standardized", "weight-norm", kOwn}) {
    for (const int vector : {0, 1}) {
      c.options.weights = weights;
      c.options.norm = vector == 0 ? "batch" : "none";
      c.model = vector == 0 ? Case().model : "C6 C6g2 D P C6x2 (C6)+ GAP c4!";
      const auto plan = PlanOf(c);
      const auto outcome =
          RunSteps(c, *plan, *MakeOpenClNetwork(plan, c.batch, {.number = 0, .vector = vector}));
      EXPECT_EQ(CompareWithTwin(c, plan, outcome, kLarge).text(), "") << weights << " " << vector;
    }
  }
}

// What must not be asked: a maker on the processor.
class NeverAsked : public ParameterOperation<float> {
 public:
  void Forward(Inputs, std::span<float>) override { ADD_FAILURE() << "a filter made there"; }
  void Backward(Inputs, std::span<const float>, std::span<const float>,
                std::span<const std::span<float>>) override {
    ADD_FAILURE() << "a filter's gradient made there";
  }
};

TEST(OpenClFilters, NothingOfThemIsMadeOnTheProcessor) {
  NORMLAB_NEEDS_DEVICE();
  Case c;
  c.options.weights = "weight-norm";
  const auto plan = PlanOf(c);
  const auto guarded = std::make_shared<Plan>(*plan);
  ParameterOperationKind kind = *plan->derived.front().kind;
  kind.make_float = [](const std::vector<int>&) { return std::make_unique<NeverAsked>(); };
  for (DerivedParameter& derived : guarded->derived) derived.kind = &kind;
  const auto one = RunSteps(c, *plan, *MakeOpenClNetwork(plan, c.batch, {}));
  const auto two = RunSteps(c, *guarded, *MakeOpenClNetwork(guarded, c.batch, {}));
  EXPECT_EQ(one.gradients, two.gradients);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(one.test_loss),
            std::bit_cast<std::uint64_t>(two.test_loss));
}

TEST(OpenClFilters, TheFirstNonFiniteLayerIsNamedBesideThem) {
  NORMLAB_NEEDS_DEVICE();
  Case c;
  c.options.weights = "standardized";
  c.options.norm = "group";
  c.options.groups = 1;
  const auto plan = PlanOf(c);
  const auto network = MakeOpenClNetwork(plan, c.batch, {});
  EXPECT_EQ(RunSteps(c, *plan, *network).broken, "");
  const auto third = std::ranges::find(plan->parameters, "C3.conv.weight", &ParameterInfo::name);
  ASSERT_NE(third, plan->parameters.end());
  network->parameters()[third->offset] = std::numeric_limits<float>::quiet_NaN();
  const RandomPixels pixels(plan->ShapeOf(0), 0);
  const std::vector<std::uint8_t> labels(17, 1);
  const std::vector<std::uint32_t> ids(17, 1);
  network->Train({17, &pixels, labels.data(), ids.data()}, {});
  EXPECT_EQ(network->FirstNonFiniteLayer(), "C3");
}

TEST(OpenClFilters, AreCountedInADevicesMemory) {
  ModelOptions with, without;
  with.weights = "standardized";
  const Shape input = {3, 32, 32};
  const auto bytes = [&](const ModelOptions& options) {
    return OpenClBytes(ParseArchitecture("cifar-37k", input, 10, options), 16);
  };
  const auto plan = ParseArchitecture("cifar-37k", input, 10, with).plan;
  // The filters, their gradients and a few numbers of each output at least; less than as many
  // filters again.
  const std::size_t filters = 2 * sizeof(float) * plan->derived_count();
  EXPECT_GT(bytes(with), bytes(without) + filters);
  EXPECT_LT(bytes(with), bytes(without) + 2 * filters);
}

}  // namespace
}  // namespace normlab
