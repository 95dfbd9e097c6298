// The text of one kernel that reduces within an image, and of the one that puts its slices
// together.
#pragma once

#include <string>
#include <vector>

#include "norm/opencl/expression_text.h"

namespace normlab::opencl {

// Mean and variance, or one of them, or a sum, or an extreme, of the same expression.
struct LocalItem {
  enum class Kind { kSum, kMax, kMin, kMoments };
  Kind kind = Kind::kSum;
  int of = 0;
  std::string sum, mean, variance;  // where they are stored; empty: not wanted. sum: extremes too
};

struct LocalReduction {
  equation::Axes axes, pooled;  // within an image
  bool images = true;           // else of the batch's numbers
  std::vector<LocalItem> items;
};

class LocalReductionText {
 public:
  LocalReductionText(const program::Expressions& expressions, const StoredNodes& stored,
                     const LocalReduction& reduction, std::size_t wanted);

  std::size_t slices() const { return slices_; }
  std::size_t slots() const { return slots_; }  // partial values of a slice
  const std::string& body() const { return body_; }
  std::string merge() const;  // where there are several slices
  std::vector<Argument> arguments() const { return text_.arguments(); }
  std::vector<std::pair<std::string, int>> sizes() const;
  const std::vector<std::pair<std::string, float>>& numbers() const { return text_.numbers(); }

 private:
  struct Loop {
    const char *name, *size;
    int extent;
  };
  std::vector<Loop> LoopsOf(equation::Axes pooled) const;
  void ChooseSlices(std::size_t wanted);
  std::string Loops(const std::string& begin, const std::string& each,
                    const std::string& end) const;
  std::string First() const;
  std::string Second() const;
  std::string Finish() const;
  std::string Index(const std::string& base) const;
  bool HasMoments() const;
  std::string SliceCount(const std::string& slice) const;

  const program::ImageExtents& extents_;
  const LocalReduction& reduction_;
  const char* type_;
  std::vector<Loop> loops_;
  std::size_t cut_ = 0;  // which loop is divided
  int chunk_ = 0;
  std::size_t slices_ = 1, slots_ = 0;
  ExpressionText text_;
  std::vector<std::string> values_;  // beside items
  std::string body_;
};

}  // namespace normlab::opencl
