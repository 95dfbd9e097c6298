// The instructions of one segment: what is computed on a block between two waits.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "norm/program/storage.h"

namespace normlab::program {

// What a segment leaves.
struct Root {
  enum class Kind {
    kStored,  // the node, for later segments
    kY,
    kAffine,  // mean, scale, bias of y
    kDx,
    kGradient  // of the learned value `learned`, added over the images
  };
  Kind kind = Kind::kStored;
  int node = 0;
  int learned = 0;
  Axes learned_axes = {};
};

class SegmentBuilder {
 public:
  SegmentBuilder(Program& program, Analysis& analysis, Storage& storage,
                 const CompileOptions& options, std::set<int>& available)
      : program_(program),
        analysis_(analysis),
        storage_(storage),
        options_(options),
        available_(available) {}

  // Reductions and stored values are available afterwards.
  Segment Build(const std::vector<Root>& roots);

 private:
  struct Pass {
    std::map<int, Operand> values;
    std::vector<Instruction> instructions;
    int registers = 0;
  };

  // Whether others compute it, or another segment has.
  bool IsGiven(int node) const;
  int Ready(int node);  // after how many passes over tiles of this segment
  void Find(int node);
  bool IsTileReduction(int node);

  void BuildPass(int level, const std::vector<Root>& roots);
  void Finish(const Root& root);
  void FinishAffine(int y);
  void FinishGradient(const Root& root, int node);
  void PutAside(int node);

  // In a pass.
  Operand TileValue(int node);
  Operand NewRegister();
  Operand Spread(int node);
  Operand ComputeTile(int node);
  void Linear(LinearForm form, const Operand& to, bool gated);
  Operand LinearRegister(const LinearForm& form);
  Instruction Product(KernelId id, const std::vector<Operand>& others, int factor);
  std::vector<Operand> OtherFactors(const std::vector<int>& factors);
  bool IsDivision(int factor) const;
  LinearTerm Quotient(const LinearTerm& term);
  Operand Divided(const Operand& a, int reciprocal, bool is_constant);
  std::vector<int> InOrder(std::vector<int> factors);
  Operand Multiplied(const std::vector<int>& factors);
  void ReduceTile(int node);
  void MergeMoments(int node);
  Instruction FinishedVariance(int node);
  Operand FunctionOf(int node);
  void ReadLinear(int argument, Instruction& function);
  void StoreDirectly();
  bool GivesLinear(Instruction& writer, const Operand& coefficient, const Operand& constant);
  void JoinSums();

  // Beside passes.
  Operand Constant(int node);  // without pixels
  Operand Few(int node);       // with images, and fewer than a tile's
  Operand FewVector(int node, Axes over);
  Operand ComputeFew(int node);
  Operand Weighted(int node);
  Operand MultiplyFew(int node);
  Operand ReduceFew(int node);
  void Fill(int node, double number, const Operand& to);
  double StartOf(int node) const;

  Instruction New(KernelId id, Axes over = {}) const;
  void Put(Instruction instruction);     // into the pass
  void PutFew(Instruction instruction);  // before the pass
  static KernelId KernelOf(Op op);
  static KernelId ReductionOf(Op op);
  Part PartOf() const;

  Program& program_;
  Analysis& analysis_;
  Storage& storage_;
  const CompileOptions& options_;
  std::set<int>& available_;
  Segment segment_;
  std::vector<int> order_;  // what is computed here, after its arguments
  std::set<int> found_;
  std::map<int, int> ready_;
  Axes pooled_;  // by reductions here
  Pass pass_;
  std::vector<Instruction> few_;
  std::map<int, Operand> few_values_;
  std::map<std::pair<int, std::string>, Operand> vectors_;
};

}  // namespace normlab::program
