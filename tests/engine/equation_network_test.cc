// Whole networks of the plain twin under equations: the shipped methods against their rooms over
// some steps, shared and per application, and what is said of a layer that breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "engine/make_network.h"
#include "engine/registry.h"
#include "model/initialize.h"
#include "operations/fast/simd.h"
#include "tests/engine/random_pixels.h"
#include "tests/equation_methods.h"

namespace normlab {
namespace {

using testing::HasSubstr;

constexpr Shape kImage{3, 7, 5};
constexpr int kScores = 4, kImages = 11;

struct Numbers {
  std::vector<double> parameters, gradients, buffers, batch_statistics;
  std::vector<float> running, on_batch;  // log-probabilities
  std::vector<std::int64_t> counters;
};

// Some steps of plain gradient descent, batches of 11, 4 and 9, then both evaluations.
Numbers TrainSteps(const Architecture& architecture) {
  const auto network = MakeReferenceNetwork<double>(architecture, kImages);
  InitializeParameters<double>(architecture, 3, network->parameters());
  InitializeBuffers<double>(architecture, network->buffers());
  std::vector<std::uint8_t> labels(kImages);
  std::vector<std::uint32_t> ids(kImages);
  for (std::uint32_t i = 0; i < kImages; ++i) labels[i] = static_cast<std::uint8_t>(i % kScores);
  std::uint32_t pass = 0;
  Numbers numbers;
  for (const int count : {kImages, 4, 9}) {
    const RandomPixels pixels(kImage, 0.5f, pass);
    network->Train({count, &pixels, labels.data(), ids.data()}, {9, pass++});
    numbers.gradients.assign(network->gradients().begin(), network->gradients().end());
    for (std::size_t i = 0; i < numbers.gradients.size(); ++i) {
      network->parameters()[i] -= 0.1 * numbers.gradients[i];
    }
  }
  numbers.batch_statistics.assign(network->batch_statistics().begin(),
                                  network->batch_statistics().end());
  numbers.parameters.assign(network->parameters().begin(), network->parameters().end());
  numbers.buffers.assign(network->buffers().begin(), network->buffers().end());
  for (const CounterInfo& counter : network->counters()) numbers.counters.push_back(counter.value);
  const RandomPixels pixels(kImage, 0.5f, 77);
  const Batch batch = {7, &pixels, labels.data(), ids.data()};
  numbers.running.resize(7 * kScores);
  numbers.on_batch = numbers.running;
  network->Evaluate(batch, numbers.running);
  network->EvaluateOnBatchStatistics(batch, numbers.on_batch);
  return numbers;
}

template <class T>
void ExpectNear(const std::vector<T>& a, const std::vector<T>& b, double tolerance,
                const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  double largest = 0, distance = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(double{b[i]}));
    distance = std::max(distance, std::abs(double{a[i]} - double{b[i]}));
  }
  EXPECT_LE(distance, tolerance * largest) << what;
}

TEST(EquationNetwork, OfTheShippedMethodsIsTheirRoomsOverSteps) {
  for (const auto& [name, text] : ShippedEquations()) {
    for (const bool per_application : {false, true}) {
      for (const char* order : {"conv-relu-norm-dropout", "conv-norm-relu-dropout"}) {
        SCOPED_TRACE(name + " " + order);
        ModelOptions options;
        options.norm = name;
        options.norm_momentum = 0.3;
        options.dropout = 0.1;
        options.order = ParseOrder(order);
        options.statistics_per_application = per_application;
        const char* line = "C6 C6x2 P C8 c4! GAP";
        const Numbers room = TrainSteps(ParseArchitecture(line, kImage, kScores, options));
        options.norm = RowOf(name, text);
        const Architecture architecture = ParseArchitecture(line, kImage, kScores, options);
        const Numbers equation = TrainSteps(architecture);
        ExpectNear(equation.gradients, room.gradients, 1e-12, "gradients");
        ExpectNear(equation.parameters, room.parameters, 1e-12, "parameters");
        ExpectNear(equation.buffers, room.buffers, 1e-12, "buffers");
        ExpectNear(equation.batch_statistics, room.batch_statistics, 1e-12, "batch statistics");
        ExpectNear(equation.running, room.running, 1e-6, "evaluation");
        ExpectNear(equation.on_batch, room.on_batch, 1e-6, "evaluation on batch statistics");
        EXPECT_EQ(equation.counters, room.counters);
      }
    }
  }
}

