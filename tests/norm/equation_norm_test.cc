// Equations as operations of the plain twin: the shipped methods against their rooms, ghost batches
// against batches of their own, what they declare and what they object to.
#include "norm/reference/equation_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "norm/reference/norm.h"
#include "tests/equation_methods.h"
#include "tests/operations/reference_gradient.h"

namespace normlab {
namespace {

using reference::Operation;
using reference::Tensor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double kTolerance = 1e-12;  // of the largest value, and of 1, what gradients come from

void ExpectClose(std::span<const double> a, std::span<const double> b, const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  double largest = 1;
  for (const double value : b) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_NEAR(a[i], b[i], kTolerance * largest) << what << " " << i;
  }
}

// One application with storage of its own.
struct Applied {
  Applied(const OperationKind& kind, Shape shape, Attributes attributes) {
    reference::Placement<double> placement;
    placement.attributes = std::move(attributes);
    placement.inputs = {shape};
    placement.output = shape;
    std::uint32_t stream = 40;
    for (const ParameterDeclaration& declared :
         kind.parameters(placement.attributes, shape, shape)) {
      parameters.emplace_back(SizeOf(declared.shape));
      reference::FillUniform(parameters.back(), ++stream, 0.5, 1.5);
      gradients.emplace_back(parameters.back().size(), 0.25);  // added to
    }
    StateDeclarations declared;
    if (kind.states != nullptr) declared = kind.states(placement.attributes, shape);
    std::size_t observed = 0;
    for (const StateDeclaration& state : declared.tensors) {
      states.emplace_back(SizeOf(state.shape), state.initial);
      observed += states.back().size();
    }
    batch_statistics.resize(observed, -7);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      placement.parameters.emplace_back(parameters[i]);
      placement.gradients.emplace_back(gradients[i]);
    }
    for (auto& state : states) placement.states.emplace_back(state);
    placement.counter = &count;
    if (observed > 0) placement.batch_statistics = batch_statistics.data();
    operation = kind.make_double(placement);
  }

  void Run(const reference::Pass& pass, const Tensor<double>& x, const Tensor<double>& dy) {
    y.Resize(x.images, x.shape);
    dx.Resize(x.images, x.shape);
    operation->Forward(pass, x, y);
    operation->Backward(pass, x, y, dy, &dx);
    if (pass.training) operation->UpdateStates();
  }

  std::vector<std::vector<double>> parameters, gradients, states;
  std::vector<double> batch_statistics;
  std::int64_t count = 0;
  std::unique_ptr<Operation<double>> operation;
  Tensor<double> y, dx;
};

void ExpectSame(const Applied& equation, const Applied& room, const std::string& what) {
  ExpectClose(equation.y.values, room.y.values, what + ": y");
  ExpectClose(equation.dx.values, room.dx.values, what + ": dx");
  for (std::size_t i = 0; i < room.gradients.size(); ++i) {
    ExpectClose(equation.gradients[i], room.gradients[i], what + ": gradient " + std::to_string(i));
  }
  for (std::size_t i = 0; i < room.states.size(); ++i) {
    ExpectClose(equation.states[i], room.states[i], what + ": state " + std::to_string(i));
  }
  ExpectClose(equation.batch_statistics, room.batch_statistics, what + ": batch statistics");
  EXPECT_EQ(equation.count, room.count) << what;
}

const Attributes kAttributes = {{"groups", 2}, {"eps", 1e-5}, {"momentum", 0.3}};

TEST(EquationNorm, OfTheShippedMethodsIsTheirRooms) {
  for (const auto& [name, text] : ShippedEquations()) {
    const OperationKind& room_kind = FindNormMethod(name).operation;
    const OperationKind& kind = RowOf(name, text).operation;
    for (const Shape shape : {Shape{6, 3, 5}, {2, 7, 1}, {4, 1, 3}}) {
      const std::string what = name + " " + std::to_string(shape.channels);
      Applied equation(kind, shape, kAttributes), room(room_kind, shape, kAttributes);
      for (const int images : {7, 1, 2, 33}) {
        const auto stream = static_cast<std::uint32_t>(images);
        Tensor<double> x = reference::UniformTensor(images, shape, stream);
        for (double& value : x.values) value += 3;
        const Tensor<double> dy = reference::UniformTensor(images, shape, stream + 1);
        for (const reference::Pass& pass : {reference::Pass{.training = true}, reference::Pass{},
                                            reference::Pass{.training = false,
                                            .dropout = {},
                                            .image_ids = nullptr,
                                            .batch_statistics = true}}) {
          equation.Run(pass, x, dy);
          room.Run(pass, x, dy);
          ExpectSame(equation, room, what + " of " + std::to_string(images));
        }
      }
    }
  }
}

