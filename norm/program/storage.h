// Where the values of a program lie.
#pragma once

#include <vector>

#include "norm/program/analysis.h"
#include "norm/program/compile.h"

namespace normlab::program {

// Strides of a value that lies by itself, `step` floats each.
Operand Contiguous(const ImageExtents& extents, Axes axes, int base, std::size_t offset,
                   std::size_t step);

// Bases behind kFirstOther.
inline int LearnedBase(int learned) { return static_cast<int>(Base::kFirstOther) + learned; }
inline int RunningBase(const Expressions& e, int statement) {
  return LearnedBase(static_cast<int>(e.learned_count)) + statement;
}
inline int GradientBase(const Expressions& e, int learned) {
  return RunningBase(e, static_cast<int>(e.observed.size())) + learned;
}
inline int BaseCount(const Expressions& e) {
  return GradientBase(e, static_cast<int>(e.learned_count));
}

class Storage {
 public:
  Storage(Program& program, Analysis& analysis, const CompileOptions& options);

  bool IsStored(int node) const;
  Operand Store(int node);  // a place for a block's life; the same one every time
  Operand Scratch(Axes axes);
  Operand Register(int number) const;  // of a pass
  Operand Map(Base map) const;
  // Of a node without images.
  Operand Uniform(int node);
  Operand Number(double number);
  const std::vector<int>& uniform_nodes() const { return uniform_nodes_; }
  void NeedUniform(int node);  // and what it is made of

 private:
  std::size_t At(int node);
  Program& program_;
  Analysis& analysis_;
  const CompileOptions& options_;
  std::vector<int> uniform_nodes_;  // in an order in which each is after its arguments
};

}  // namespace normlab::program
