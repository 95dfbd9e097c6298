// What is asked of expressions before they are compiled: what stands for what, and when a value is
// there.
#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "norm/program/expressions.h"

namespace normlab::program {

// A value of every pixel of every channel of an image: computed tile by tile. Others are few.
inline bool IsTile(Axes axes) {
  return CrossesImages(axes) && LocalAxes(axes) == LocalAxes(Axes::All());
}
inline bool HasPixels(Axes axes) { return axes.HasAny(Pixels()); }

// weight * coefficient * (core - shift), where only the core has pixels. -1: none.
struct LinearTerm {
  int coefficient = -1;
  int core = -1;
  int shift = -1;
};
struct LinearForm {
  std::vector<LinearTerm> terms;
  int constant = 0;  // a node
};

class Analysis {
 public:
  explicit Analysis(Expressions& expressions);

  Graph& graph() { return graph_; }
  const Node& operator[](int node) const { return graph_[node]; }

  // What is computed in a node's place: the argument of a stop; sums for moments that are not
  // merged.
  int Resolve(int node);
  std::vector<int> Arguments(int node);  // resolved

  // A mean that comes with a variance over the same values, merged: the variance, else -1.
  int VarianceWith(int mean) const;

  // How many waits come before the value is there.
  int WaitsBefore(int node);
  int forward_rounds() const { return forward_rounds_; }

  // A sum or product, or any other value as one term.
  LinearForm LinearOf(int node);
  // Splits a product's factors by whether they have pixels.
  std::pair<std::vector<int>, std::vector<int>> SplitPixels(int node);
  // x - shift: the one value with pixels and weight 1 in a sum, and minus the rest.
  std::optional<std::pair<int, int>> Shifted(int node);

  // y = (x - shift) * coefficient + constant, the same for all pixels of a channel.
  std::optional<LinearForm> AffineOf(int y);

 private:
  bool Merges(int variance);
  bool ComesWithVariance(int mean);
  void FindForward(int node);
  int Substitute(int node);

  Expressions& expressions_;
  Graph& graph_;
  std::vector<int> merged_;  // variances whose moments are merged
  std::unordered_map<int, int> resolved_, waits_;
  std::set<int> forward_;
  int forward_rounds_ = 0;
  bool forward_known_ = false;
};

}  // namespace normlab::program
