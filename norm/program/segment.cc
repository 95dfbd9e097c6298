#include "norm/program/segment.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "norm/program/registers.h"

namespace normlab::program {

Segment SegmentBuilder::Build(const std::vector<Root>& roots) {
  int last = 0;
  for (const Root& root : roots) {
    Find(root.node);
    last = std::max(last, Ready(root.node));
  }
  for (int level = 0; level <= last; ++level) BuildPass(level, roots);
  segment_.part = PartOf();
  return std::move(segment_);
}

bool SegmentBuilder::IsGiven(int node) const {
  const Node& of = analysis_[node];
  return !CrossesImages(of.axes) || of.op == Op::kX || of.op == Op::kDy || of.op == Op::kRuntime ||
         available_.contains(node);
}

void SegmentBuilder::Find(int node) {
  node = analysis_.Resolve(node);
  if (IsGiven(node) || !found_.insert(node).second) return;
  assert(!IsLaneReduction(analysis_[node].op) && "a sum over images is there before its readers");
  for (const int argument : analysis_.Arguments(node)) Find(argument);
  if (IsLocalReduction(analysis_[node].op)) pooled_ = pooled_.With(analysis_[node].pooled);
  order_.push_back(node);
}

bool SegmentBuilder::IsTileReduction(int node) {
  return IsLocalReduction(analysis_[node].op) &&
         IsTile(analysis_[analysis_.Arguments(node)[0]].axes);
}

int SegmentBuilder::Ready(int node) {
  node = analysis_.Resolve(node);
  const auto known = ready_.find(node);
  if (known != ready_.end()) return known->second;
  int ready = 0;
  if (!IsGiven(node)) {
    for (const int argument : analysis_.Arguments(node)) ready = std::max(ready, Ready(argument));
    if (IsTileReduction(node)) ++ready;
  }
  return ready_[node] = ready;
}

// First the pass, which says what it needs beside it; that is put before it.
void SegmentBuilder::BuildPass(int level, const std::vector<Root>& roots) {
  pass_ = {};
  std::vector<Instruction> afterwards;
  for (const int node : order_) {
    if (!IsTileReduction(node) || Ready(node) != level + 1 || available_.contains(node)) continue;
    ReduceTile(node);
    if (analysis_[node].op != Op::kLocalMean && analysis_[node].op != Op::kLocalVariance) continue;
    afterwards.push_back(FinishedVariance(node));
  }
  for (const Root& root : roots) {
    if (Ready(root.node) == level) Finish(root);
  }
  JoinSums();
  if (!few_.empty()) segment_.steps.push_back({std::move(few_)});
  few_ = std::move(afterwards);
  if (!pass_.instructions.empty()) {
    Step step = {std::move(pass_.instructions), true};
    const std::size_t size = AssignRegisters(analysis_.graph().extents(), step);
    program_.register_size = std::max(program_.register_size, size);
    segment_.steps.push_back(std::move(step));
  }
  const bool is_last =
      std::ranges::all_of(roots, [&](const Root& root) { return Ready(root.node) <= level; });
  if (is_last && !few_.empty()) segment_.steps.push_back({std::move(few_)});
}

void SegmentBuilder::Finish(const Root& root) {
  const int node = analysis_.Resolve(root.node);
  const bool is_tile = IsTile(analysis_[node].axes);
  switch (root.kind) {
    case Root::Kind::kY:
    case Root::Kind::kDx: {
      const bool is_y = root.kind == Root::Kind::kY;
      const Operand to = storage_.Map(is_y ? Base::kY : Base::kDx);
      Linear(analysis_.LinearOf(node), to, !is_y && options_.gated);
      StoreDirectly();
      Instruction mask = New(KernelId::kMask);
      mask.outputs = {to};
      return Put(mask);
    }
    case Root::Kind::kAffine:
      return FinishAffine(node);
    case Root::Kind::kGradient:
      return FinishGradient(root, node);
    case Root::Kind::kStored:
      if (!is_tile) return PutAside(node);
      if (IsGiven(node)) return;
      Instruction copy = New(KernelId::kSpread);
      copy.inputs = {TileValue(node)};
      copy.outputs = {storage_.Store(node)};
      available_.insert(node);
      return Put(copy);
  }
}

void SegmentBuilder::FinishAffine(int y) {
  const LinearForm form = *analysis_.AffineOf(y);
  const auto members = static_cast<std::size_t>(analysis_.graph().extents().group_channels);
  const int parts[] = {form.terms[0].shift, form.terms[0].coefficient, form.constant};
  for (std::size_t row = 0; row < 3; ++row) {
    Instruction store = New(KernelId::kSpread, Axes::Channels());
    store.inputs = {parts[row] < 0 ? storage_.Number(0) : Constant(parts[row])};
    store.outputs = {{.base = static_cast<int>(Base::kAffine),
                      .offset = row * kBlock,
                      .group = 3 * kBlock * members,
                      .group_channel = 3 * kBlock}};
    PutFew(store);
    Instruction mask = New(KernelId::kMask, Axes::Channels());
    mask.outputs = store.outputs;
    PutFew(mask);
  }
}

void SegmentBuilder::FinishGradient(const Root& root, int node) {
  const bool is_tile = IsTile(analysis_[node].axes);
  Instruction put = New(KernelId::kPut, root.learned_axes);
  put.inputs = {is_tile ? TileValue(node) : Few(node)};
  put.outputs = {Contiguous(analysis_.graph().extents(), root.learned_axes,
                            GradientBase(*program_.expressions, root.learned), 0, 1)};
  put.numbers[0] = options_.accumulates[static_cast<std::size_t>(root.learned)] ? 1.0f : 0.0f;
  is_tile ? Put(put) : PutFew(put);
}

void SegmentBuilder::PutAside(int node) {
  if (IsGiven(node)) return;
  Instruction copy = New(KernelId::kSpread, analysis_[node].axes);
  copy.inputs = {Few(node)};
  if (available_.contains(node)) return;  // a reduction, which lies there already
  copy.outputs = {storage_.Store(node)};
  available_.insert(node);
  PutFew(copy);
}

// What is constant over pixels lies with the channel, or with the batch.
Operand SegmentBuilder::Constant(int node) {
  node = analysis_.Resolve(node);
  return CrossesImages(analysis_[node].axes) ? Few(node) : storage_.Uniform(node);
}

Instruction SegmentBuilder::New(KernelId id, Axes over) const {
  Instruction instruction;
  instruction.id = id;
  instruction.over = over;
  return instruction;
}

void SegmentBuilder::Put(Instruction instruction) {
  pass_.instructions.push_back(std::move(instruction));
}
void SegmentBuilder::PutFew(Instruction instruction) { few_.push_back(std::move(instruction)); }

void SegmentBuilder::Fill(int node, double number, const Operand& to) {
  Instruction fill = New(KernelId::kFill, analysis_[node].axes);
  fill.outputs = {to};
  fill.numbers[0] = static_cast<float>(number);
  PutFew(fill);
}

double SegmentBuilder::StartOf(int node) const {
  switch (analysis_[node].op) {
    case Op::kLocalMax:
      return -std::numeric_limits<double>::infinity();
    case Op::kLocalMin:
      return std::numeric_limits<double>::infinity();
    default:
      return 0;
  }
}

KernelId SegmentBuilder::ReductionOf(Op op) {
  return op == Op::kLocalMax   ? KernelId::kLargest
         : op == Op::kLocalMin ? KernelId::kSmallest
                               : KernelId::kAddUp;
}

KernelId SegmentBuilder::KernelOf(Op op) {
  assert(op >= Op::kReciprocal && op <= Op::kOnlyAbove);
  return static_cast<KernelId>(static_cast<int>(KernelId::kReciprocal) + static_cast<int>(op) -
                               static_cast<int>(Op::kReciprocal));
}
static_assert(static_cast<int>(KernelId::kOnlyAbove) - static_cast<int>(KernelId::kReciprocal) ==
              static_cast<int>(Op::kOnlyAbove) - static_cast<int>(Op::kReciprocal));

// The smallest part that holds all that is pooled, so that it is still in cache when it is read
// again.
Part SegmentBuilder::PartOf() const {
  if (std::ranges::count_if(segment_.steps, &Step::over_tiles) < 2) return Part::kBlock;
  if (!pooled_.HasAny(Axes::Channels())) return Part::kChannel;
  if (!pooled_.Has(Axes::Groups())) return Part::kGroup;
  return pooled_.Has(Axes::Rows()) ? Part::kBlock : Part::kRow;
}

}  // namespace normlab::program