TEST(EquationNetwork, HasTheNamesAndShapesOfTheRoom) {
  ModelOptions options;
  options.statistics_per_application = true;
  const char* line = "C6 C6x2 P C8 c4! GAP";
  const Architecture room = ParseArchitecture(line, kImage, kScores, options);
  options.norm = RowOf("batch", ShippedEquations().at("batch"));
  const Architecture equation = ParseArchitecture(line, kImage, kScores, options);
  const Plan &a = *equation.plan, &b = *room.plan;
  ASSERT_EQ(a.parameters.size(), b.parameters.size());
  for (std::size_t i = 0; i < a.parameters.size(); ++i) {
    EXPECT_EQ(a.parameters[i].name, b.parameters[i].name);
    EXPECT_EQ(a.parameters[i].shape, b.parameters[i].shape);
    EXPECT_EQ(a.parameters[i].role, b.parameters[i].role);
    EXPECT_EQ(a.parameters[i].initial.constant, b.parameters[i].initial.constant);
    EXPECT_EQ(a.parameters[i].offset, b.parameters[i].offset);
  }
  ASSERT_EQ(a.buffers.size(), b.buffers.size());
  for (std::size_t i = 0; i < a.buffers.size(); ++i) {
    EXPECT_EQ(a.buffers[i].name, b.buffers[i].name);
    EXPECT_EQ(a.buffers[i].shape, b.buffers[i].shape);
    EXPECT_EQ(a.buffers[i].initial, b.buffers[i].initial);
  }
  ASSERT_EQ(a.sites.size(), b.sites.size());
  for (std::size_t i = 0; i < a.sites.size(); ++i) {
    EXPECT_EQ(a.sites[i].batch(), b.sites[i].batch());
    ASSERT_NE(a.sites[i].channel_moments(), nullptr);
    EXPECT_EQ(a.sites[i].channel_moments()->values, b.sites[i].channel_moments()->values);
  }
}