// Each ghost batch is normalized as a batch alone; one step moves the running values by their mean.
TEST(EquationNorm, OfGhostBatchesIsBatchNormalizationOfEach) {
  const Shape shape{3, 2, 4};
  const int images = 11, ghost = 4;  // 4, 4, 3
  Attributes attributes = kAttributes;
  attributes.Set("ghost", ghost);
  Applied equation(RowOf("ghosts",
                         "mean = avg[M H W](x); variance = var[M H W](x)\n"
                         "y = weight[C] * (x - mean) / sqrt(variance + eps) + bias[C]")
                       .operation,
                   shape, attributes);
  const Tensor<double> x = reference::UniformTensor(images, shape, 3);
  const Tensor<double> dy = reference::UniformTensor(images, shape, 4);
  equation.Run({.training = true}, x, dy);
  std::vector<double> observed(equation.batch_statistics.size());
  std::vector<std::vector<double>> gradients = {std::vector<double>(3, 0.25),
                                                std::vector<double>(3, 0.25)};
  for (int first = 0; first < images; first += ghost) {
    Applied alone(FindNormMethod("batch").operation, shape, kAttributes);
    const int count = std::min(ghost, images - first);
    Tensor<double> part(count, shape), part_dy(count, shape);
    std::copy_n(x.image(first), part.values.size(), part.values.begin());
    std::copy_n(dy.image(first), part.values.size(), part_dy.values.begin());
    alone.Run({.training = true}, part, part_dy);
    ExpectClose({equation.y.image(first), part.values.size()}, alone.y.values, "y");
    ExpectClose({equation.dx.image(first), part.values.size()}, alone.dx.values, "dx");
    for (std::size_t i = 0; i < observed.size(); ++i) observed[i] += alone.batch_statistics[i] / 3;
    for (std::size_t p = 0; p < 2; ++p) {
      for (std::size_t i = 0; i < 3; ++i) gradients[p][i] += alone.gradients[p][i] - 0.25;
    }
  }
  ExpectClose(equation.batch_statistics, observed, "batch statistics");
  for (std::size_t p = 0; p < 2; ++p) ExpectClose(equation.gradients[p], gradients[p], "gradient");
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(equation.states[0][c], 0.3 * observed[c], kTolerance);
    EXPECT_NEAR(equation.states[1][c], 0.7 + 0.3 * observed[3 + c], kTolerance);
  }
  EXPECT_EQ(equation.count, 1);
}

TEST(EquationNorm, GoesByTheCompletedSteps) {
  const OperationKind& kind = RowOf("ramps", "y = x * ramp(1, 3, 10, 20)").operation;
  const Tensor<double> x = reference::UniformTensor(2, {1, 2, 2}, 3);
  Applied applied(kind, x.shape, kAttributes);
  for (const auto& [steps, factor] :
       {std::pair{0, 1.0}, {10, 1.0}, {15, 2.0}, {20, 3.0}, {1000, 3.0}}) {
    reference::Pass pass;
    pass.completed_steps = steps;
    applied.Run(pass, x, x);
    for (std::size_t i = 0; i < x.values.size(); ++i) {
      EXPECT_DOUBLE_EQ(applied.y.values[i], factor * x.values[i]) << steps;
    }
  }
}

