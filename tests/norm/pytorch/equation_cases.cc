// equation_cases COUNT SEED: prints applications of equations, a JSON object a line, with what the
// twin makes of them in float64 and the PyTorch text of each. Five that were made up, some that
// stand at their kinks, COUNT random ones.
#include <cstdlib>
#include <iostream>

#include <nlohmann/json.hpp>

#include "base/philox.h"
#include "norm/equation/pytorch_names.h"
#include "norm/equation/pytorch_text.h"
#include "tests/norm/equation_case.h"
#include "tests/norm/made_up_equations.h"

namespace normlab::equation {
namespace {

using nlohmann::json;

Method NamedMethod(const EquationCase& one, std::string_view name, std::string_view title) {
  Method method;
  method.name = name;
  method.title = title;
  method.equation = one.equation;
  for (const Learned& learned : one.equation.learned) {
    method.learned.push_back({.initial = learned.name == "weight" ? 1.0 : 0.0});
  }
  for (const Statement& statement : one.equation.statements) {
    method.states.push_back(statement.running ? "running_" + statement.name : "");
  }
  return method;
}

// What one pass gives, with the running values that it leaves.
json Expected(const EquationCase& one, const Method& method, bool training) {
  Twin<double> twin(one.equation, one.extents, one.constants);
  twin.Forward(one.x, one.learned, one.running, training);
  twin.Backward(one.y_gradient);
  json expected = {{"training", training}, {"y", twin.y()}, {"dx", twin.x_gradient()}};
  expected["gradients"] = json::object();
  for (std::size_t i = 0; i < one.learned.size(); ++i) {
    expected["gradients"][PytorchName(one.equation.learned[i].name)] = twin.learned_gradient(i);
  }
  expected["running"] = json::object();
  for (std::size_t i = 0; i < one.running.size(); ++i) {
    if (!one.equation.statements[i].running) continue;
    Doubles running = one.running[i];
    const Doubles observed = training ? twin.Observed(i) : running;
    for (std::size_t e = 0; e < running.size(); ++e) {
      running[e] += one.constants.momentum * (observed[e] - running[e]);
    }
    expected["running"][PytorchName(method.states[i])] = running;
  }
  return expected;
}

void Print(const EquationCase& one, std::string_view name, std::string_view title) {
  const Method method = NamedMethod(one, name, title);
  const PytorchText text = PytorchTextOf(method);
  const Extents& extents = one.extents;
  json state = json::object();
  for (std::size_t i = 0; i < one.learned.size(); ++i) {
    state[PytorchName(one.equation.learned[i].name)] = one.learned[i];
  }
  for (std::size_t i = 0; i < one.running.size(); ++i) {
    if (one.equation.statements[i].running) state[PytorchName(method.states[i])] = one.running[i];
  }
  const json line = {
      {"told", one.Told()},
      {"name", name},
      {"text", one.text},
      {"definition", text.definition},
      {"class_name", text.class_name},
      {"call", text.call},
      {"shape", {extents.images, extents.channels, extents.rows, extents.columns}},
      {"groups", extents.groups},
      {"ghost", extents.ghost},
      {"eps", one.constants.eps},
      {"momentum", one.constants.momentum},
      {"completed_steps", one.constants.step},
      {"x", one.x},
      {"dy", one.y_gradient},
      {"state", state},
      {"passes", {Expected(one, method, true), Expected(one, method, false)}},
  };
  std::cout << line.dump() << "\n";
}

// x and what is learned are small whole numbers, so that values stand at kinks and tie.
void PrintAtKinks() {
  for (const char* text :
       {"y = relu(x)", "y = abs(x)", "y = max(x, 1) - min(x, b[C])", "y = clip(x, -1, 1)",
        "y = clip(x, b[C], 1)", "m = max[H W](x); y = x + m", "m = min[C W](x); y = x - m",
        "m = max[N H](x); y = x + 2 * m", "m = min[M C](x); y = x + 2 * m",
        "m = norm[W](relu(x)); y = x + m", "m = norm[M W](relu(x)); y = x + m"}) {
    EquationCase one = MakeCase(text, {9, 4, 6, 2, 3, 4}, 1);
    RandomStream random(1, Purpose::kSamples, 6, 0);
    for (double& value : one.x) value = static_cast<double>(random.Below(4)) - 2;
    for (Doubles& learned : one.learned) learned.assign(learned.size(), -1);
    Print(one, "kink", "At its kinks");
  }
}

// Names that PyTorch and Python have taken, a title with quotes.
void PrintTakenNames() {
  Print(MakeCase("lambda = avg[N H W](x); y = train[C] * (x - lambda) + _half[] * weight[C H] + "
                 "groups * x",
                 {5, 0, 6, 3, 2, 3}, 1),
        "9 lives", "A \"title\"\\ of names");
}

void PrintAll(std::uint64_t count, std::uint64_t seed) {
  for (const MadeUpEquation& made : kMadeUpEquations) {
    for (const Extents& extents :
         {Extents{17, 0, 6, 3, 5, 3}, Extents{33, 8, 6, 2, 3, 4}, Extents{9, 4, 4, 2, 1, 2}}) {
      Print(MakeCase(std::string(made.text), extents, seed), made.name, made.title);
    }
  }
  PrintAtKinks();
  PrintTakenNames();
  for (std::uint64_t i = 0; i < count; ++i) Print(MakeRandomCase(seed + i), "random", "Random");
}

}  // namespace
}  // namespace normlab::equation

int main(int count, char** arguments) {
  if (count != 3) return 2;
  normlab::equation::PrintAll(std::strtoull(arguments[1], nullptr, 10),
                              std::strtoull(arguments[2], nullptr, 10));
}
