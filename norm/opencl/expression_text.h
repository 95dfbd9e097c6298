// Expressions of a program as statements of OpenCL C: each node a variable, in the scope where the
// axes that it varies along are known.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "norm/program/expressions.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

// Where a node that a kernel of its own has computed lies, and where leaves have their values.
struct StoredNodes {
  std::unordered_map<int, int> scratch;  // node: scratch of the operation
  std::vector<int> states;               // beside statements: which state; -1: none
  int ramp_word = kRamps;
  int ghost = 0;  // images of a ghost batch; 0: the batch is one
};

// The extents as kernels know them: GROUPS, MEMBERS of a group, HEIGHT, WIDTH.
std::vector<std::pair<std::string, int>> ExtentSizes(const program::ImageExtents& extents);

// Of one value with `axes` among the cells of those: "((g * MEMBERS + k) * HEIGHT + h)", the last
// axis innermost.
std::string CellIndex(equation::Axes axes);
std::size_t CellCount(const program::ImageExtents& extents, equation::Axes axes);

// "const int h = tile % HEIGHT; ...": the places of a cell of `axes`, from the name of its index.
std::string CellPlaces(equation::Axes axes, const std::string& index);

class ExpressionText {
 public:
  // `inner`: axes that a loop in the kernel runs over; what varies along them is computed in it.
  ExpressionText(const program::Expressions& expressions, const StoredNodes& stored,
                 equation::Axes inner)
      : graph_(expressions.graph), stored_(stored), inner_(inner) {}

  // The variable or the number that has its value: V where it has images, else float.
  std::string Value(int node);
  // The same as a vector.
  std::string Vector(int node);

  bool IsInner(int node) const { return graph_[Resolved(node)].axes.HasAny(inner_); }
  int Resolved(int node) const;

  // The statements that the values need, before the loop and in it.
  const std::string& outer_text() const { return outer_; }
  const std::string& inner_text() const { return inner_text_; }
  // What they read.
  std::vector<Argument> arguments() const;
  std::vector<std::pair<std::string, int>> sizes() const;
  const std::vector<std::pair<std::string, float>>& numbers() const { return numbers_; }

 private:
  bool HasImages(int node) const { return program::CrossesImages(graph_[node].axes); }
  std::string Load(int node);
  std::string Compute(int node);
  std::string SumText(const program::Node& node, bool vector);
  std::string Select(bool vector, const std::string& condition, const std::string& yes,
                     const std::string& no) const;
  std::string Function(const program::Node& node, bool vector);
  std::string Number(double value);
  void Need(Argument argument);

  const program::Graph& graph_;
  const StoredNodes& stored_;
  equation::Axes inner_;
  std::string outer_, inner_text_;
  std::unordered_map<int, std::string> known_;
  std::map<std::string, Argument> arguments_;
  std::map<int, std::string> scratch_names_;
  std::vector<std::pair<std::string, float>> numbers_;
};

}  // namespace normlab::opencl