// Running values that are read in training are those from before the pass.
TEST(EquationNorm, ReadsRunningValuesAsTheyWereBefore) {
  const OperationKind& kind =
      RowOf("reads", "mean = avg[N H W](x); y = x - mean.running + 0 * mean").operation;
  const Tensor<double> x = reference::UniformTensor(5, {2, 2, 3}, 3);
  Applied applied(kind, x.shape, kAttributes);
  applied.Run({.training = true}, x, x);
  ExpectClose(applied.y.values, x.values, "first pass");
  const std::vector<double> running = applied.states[0];
  EXPECT_NE(running[0], 0);
  applied.Run({.training = true}, x, x);
  EXPECT_DOUBLE_EQ(applied.y.values[0], x.values[0] - running[0]);
}

std::vector<std::vector<int>> ParameterShapes(const std::string& text, Attributes attributes) {
  std::vector<std::vector<int>> shapes;
  const Shape shape{6, 3, 5};
  for (const auto& parameter : RowOf("shapes", text).operation.parameters(attributes, shape, shape))
    shapes.push_back(parameter.shape);
  return shapes;
}

TEST(EquationOperation, DeclaresTheShapesOfItsLearnedValues) {
  EXPECT_THAT(
      ParameterShapes("y = x * a[C] + b[G] * c[K] + d[] + e[C H W] + f[H W] + g[W] + "
                      "h[G H] + i[G K]",
                      kAttributes),
      ElementsAre(ElementsAre(6), ElementsAre(2), ElementsAre(3), IsEmpty(), ElementsAre(6, 3, 5),
                  ElementsAre(3, 5), ElementsAre(5), ElementsAre(2, 3), ElementsAre(6)));
}

TEST(EquationOperation, DeclaresItsRowsOfTheTable) {
  auto method = MethodOfText("rows", "y = gamma[C] * x + beta[C] + t[]");
  method->learned = {{.initial = 0.5, .decays = false, .lowest = 0, .highest = 2},
                     {.initial = -1},
                     {.initial = 4, .lowest = -3}};
  const auto declared = RowOf(method).operation.parameters(kAttributes, {2, 1, 1}, {2, 1, 1});
  ASSERT_EQ(declared.size(), 3u);
  EXPECT_EQ(declared[0].name, "gamma");
  EXPECT_EQ(declared[0].role, ParameterRole::kGain);
  EXPECT_EQ(declared[0].initial.constant, 0.5);
  EXPECT_FALSE(declared[0].decays);
  EXPECT_EQ(declared[0].bounds, (Bounds{0, 2}));
  EXPECT_EQ(declared[1].role, ParameterRole::kShift);
  EXPECT_EQ(declared[1].initial.constant, -1);
  EXPECT_TRUE(declared[1].decays);
  EXPECT_EQ(declared[1].bounds, Bounds{});
  EXPECT_EQ(declared[2].role, ParameterRole::kOther);
  EXPECT_EQ(declared[2].bounds.lowest, -3);
}

TEST(EquationOperation, DeclaresItsRunningValuesAndWhichAreAPair) {
  const auto states = [](const std::string& text, const Attributes& attributes) {
    return RowOf("states", text).operation.states(attributes, {6, 3, 5});
  };
  const StateDeclarations all = states(
      "top = max[N H W](x); v = var[N K](x^2); m = avg[N K](x^2); mean = avg[N H W](x)\n"
      "variance = var[N H W](x); lone = var[N C H W](x); y = x + top + v + m + mean + variance + "
      "lone",
      kAttributes);
  std::vector<std::string> names;
  for (const StateDeclaration& state : all.tensors) names.push_back(state.name);
  EXPECT_THAT(names, ElementsAre("running_top", "running_v", "running_m", "running_mean",
                                 "running_var", "running_lone"));
  EXPECT_THAT(all.tensors[0].shape, ElementsAre(6));
  EXPECT_THAT(all.tensors[1].shape, ElementsAre(2, 3, 5));
  EXPECT_THAT(all.tensors[5].shape, IsEmpty());
  EXPECT_EQ(all.tensors[0].initial, 0);
  EXPECT_EQ(all.tensors[1].initial, 1);
  EXPECT_EQ(all.counter, "num_batches_tracked");
  ASSERT_EQ(all.moments.size(), 2u);
  EXPECT_EQ(all.moments[0].mean, 2u);
  EXPECT_EQ(all.moments[0].variance, 1u);
  EXPECT_EQ(all.moments[0].values, 3u);
  EXPECT_FALSE(all.moments[0].of_channels);
  EXPECT_EQ(all.moments[1].mean, 3u);
  EXPECT_EQ(all.moments[1].variance, 4u);
  EXPECT_EQ(all.moments[1].values, 15u);
  EXPECT_TRUE(all.moments[1].of_channels);

  const std::string ghosts = "m = avg[M H W](x); v = var[M H W](x); y = (x - m) / sqrt(v + eps)";
  EXPECT_EQ(states(ghosts, kAttributes).moments.size(), 1u);
  Attributes attributes = kAttributes;
  attributes.Set("ghost", 4);
  EXPECT_THAT(states(ghosts, attributes).moments, IsEmpty());  // each of its ghost batch alone
  EXPECT_THAT(states("y = x", kAttributes).counter, IsEmpty());
  EXPECT_EQ(states("m = (avg[N](x)); n = m; y = x - n", kAttributes).tensors.size(), 1u);
}

