// The products and quotients of an equation, and which of their factors measure how large an
// expression is.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "norm/equation/equation.h"

namespace normlab::equation {

// What depends on x in a product: factors above and below the line, the first node of each
// expression, and how often it stands there, from 2 on not counted further.
struct Factors {
  std::map<std::size_t, int> over, under;
};

// A measure of an expression that grows with it: |a| where it is pooled of a alone, but for what is
// added (eps) and for a plain factor.
struct Magnitude {
  enum class Kind { kRootMeanSquare, kDeviation, kOther };
  Kind kind = Kind::kOther;
  std::size_t of = 0;         // the first node of its expression
  std::size_t reduction = 0;  // node
  bool has_factor = false;    // times a plain number
};

class FactorReader {
 public:
  explicit FactorReader(const Equation& equation);

  // Of a node that is a product or quotient, or negated; of others the node itself.
  const Factors& Of(std::size_t node) const { return factors_[node]; }
  bool IsProduct(std::size_t node) const;

  std::optional<Magnitude> MagnitudeOf(std::size_t node) const;

  // Whether a node is an expression less its own mean over these axes.
  bool IsCentred(std::size_t node, Axes pooled) const;

  std::size_t first(std::size_t node) const { return same_[node]; }
  bool depends(std::size_t node) const { return depends_[node]; }
  bool plain(std::size_t node) const { return plain_[node]; }

 private:
  Factors Collected(std::size_t node) const;
  bool IsSmall(std::size_t node) const;
  std::size_t Stripped(std::size_t node, bool& has_factor) const;
  std::optional<std::size_t> SquareOf(std::size_t node) const;
  bool IsCall(std::size_t node, Function function) const;

  const Equation& equation_;
  std::vector<std::size_t> same_;
  std::vector<bool> depends_, plain_;
  std::vector<Factors> factors_;
};

}  // namespace normlab::equation
