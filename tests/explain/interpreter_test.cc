// The page's interpreter against the twin, on random equations; in node, where there is one.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "explain/page_files.h"
#include "explain/page_writer.h"
#include "tests/norm/equation_case.h"

namespace normlab {
namespace {

// Prints a line for each case of data.json in which an array is not that of the twin.
constexpr const char* kCompare = R"(
let largest = 0, arrays = 0;
for (const {told, held, method} of JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'))) {
  const state = stateFor(method, {...held, own: {}}), values = forward(method, state);
  const gradients = backward(method, state, values), {after} = updateRunning(method, state, values);
  const made = {y: values[method.steps.at(-1).node], dx: gradients.x?.values ?? state.x.map(() => 0),
    learned: gradients.learned.flatMap((each, i) => each?.values ?? state.learned[i].map(() => 0)),
    running: method.running.flatMap(each => after[each.statement])};
  for (const [name, array] of Object.entries(made)) {
    const twin = method.engine[name];
    const scale = Math.max(1, ...twin.map(Math.abs));
    const far = Math.max(0, ...array.map((value, i) => Math.abs(value - twin[i]) / scale));
    largest = Math.max(largest, far);
    ++arrays;
    if (!(far <= 1e-9) || array.length !== twin.length) console.log(`${name}: ${far} ${told}`);
  }
}
console.log(`arrays ${arrays}`);
)";

nlohmann::ordered_json CaseJson(const equation::EquationCase& one, bool training) {
  ExampleInput input;
  input.method = &FindNormMethod(one.text);
  input.extents = one.extents;
  input.constants = one.constants;
  input.training = training;
  input.x = one.x;
  input.dy = one.y_gradient;
  input.learned = one.learned;
  input.running = one.running;
  return {{"told", one.Told()},
          {"method", PageMethodJson(input)},
          {"held",
           {{"shape", ValueExtents(input.extents, Axes::All())},
            {"groups", input.extents.groups},
            {"ghost", input.extents.ghost},
            {"training", training},
            {"eps", input.constants.eps},
            {"momentum", input.constants.momentum},
            {"steps", input.constants.step},
            {"x", input.x},
            {"dy", input.dy}}}};
}

TEST(PageInterpreter, ComputesWhatTheTwinDoesOnRandomEquations) {
  if (std::system("node --version >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "packages are missing: nodejs";
  }
  nlohmann::ordered_json cases = nlohmann::ordered_json::array();
  for (std::uint64_t seed = 1000; cases.size() < 120; ++seed) {
    const equation::EquationCase one = equation::MakeRandomCase(seed);
    if (one.x.size() > 200) continue;
    for (const bool training : {true, false}) cases.push_back(CaseJson(one, training));
  }
  std::string name = (std::filesystem::temp_directory_path() / "normlab-page-XXXXXX").string();
  const std::string folder = mkdtemp(name.data());
  WriteFile(folder + "/data.json", cases.dump());
  WriteFile(folder + "/page.js", "const document = {addEventListener() {}};\n" +
                                     std::string(ExamplePageFiles().script) + kCompare);
  EXPECT_EQ(std::system(("cd " + folder + " && node page.js data.json >out 2>&1").c_str()), 0);
  EXPECT_EQ(ReadFile(folder + "/out"), "arrays 480\n");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace normlab