TEST(EquationOperation, CouplesWhatItPools) {
  const auto coupling = [](const char* text) { return RowOf("c", text).operation.coupling; };
  EXPECT_EQ(coupling("y = x"), Coupling::kPixel);
  EXPECT_EQ(coupling("y = x - avg[C](x)"), Coupling::kPixel);
  EXPECT_EQ(coupling("y = x - avg[K](x)"), Coupling::kPixel);
  EXPECT_EQ(coupling("y = x - avg[W](x)"), Coupling::kImage);
  EXPECT_EQ(coupling("y = x - avg[C H W](x)"), Coupling::kImage);
  EXPECT_EQ(coupling("m = avg[N](x); y = x - m + max[H](x)"), Coupling::kBatch);
  EXPECT_TRUE(RowOf("e", "m = avg[M H W](x); y = x - m").operation.evaluates_differently);
  EXPECT_FALSE(RowOf("e", "y = x - avg[H W](x)").operation.evaluates_differently);
  EXPECT_TRUE(RowOf("g", "y = x - avg[K](x)").operation.divides_channels);
  EXPECT_TRUE(RowOf("g", "y = x * a[G]").operation.divides_channels);
  EXPECT_FALSE(RowOf("g", "y = x * a[G K] - avg[C](x)").operation.divides_channels);
}

