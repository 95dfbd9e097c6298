// What a segment does beside its passes: values of a channel, a group, an image, a plane.
#include <algorithm>
#include <cassert>

#include "norm/program/segment.h"

namespace normlab::program {
namespace {

// Along which axis a kernel's columns run, outside a pass.
std::size_t ColumnStride(const Operand& operand, Axes over) {
  if (over.Has(Axes::Columns())) return operand.column;
  if (over.Has(Axes::GroupChannels()) && !over.Has(Axes::Rows())) return operand.group_channel;
  return kBlock;  // there is one column
}

}  // namespace

Operand SegmentBuilder::Few(int node) {
  node = analysis_.Resolve(node);
  const auto known = few_values_.find(node);
  if (known != few_values_.end()) return known->second;
  if (available_.contains(node) || analysis_[node].op == Op::kRuntime) return storage_.Store(node);
  return few_values_[node] = ComputeFew(node);
}

// As lanes, one for each column of what runs over `over`.
Operand SegmentBuilder::FewVector(int node, Axes over) {
  node = analysis_.Resolve(node);
  const bool has_images = CrossesImages(analysis_[node].axes);
  const Operand value = has_images ? Few(node) : storage_.Uniform(node);
  if (has_images && ColumnStride(value, over) == kBlock) return value;
  const auto [known, is_new] = vectors_.try_emplace({node, over.text()});
  if (!is_new) return known->second;
  Instruction spread = New(KernelId::kSpread, over);
  spread.inputs = {value};
  spread.outputs = {storage_.Scratch(over)};
  PutFew(spread);
  return known->second = spread.outputs[0];
}

Operand SegmentBuilder::ComputeFew(int node) {
  const Node of = analysis_[node];
  if (of.op == Op::kSum) return Weighted(node);
  if (of.op == Op::kProduct) return MultiplyFew(node);
  if (IsLocalReduction(of.op)) return ReduceFew(node);
  Instruction function = New(KernelOf(of.op), of.axes);
  for (const int argument : analysis_.Arguments(node)) {
    function.inputs.push_back(FewVector(argument, of.axes));
  }
  function.outputs = {storage_.Scratch(of.axes)};
  PutFew(function);
  return function.outputs[0];
}

Operand SegmentBuilder::Weighted(int node) {
  const Node of = analysis_[node];
  const std::vector<int> arguments = analysis_.Arguments(node);
  Instruction sum = New(KernelId::kWeighted, of.axes);
  const auto add_up = [&] {
    sum.outputs = {storage_.Scratch(of.axes)};
    PutFew(sum);
    const Operand so_far = sum.outputs[0];
    sum = New(KernelId::kWeighted, of.axes);
    sum.inputs = {so_far};
    sum.numbers[0] = 1;
  };
  double number = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (analysis_[arguments[i]].op == Op::kNumber) {
      number += of.weights[i] * analysis_[arguments[i]].number;
      continue;
    }
    if (sum.inputs.size() == kMostInputs) add_up();
    sum.numbers[sum.inputs.size()] = static_cast<float>(of.weights[i]);
    sum.inputs.push_back(FewVector(arguments[i], of.axes));
  }
  sum.numbers[sum.inputs.size()] = static_cast<float>(number);
  sum.outputs = {storage_.Scratch(of.axes)};
  PutFew(sum);
  return sum.outputs[0];
}

Operand SegmentBuilder::MultiplyFew(int node) {
  const Node of = analysis_[node];
  const std::vector<int> factors = analysis_.Arguments(node);
  Operand value = FewVector(factors[0], of.axes);
  for (std::size_t i = 1; i < factors.size(); ++i) {
    Instruction product = New(KernelId::kMultiply, of.axes);
    product.inputs = {value, FewVector(factors[i], of.axes)};
    product.constants = {storage_.Number(0)};
    product.outputs = {storage_.Scratch(of.axes)};
    value = product.outputs[0];
    PutFew(product);
  }
  return value;
}

Operand SegmentBuilder::ReduceFew(int node) {
  const Node of = analysis_[node];
  const int argument = analysis_.Arguments(node)[0];
  assert(!IsTile(analysis_[argument].axes) && "passes reduce tiles before this is asked for");
  assert(of.op != Op::kLocalMean && of.op != Op::kLocalVariance && "they are sums here");
  Instruction reduction = New(ReductionOf(of.op), analysis_[argument].axes);
  reduction.inputs = {FewVector(argument, reduction.over)};
  reduction.outputs = {storage_.Store(node)};
  Fill(node, StartOf(node), reduction.outputs[0]);
  PutFew(reduction);
  available_.insert(node);
  return reduction.outputs[0];
}

}  // namespace normlab::program
