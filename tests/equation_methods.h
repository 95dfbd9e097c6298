// Methods that are written as equations, made by hand: the shipped ones, and any other.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "norm/equation_operation.h"
#include "norm/norm.h"

namespace normlab {

// `weight` begins at 1, other learned values at 0; a running mean and variance have PyTorch's
// names.
inline std::shared_ptr<equation::Method> MethodOfText(const std::string& name,
                                                      const std::string& text) {
  auto method = std::make_shared<equation::Method>();
  method->name = name;
  method->title = "The normalization " + name;
  method->equation = equation::ParseEquation(text);
  method->text = text;
  for (const equation::Learned& learned : method->equation.learned) {
    method->learned.push_back({.initial = learned.name == "weight" ? 1.0 : 0.0});
  }
  for (const equation::Statement& statement : method->equation.statements) {
    const std::string word = statement.name == "variance" ? "var" : statement.name;
    method->states.push_back(statement.running ? "running_" + word : "");
  }
  return method;
}

// A row for a model's options. Lives as long as the program.
inline const NormMethod& RowOf(std::shared_ptr<const equation::Method> method) {
  struct Kept {
    std::shared_ptr<const equation::Method> method;
    NormMethod row;
  };
  static std::vector<std::unique_ptr<Kept>> all;
  Kept& kept = *all.emplace_back(std::make_unique<Kept>(Kept{std::move(method), {}}));
  kept.row.name = kept.method->name;
  kept.row.title = kept.method->title;
  kept.row.equation = kept.method;
  kept.row.operation = EquationOperation(kept.method);
  return kept.row;
}
inline const NormMethod& RowOf(const std::string& name, const std::string& text) {
  return RowOf(MethodOfText(name, text));
}

// The shipped methods with statistics, by their names.
inline const std::map<std::string, std::string>& ShippedEquations() {
  const auto moments = [](const std::string& axes, const std::string& affine) {
    return "mean = avg[" + axes + "](x); variance = var[" + axes + "](x)\ny = weight[" + affine +
           "] * (x - mean) / sqrt(variance + eps) + bias[" + affine + "]";
  };
  static const std::map<std::string, std::string> equations = {
      {"batch", moments("N H W", "C")},
      {"layer", moments("C H W", "C")},
      {"layer-elementwise", moments("C H W", "C H W")},
      {"layer-channels", moments("C", "C")},
      {"group", moments("K H W", "C")},
      {"instance", moments("H W", "C")},
      {"rms", "y = weight[C] * x / sqrt(avg[C H W](x^2) + eps)"}};
  return equations;
}

}  // namespace normlab