TEST(EquationOperation, ObjectsToAVarianceOfOneValue) {
  const auto objection = [](const std::string& text, Shape shape, int images, int ghost = 0) {
    Attributes attributes = kAttributes;
    if (ghost > 0) attributes.Set("ghost", ghost);
    return RowOf("own", text).operation.objection(attributes, shape, images);
  };
  const std::string batch = "m = avg[N H W](x); v = var[N H W](x); y = (x - m) / sqrt(v + eps)";
  EXPECT_THAT(objection(batch, {4, 1, 1}, 2), IsEmpty());
  EXPECT_THAT(objection(batch, {4, 1, 1}, 0), IsEmpty());
  EXPECT_THAT(objection(batch, {4, 1, 2}, 1), IsEmpty());
  const std::string lone = objection(batch, {4, 1, 1}, 1);
  EXPECT_THAT(lone, HasSubstr("var[N H W] of statement v"));
  EXPECT_THAT(lone, HasSubstr("4x1x1"));
  EXPECT_THAT(lone, HasSubstr("batch of 1"));

  const std::string ghosts = "v = var[M H W](x); y = x / sqrt(v + eps)";
  EXPECT_THAT(objection(ghosts, {4, 1, 1}, 32, 8), IsEmpty());
  EXPECT_THAT(objection(ghosts, {4, 1, 2}, 33, 8), IsEmpty());
  EXPECT_THAT(objection(ghosts, {4, 1, 1}, 33, 8), HasSubstr("last ghost batch has 1"));
  EXPECT_THAT(objection(ghosts, {4, 1, 1}, 33), IsEmpty());

  const std::string instance = "s = x / sqrt(var[H W](x) + eps); y = s";
  EXPECT_THAT(objection(instance, {4, 2, 1}, 0), IsEmpty());
  EXPECT_THAT(objection(instance, {4, 1, 1}, 0), HasSubstr("var[H W] of statement s"));
  EXPECT_THAT(objection("y = x - var[K](x)", {2, 5, 5}, 0), HasSubstr("var[K] of statement y"));

  const auto doubts = [](const std::string& text, Shape shape, int images) {
    return RowOf("own", text).operation.doubts(kAttributes, shape, images);
  };
  EXPECT_THAT(doubts(instance, {4, 1, 1}, 3), IsEmpty());
  EXPECT_THAT(doubts("y = x - max[H W](x)", {4, 1, 1}, 3),
              ElementsAre(HasSubstr("max[H W] of statement y pools one value")));
  EXPECT_THAT(doubts(batch, {4, 1, 1}, 1), ElementsAre(HasSubstr("avg[N H W] of statement m")));
  EXPECT_THAT(doubts(batch, {4, 1, 1}, 2), IsEmpty());

  const std::string frn = "n = avg[H W](x^2); y = max(w[C] * x / sqrt(n + eps), t[C])";
  EXPECT_THAT(
      doubts(frn, {4, 1, 1}, 3),
      ElementsAre("statement y divides x by its own magnitude, which leaves its sign alone: "
                  "avg[H W] of statement n pools one value (of a map of 4x1x1)"));
  EXPECT_THAT(doubts(frn, {4, 1, 2}, 3), IsEmpty());
  const NormMethod& rms = FindNormMethod("rms");
  EXPECT_THAT(rms.operation.doubts(kAttributes, {1, 1, 1}, 3),
              ElementsAre(HasSubstr("statement y divides x by its own magnitude")));
  EXPECT_THAT(rms.operation.doubts(kAttributes, {2, 1, 1}, 3), IsEmpty());
}

TEST(EquationOperation, ObjectsToMeansThatLeaveNothing) {
  const auto objection = [](const std::string& text, Shape shape, int images) {
    return RowOf("own", text).operation.objection(kAttributes, shape, images);
  };
  const std::string own = "m = avg[H W](x); y = x - m + bias[C]";
  EXPECT_THAT(objection(own, {4, 1, 1}, 0),
              HasSubstr("avg[H W] of statement m would pool one value (of a map of 4x1x1), and "
                        "nothing of x would be left: pool more axes, or mark the layer bare (!)"));
  EXPECT_THAT(objection(own, {4, 2, 1}, 0), IsEmpty());
  EXPECT_THAT(objection("y = 2 * x - avg[H W](x)", {4, 1, 1}, 0), IsEmpty());
  const std::string batch = "m = avg[N H W](x); y = x - m";
  EXPECT_THAT(objection(batch, {4, 1, 1}, 1), HasSubstr("in a batch of 1), and nothing of x"));
  EXPECT_THAT(objection(batch, {4, 1, 1}, 0), IsEmpty());
  EXPECT_THAT(objection("y = x - x + avg[H W](x) * 0", {4, 1, 1}, 0), IsEmpty());
}

TEST(EquationOperation, NamesTheStatementThatWasNotFiniteFirst) {
  const OperationKind& kind =
      RowOf("breaks", "a = avg[C H W](x); l = log(a); v = weight[C] / (a - a); y = x * l + v")
          .operation;
  BrokenPass pass;
  pass.attributes = &kAttributes;
  pass.shape = {2, 1, 1};
  pass.images = 1;
  pass.parameters = {{0, 0}};
  pass.x = {-1, -2};
  EXPECT_EQ(kind.first_non_finite(pass), "statement l of its normalization");
  pass.x = {1, 2};
  EXPECT_EQ(kind.first_non_finite(pass), "statement v of its normalization");
  const OperationKind& squares = RowOf("squares", "s = x^2; y = s").operation;
  pass.parameters.clear();
  pass.x = {1e30, 0};
  EXPECT_EQ(squares.first_non_finite(pass), "statement s of its normalization");
  pass.single_precision = false;
  EXPECT_EQ(squares.first_non_finite(pass), "");
}

}  // namespace
}  // namespace normlab
