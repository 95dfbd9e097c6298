#include "norm/program/functions.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace normlab::program {
namespace {

using equation::Function;

// What a slope is made of: the arguments, the result, and by which argument it is.
struct Application {
  Graph& graph;
  Function function;
  std::vector<int> arguments;
  int value = 0;
  std::size_t by = 0;
};

// 1 - a as -(a - 1): a difference from a constant is taken as a factor is read.
int MinusOne(Graph& graph, int of) { return graph.Sum({{1, of}, {-1, graph.Number(1)}}); }

int SlopeOfArithmetic(const Application& of) {
  Graph& graph = of.graph;
  const int a = of.arguments[0], value = of.value;
  const std::size_t by = of.by;
  const auto argument = [&](std::size_t i) { return of.arguments[i]; };
  switch (of.function) {
    case Function::kNegate:
      return graph.Number(-1);
    case Function::kAdd:
      return graph.Number(1);
    case Function::kSubtract:
      return graph.Number(by == 0 ? 1 : -1);
    case Function::kMultiply:
      return argument(1 - by);
    case Function::kDivide: {
      const int reciprocal = graph.Reciprocal(argument(1));
      return by == 0 ? reciprocal : graph.Product({graph.Number(-1), value, reciprocal});
    }
    case Function::kPower: {
      const int exponent = argument(1);
      const int lower = graph.Sum({{1, exponent}, {-1, graph.Number(1)}});
      return by == 0 ? graph.Product({exponent, Power(graph, a, lower)})
                     : graph.Product({value, graph.Apply(Op::kLog, {a})});
    }
    default:
      assert(false && "one of + - * / ^");
      return a;
  }
}

int SlopeOfSmooth(const Application& of) {
  Graph& graph = of.graph;
  const int a = of.arguments[0], value = of.value;
  const auto minus_one = [&](int node) { return MinusOne(graph, node); };
  switch (of.function) {
    case Function::kSqrt:
      return graph.Scale(0.5, graph.Reciprocal(value));
    case Function::kExp:
      return value;
    case Function::kLog:
      return graph.Reciprocal(a);
    case Function::kTanh:
      return graph.Scale(-1, minus_one(graph.Product({value, value})));
    case Function::kSigmoid:
      return graph.Scale(-1, graph.Product({value, minus_one(value)}));
    case Function::kSoftplus:
      return graph.Apply(Op::kSigmoid, {a});
    case Function::kErf:
      return graph.Scale(2 * std::numbers::inv_sqrtpi,
                         graph.Apply(Op::kExp, {graph.Scale(-1, graph.Product({a, a}))}));
    default:
      assert(false && "a smooth function");
      return a;
  }
}

int SlopeAtKink(const Application& of) {
  Graph& graph = of.graph;
  const int a = of.arguments[0];
  const std::size_t by = of.by;
  const auto minus_one = [&](int node) { return MinusOne(graph, node); };
  const auto argument = [&](std::size_t i) { return of.arguments[i]; };
  switch (of.function) {
    case Function::kAbs:
      return graph.Apply(Op::kSign, {a});
    case Function::kRelu:
      return graph.Apply(Op::kStep, {a});
    case Function::kMax:
    case Function::kMin: {
      const bool is_max = of.function == Function::kMax;
      const int first =
          graph.Apply(Op::kShare, {is_max ? a : argument(1), is_max ? argument(1) : a});
      return by == 0 ? first : graph.Scale(-1, minus_one(first));
    }
    case Function::kClip:
      if (by == 1) return graph.Apply(Op::kBelow, {a, argument(1)});
      return graph.Apply(by == 0 ? Op::kInside : Op::kOnlyAbove, {a, argument(1), argument(2)});
    default:  // stop
      return graph.Number(0);
  }
}

}  // namespace

int Slope(Graph& graph, const equation::Node& node, const std::vector<int>& values, int value,
          std::size_t by) {
  Application of = {graph, node.function, {}, value, by};
  for (const std::size_t argument : node.arguments) of.arguments.push_back(values[argument]);
  switch (node.function) {
    case Function::kNegate:
    case Function::kAdd:
    case Function::kSubtract:
    case Function::kMultiply:
    case Function::kDivide:
    case Function::kPower:
      return SlopeOfArithmetic(of);
    case Function::kSqrt:
    case Function::kExp:
    case Function::kLog:
    case Function::kTanh:
    case Function::kSigmoid:
    case Function::kSoftplus:
    case Function::kErf:
      return SlopeOfSmooth(of);
    default:
      return SlopeAtKink(of);
  }
}

Op SameOp(Function function) {
  switch (function) {
    case Function::kSqrt:
      return Op::kSqrt;
    case Function::kExp:
      return Op::kExp;
    case Function::kLog:
      return Op::kLog;
    case Function::kAbs:
      return Op::kAbs;
    case Function::kTanh:
      return Op::kTanh;
    case Function::kSigmoid:
      return Op::kSigmoid;
    case Function::kSoftplus:
      return Op::kSoftplus;
    case Function::kErf:
      return Op::kErf;
    case Function::kRelu:
      return Op::kRelu;
    case Function::kMax:
      return Op::kMax;
    case Function::kMin:
      return Op::kMin;
    case Function::kClip:
      return Op::kClip;
    case Function::kStop:
      return Op::kStop;
    default:
      assert(false && "sums, products and powers are made otherwise");
      return Op::kStop;
  }
}

int Power(Graph& graph, int base, int exponent) {
  constexpr double kMostFactors = 4;
  const Node& of = graph[exponent];
  if (of.op != Op::kNumber) return graph.Apply(Op::kPower, {base, exponent});
  const double number = of.number;
  if (number == 0) return graph.Number(1);
  if (number == 0.5) return graph.Apply(Op::kSqrt, {base});
  if (std::abs(number) > kMostFactors || std::floor(number) != number) {
    return graph.Apply(Op::kPower, {base, exponent});
  }
  const int power =
      graph.Product(std::vector<int>(static_cast<std::size_t>(std::abs(number)), base));
  return number > 0 ? power : graph.Reciprocal(power);
}

}  // namespace normlab::program
