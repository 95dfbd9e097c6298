// The shipped methods that PyTorch has not: the papers' formulas in plain NumPy
// (make_zoo_golden.py) and timm's own modules (oracle_zoo.py) against the twin and the fast program
// of their equations.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "norm/norm.h"
#include "tests/norm/equation_fast.h"

namespace normlab::equation {
namespace {

using Json = nlohmann::json;

constexpr double kTolerance = 1e-9;  // relative where values exceed 1

Json ReadGolden(const std::string& name) {
  return Json::parse(ReadFile(std::string(NORMLAB_TEST_DIR) + "/norm/" + name));
}

const Json& Golden() {
  static const Json golden = ReadGolden("zoo_golden.json");
  return golden;
}

// Whole numbers as what they stand for.
Doubles Drawn(const Json& whole) {
  Doubles values = whole.is_array() ? whole.get<Doubles>() : Doubles{whole.get<double>()};
  for (double& value : values) value /= Golden()["one"].get<double>();
  return values;
}

// Of a shipped method, whose learned and running values a checkpoint names as the golden does.
EquationCase CaseOf(const Json& golden, const Method& method) {
  EquationCase one;
  one.text = golden["name"];
  one.equation = method.equation;
  const std::vector<int> shape = golden["shape"];
  one.extents = {.images = shape[0],
                 .ghost = golden["ghost"],
                 .channels = shape[1],
                 .groups = golden["groups"],
                 .rows = shape[2],
                 .columns = shape[3]};
  one.constants = {
      .eps = golden["eps"], .momentum = golden["momentum"], .step = golden["step"].get<double>()};
  one.x = Drawn(golden["x"]);
  one.y_gradient = Drawn(golden["dy"]);
  for (const Learned& learned : method.equation.learned) {
    one.learned.push_back(Drawn(golden["learned"].at(learned.name)));
  }
  for (const std::string& state : method.states) {
    one.running.push_back(state.empty() ? Doubles{} : Drawn(golden["running"].at(state)));
  }
  return one;
}

double Distance(const Doubles& found, const Doubles& expected) {
  if (found.size() != expected.size()) return INFINITY;
  double farthest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double distance = std::abs(found[i] - expected[i]) / std::max(1.0, std::abs(expected[i]));
    if (!(distance <= farthest)) farthest = distance;
  }
  return farthest;
}

// Of every array that is expected, by its name: how far the result lies from it.
std::map<std::string, double> Distances(const Method& method, const Result& result,
                                        const Json& expected) {
  std::map<std::string, double> distances = {{"y", Distance(result.y, expected["y"])}};
  if (!expected.contains("dx")) return distances;
  distances["dx"] = Distance(result.dx, expected["dx"]);
  for (std::size_t i = 0; i < method.equation.learned.size(); ++i) {
    const std::string& name = method.equation.learned[i].name;
    distances["gradient of " + name] =
        Distance(result.gradients.at(i), expected["learned"].at(name));
  }
  std::size_t kept = 0;
  for (const std::string& state : method.states) {
    if (state.empty()) continue;
    distances[state] = Distance(result.running.at(kept++), expected["running"].at(state));
  }
  EXPECT_EQ(distances.size(), 2 + expected["learned"].size() + expected["running"].size());
  return distances;
}

FastSituation SituationOf(const Json& golden) {
  return {.mode = golden["mode"] == "train" ? Mode::kTrain : Mode::kEvaluate};
}

TEST(ZooGolden, TheTwinFollowsThePapersFormulas) {
  for (const Json& golden : Golden()["cases"]) {
    const Method& method = *FindNormMethod(golden["norm"].get<std::string>()).equation;
    const Result twin = TwinResult<double>(CaseOf(golden, method), SituationOf(golden));
    for (const auto& [what, distance] : Distances(method, twin, golden["expected"])) {
      EXPECT_LE(distance, kTolerance) << golden["name"] << ": " << what;
    }
  }
}

// Within four times what float32 costs the twin, and a little: values of one channel that is
// constant stand where that is large.
TEST(ZooGolden, TheFastProgramFollowsThem) {
  for (const Json& golden : Golden()["cases"]) {
    const Method& method = *FindNormMethod(golden["norm"].get<std::string>()).equation;
    const EquationCase one = CaseOf(golden, method);
    const FastSituation situation = SituationOf(golden);
    const Json& expected = golden["expected"];
    const auto plain = Distances(method, TwinResult<float>(one, situation), expected);
    for (const auto& [what, distance] : Distances(method, FastResult(one, situation), expected)) {
      EXPECT_LE(distance, 4 * plain.at(what) + 2e-5) << golden["name"] << ": " << what;
    }
  }
}

TEST(ZooGolden, TheTwinFollowsTimm) {
  std::map<std::string, Json> cases;
  for (const Json& golden : Golden()["cases"]) cases[golden["name"]] = golden;
  std::set<std::string> asked;
  const Json answers = ReadGolden("oracle_zoo.json");
  for (const Json& answer : answers["cases"]) {
    const Json& golden = cases.at(answer["case"]);
    asked.insert(golden["norm"]);
    const Method& method = *FindNormMethod(golden["norm"].get<std::string>()).equation;
    const Result twin = TwinResult<double>(CaseOf(golden, method), SituationOf(golden));
    for (const auto& [what, distance] : Distances(method, twin, answer["expected"])) {
      EXPECT_LE(distance, kTolerance)
          << answer["oracle"] << " of " << golden["name"] << ": " << what;
    }
  }
  EXPECT_EQ(asked, (std::set<std::string>{"evonorm-b0", "evonorm-s0", "frn", "grn"}));
}

// A method without a hand-written room is PyTorch's nowhere: it has three cases here at least, in
// training, and one in evaluation where it has running values.
TEST(ZooGolden, HasEveryMethodThatHasNoRoom) {
  std::map<std::string, int> trained, evaluated;
  for (const Json& golden : Golden()["cases"]) {
    ++(golden["mode"] == "train" ? trained : evaluated)[golden["norm"]];
  }
  int shipped = 0;
  for (const NormMethod& method : NormMethods()) {
    if (!method.room.empty()) continue;
    ++shipped;
    const std::string name(method.name);
    EXPECT_GE(trained[name], 3) << name;
    EXPECT_EQ(evaluated[name] > 0, method.running_statistics) << name;
  }
  EXPECT_GE(shipped, 16);
}

// Other pins want other goldens: scripts/oracles makes them.
TEST(ZooGolden, IsMadeByThePinnedVersions) {
  const std::string pinned = ReadFile(std::string(NORMLAB_TEST_DIR) + "/oracles/requirements.txt");
  for (const char* file : {"oracle_zoo.json", "timm_weights_golden.json"}) {
    const Json golden = ReadGolden(file);
    for (const auto& [package, version] : golden["versions"].items()) {
      const std::string line = package + "==" + version.get<std::string>() + " ";
      EXPECT_NE(("\n" + pinned).find("\n" + line), std::string::npos) << file << ": " << line;
    }
  }
}

}  // namespace
}  // namespace normlab::equation