std::string Refusal(const std::string& line, const std::string& text, int batch, int ghost = 0) {
  ModelOptions options;
  options.norm = RowOf("own", text);
  options.ghost = ghost;
  try {
    CheckBatchStatistics(ParseArchitecture(line, kImage, kScores, options), batch);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(EquationNetwork, IsRefusedByLayerStatementAndShape) {
  const std::string ghosts =
      "m = avg[M H W](x); v = var[M H W](x); y = (x - m) / sqrt(v + eps) * weight[C]";
  EXPECT_EQ(Refusal("C6 GAP c5 c4!", ghosts, 32, 8), "");
  const std::string refusal = Refusal("C6 GAP c5 c4!", ghosts, 33, 8);
  EXPECT_THAT(refusal, HasSubstr("layer c2 'c5' (input 6x1x1)"));
  EXPECT_THAT(refusal, HasSubstr("var[M H W] of statement v"));
  EXPECT_THAT(refusal, HasSubstr("map of 5x1x1"));
  EXPECT_EQ(Refusal("C6 GAP c5! c4!", ghosts, 33, 8), "");

  const std::string groups = "y = x / sqrt(avg[K H W](x^2) + eps)";
  EXPECT_EQ(Refusal("C6 GAP c4!", groups, 2), "");
  EXPECT_THAT(Refusal("C5 GAP c4!", groups, 2), HasSubstr("2 groups does not divide its 5"));
  EXPECT_THAT(Refusal("C5 GAP c4!", groups, 2), HasSubstr("The normalization own"));
  EXPECT_EQ(Refusal("C5 GAP c4!", "y = x / sqrt(avg[C](x^2) + eps)", 2), "");

  const std::string instance = "y = x / sqrt(var[H W](x) + eps)";
  EXPECT_THAT(Refusal("C6 GAP c5 c4!", instance, 99), HasSubstr("var[H W] of statement y"));

  ModelOptions options;
  options.norm = RowOf("own", "y = x / (1 + max[H W](abs(x)))");
  const Architecture architecture = ParseArchitecture("C6 GAP c5 c4!", kImage, kScores, options);
  EXPECT_THAT(NormDoubts(*architecture.plan, 4),
              testing::ElementsAre(HasSubstr("c2: max[H W] of statement y pools one value")));
  options.norm = RowOf("own", "y = x / (eps + max[H W](abs(x)))");
  EXPECT_THAT(NormDoubts(*ParseArchitecture("C6 GAP c5 c4!", kImage, kScores, options).plan, 4),
              testing::ElementsAre(HasSubstr("c2: statement y divides x by its own magnitude")));
}

// The plain twins keep a value for every node.
TEST(EquationNetwork, NeedsMoreMemoryTheLongerItIs) {
  ModelOptions options;
  const auto bytes = [&](const std::string& text, const char* engine) {
    options.norm = RowOf("long", text);
    const Architecture architecture = ParseArchitecture("C6 GAP c4!", kImage, kScores, options);
    return FindEngine(engine).training_bytes(architecture, 16, 1);
  };
  std::string longer = "y = x * weight[C]";
  for (int i = 0; i < 50; ++i) longer += " + 1";
  for (const auto& [engine, scalar] : {std::pair{"reference", 4u}, {"reference64", 8u}}) {
    const std::size_t more = bytes(longer, engine) - bytes("y = x * weight[C]", engine);
    EXPECT_GE(more, 50u * 16 * 6 * 7 * 5 * scalar) << engine;
  }
}

template <class T>
std::string Broken(const std::string& text, bool training) {
  ModelOptions options;
  options.norm = RowOf("breaks", text);
  const Architecture architecture = ParseArchitecture("C6 C6 GAP c4!", kImage, kScores, options);
  const auto network = MakeReferenceNetwork<T>(architecture, kImages);
  InitializeParameters<T>(architecture, 3, network->parameters());
  InitializeBuffers<T>(architecture, network->buffers());
  for (const ParameterInfo& info : network->parameter_infos()) {
    if (info.name == "C2.norm.t") network->parameters()[info.offset] = -1;
  }
  std::vector<std::uint8_t> labels(kImages);
  std::vector<std::uint32_t> ids(kImages);
  const RandomPixels pixels(kImage);
  const Batch batch = {kImages, &pixels, labels.data(), ids.data()};
  if (training) {
    network->Train(batch, {9, 0});
  } else {
    network->EvaluateOnBatchStatistics(batch, {});
  }
  return network->FirstNonFiniteLayer();
}

TEST(EquationNetwork, NamesTheStatementThatBroke) {
  const std::string text = "mean = avg[N H W](x); l = sqrt(t[]); y = weight[C] * (x - mean) + l";
  for (const bool training : {true, false}) {
    EXPECT_EQ(Broken<float>(text, training), "C2, statement l of its normalization");
    EXPECT_EQ(Broken<double>(text, training), "C2, statement l of its normalization");
  }
  EXPECT_EQ(Broken<double>("y = x * weight[C] + t[]", true), "");
}

// What both engines hand to whoever can name the part that broke.
template <class MakeNetwork>
BrokenPass HandedOver(const MakeNetwork& make_network, bool training) {
  NormMethod row = FindNormMethod("batch");
  BrokenPass handed;
  row.operation.first_non_finite = [&](const BrokenPass& pass) {
    handed = pass;
    return std::string("statement v of its normalization");
  };
  ModelOptions options;
  options.norm = row;
  const Architecture architecture = ParseArchitecture("C6 C5 GAP c4!", kImage, kScores, options);
  const auto network = make_network(architecture);
  using T = typename decltype(network->parameters())::element_type;
  InitializeParameters<T>(architecture, 3, network->parameters());
  InitializeBuffers<T>(architecture, network->buffers());
  for (const ParameterInfo& info : network->parameter_infos()) {
    if (info.name == "C2.norm.weight") network->parameters()[info.offset + 4] = std::nanf("");
  }
  std::vector<std::uint8_t> labels(kImages);
  std::vector<std::uint32_t> ids(kImages);
  const RandomPixels pixels(kImage);
  Batch batch = {kImages, &pixels, labels.data(), ids.data()};
  batch.completed_steps = 12;
  if (training) {
    network->Train(batch, {9, 0});
  } else {
    network->Evaluate(batch, {});
  }
  EXPECT_EQ(network->FirstNonFiniteLayer(), "C2, statement v of its normalization");
  return handed;
}

TEST(EquationNetwork, HandsTheSameOverInBothEngines) {
  for (const bool training : {true, false}) {
    const BrokenPass fast = HandedOver(
        [](const Architecture& architecture) {
          return MakeFastNetwork(architecture, kImages, {BestSimd(), 1});
        },
        training);
    const BrokenPass plain = HandedOver(
        [](const Architecture& architecture) {
          return MakeReferenceNetwork<double>(architecture, kImages);
        },
        training);
    EXPECT_TRUE(fast.single_precision);
    EXPECT_FALSE(plain.single_precision);
    for (const BrokenPass* pass : {&fast, &plain}) {
      EXPECT_EQ(pass->on_batch, training);
      EXPECT_EQ(pass->completed_steps, 12);
      EXPECT_EQ(pass->images, kImages);
      EXPECT_EQ(pass->shape, (Shape{5, 7, 5}));
      ASSERT_EQ(pass->parameters.size(), 2u);
      ASSERT_EQ(pass->states.size(), 2u);
      EXPECT_EQ(pass->parameters[0][0], 1);
      EXPECT_TRUE(std::isnan(pass->parameters[0][4]));
      EXPECT_EQ(pass->states[1].size(), 5u);
    }
    ExpectNear(fast.x, plain.x, 1e-5, "input");
  }
}

}  // namespace
}  // namespace normlab
