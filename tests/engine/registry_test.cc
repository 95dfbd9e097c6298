// Every row of the registry: it makes what it declares, and that trains as the plain twin does.
#include "engine/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <type_traits>

#include "base/error.h"
#include "tests/engine/follow_twin.h"

namespace normlab {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

Architecture Small() { return ParseArchitecture("C5 P C6 GAP c4!", {3, 11, 13}, 4, {}); }

std::string RefusalOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

// The losses and the number of correct images of a step and two evaluations.
std::array<double, 4> StepOf(const Engine& engine, const EngineSettings& settings) {
  const Architecture architecture = Small();
  const Case ordinary;
  return VisitNetwork(engine, architecture, ordinary.batch, settings, [&](auto& network) {
    const auto outcome = RunSteps(ordinary, *architecture.plan, network);
    EXPECT_EQ(outcome.broken, "") << engine.name;
    return std::array<double, 4>{outcome.train_loss, outcome.test_loss, outcome.batch_loss,
                                 static_cast<double>(outcome.correct)};
  });
}

TEST(EngineRegistry, NamesAreUniqueAndFindTheirRow) {
  std::set<std::string_view> names;
  for (const Engine& engine : Engines()) {
    EXPECT_TRUE(names.insert(engine.name).second) << engine.name;
    EXPECT_EQ(&FindEngine(engine.name), &engine);
    EXPECT_FALSE(engine.title.empty()) << engine.name;
  }
}

TEST(EngineRegistry, EveryNetworkHasTheScalarOfItsRow) {
  for (const Engine& engine : Engines()) {
    VisitNetwork(engine, Small(), 5, {}, [&](auto& network) {
      using T = typename std::remove_reference_t<decltype(network.parameters())>::element_type;
      EXPECT_EQ(engine.scalar() == Scalar::kDouble, (std::is_same_v<T, double>)) << engine.name;
      EXPECT_EQ(engine.scalar_bytes(), sizeof(T)) << engine.name;
      EXPECT_EQ(network.max_batch(), 5) << engine.name;
    });
  }
}

TEST(EngineRegistry, EveryNetworkTrainsAStepAsThePlainTwinDoes) {
  const auto twin = StepOf(PlainEngine(Scalar::kDouble), {});
  EXPECT_GT(twin[0], 0);
  for (const Engine& engine : Engines()) {
    const auto step = StepOf(engine, {});
    for (std::size_t i = 0; i < twin.size(); ++i) {
      EXPECT_NEAR(step[i], twin[i], 1e-5 * twin[0]) << engine.name << ", " << i;
    }
  }
}

TEST(EngineRegistry, ThreadsChangeNothing) {
  for (const Engine& engine : Engines()) {
    EXPECT_EQ(StepOf(engine, {BestSimd(), 1}), StepOf(engine, {BestSimd(), 3})) << engine.name;
  }
}

TEST(EngineRegistry, AnInstructionSetIsNamedWhereThereIsAChoice) {
  for (const Engine& engine : Engines()) {
    EXPECT_EQ(InstructionSet(engine, "best"), engine.simd ? SimdName(BestSimd()) : "")
        << engine.name;
    EXPECT_EQ(InstructionSet(engine, "scalar"), engine.simd ? "scalar" : "") << engine.name;
    if (!engine.simd) continue;
    EXPECT_THAT(RefusalOf([&] { InstructionSet(engine, "mmx"); }), HasSubstr("mmx"));
  }
}

TEST(EngineRegistry, ATrainingHoldsMoreThanItsParametersAndGrowsWithTheBatch) {
  const Architecture architecture = Small();
  for (const Engine& engine : Engines()) {
    const std::size_t bytes = engine.training_bytes(architecture, 32, 1);
    EXPECT_GT(bytes, 2 * StoredParameters(architecture) * engine.scalar_bytes()) << engine.name;
    EXPECT_LT(bytes, engine.training_bytes(architecture, 64, 1)) << engine.name;
  }
}

TEST(EngineRegistry, EachScalarHasAPlainEngine) {
  for (const Scalar scalar : {Scalar::kFloat, Scalar::kDouble}) {
    EXPECT_TRUE(PlainEngine(scalar).plain);
    EXPECT_EQ(PlainEngine(scalar).scalar(), scalar);
  }
}

TEST(EngineRegistry, HelpAndRefusalsNameEveryRow) {
  for (const Engine& engine : Engines()) {
    EXPECT_THAT(EngineChoice(), HasSubstr(std::string(engine.name)));
    EXPECT_THAT(EngineTitles(), HasSubstr(std::string(engine.title)));
  }
  EXPECT_THAT(EngineChoice(), EndsWith(" or " + std::string(Engines().back().name)));
  EXPECT_EQ(RefusalOf([] { FindEngine("slow", "--engine"); }),
            "--engine slow: expected " + EngineChoice());
}

}  // namespace
}  // namespace normlab
