#include "norm/program/storage.h"

#include <algorithm>
#include <cassert>

namespace normlab::program {

Operand Contiguous(const ImageExtents& extents, Axes axes, int base, std::size_t offset,
                   std::size_t step) {
  Operand operand{.base = base, .offset = offset, .is_number = step == 1};
  const auto take = [&](Axes axis, std::size_t& stride, int extent) {
    if (!axes.Has(axis)) return;
    stride = step;
    step *= static_cast<std::size_t>(extent);
  };
  take(Axes::Columns(), operand.column, extents.columns);
  take(Axes::Rows(), operand.row, extents.rows);
  take(Axes::GroupChannels(), operand.group_channel, extents.group_channels);
  take(Axes::Groups(), operand.group, extents.groups);
  return operand;
}

Storage::Storage(Program& program, Analysis& analysis, const CompileOptions& options)
    : program_(program), analysis_(analysis), options_(options) {}

std::size_t Storage::At(int node) {
  const auto size = static_cast<std::size_t>(analysis_.graph().size());
  if (program_.stored.size() < size) {
    program_.stored.resize(size);
    program_.uniform_operands.resize(size);
  }
  return static_cast<std::size_t>(node);
}

bool Storage::IsStored(int node) const {
  const auto index = static_cast<std::size_t>(node);
  return index < program_.stored.size() && program_.stored[index].has_value();
}

Operand Storage::Store(int node) {
  std::optional<Operand>& place = program_.stored[At(node)];
  if (place) return *place;
  const Axes axes = analysis_[node].axes;
  const ImageExtents& extents = analysis_.graph().extents();
  place = Contiguous(extents, axes, static_cast<int>(Base::kStored), program_.stored_size, kBlock);
  program_.stored_size += kBlock * extents.size(axes);
  return *place;
}

Operand Storage::Scratch(Axes axes) {
  const ImageExtents& extents = analysis_.graph().extents();
  const Operand operand =
      Contiguous(extents, axes, static_cast<int>(Base::kScratch), program_.scratch_size, kBlock);
  program_.scratch_size += kBlock * extents.size(axes);
  return operand;
}

Operand Storage::Register(int number) const {
  const auto columns = static_cast<std::size_t>(analysis_.graph().extents().columns);
  return {.base = static_cast<int>(Base::kRegisters),
          .offset = static_cast<std::size_t>(number),  // in registers, until their size is known
          .row = columns * kBlock,
          .column = kBlock};
}

Operand Storage::Map(Base map) const {
  const MapStrides& strides = map == Base::kX    ? options_.x
                              : map == Base::kY  ? options_.y
                              : map == Base::kDy ? options_.dy
                                                 : options_.dx;
  const auto members = static_cast<std::size_t>(analysis_.graph().extents().group_channels);
  return {.base = static_cast<int>(map),
          .group = members * strides.channel,
          .group_channel = strides.channel,
          .row = strides.row,
          .column = kBlock};
}

void Storage::NeedUniform(int node) {
  if (program_.uniform_operands[At(node)]) return;
  const ImageExtents& extents = analysis_.graph().extents();
  const Axes axes = analysis_[node].axes;
  if (!IsLaneReduction(analysis_[node].op)) {
    for (const int argument : analysis_.Arguments(node)) NeedUniform(argument);
  }
  program_.uniform_operands[At(node)] =
      Contiguous(extents, axes, static_cast<int>(Base::kUniform), program_.uniform_size, 1);
  program_.uniform_size += extents.size(axes);
  uniform_nodes_.push_back(node);
}

Operand Storage::Number(double number) {
  const auto value = static_cast<float>(number);
  const auto found = std::ranges::find(program_.numbers, value);
  const auto place = static_cast<std::size_t>(found - program_.numbers.begin());
  if (found == program_.numbers.end()) program_.numbers.push_back(value);
  return {.base = static_cast<int>(Base::kNumbers), .offset = place, .is_number = true};
}

Operand Storage::Uniform(int node) {
  const Node& of = analysis_[node];
  assert(!CrossesImages(of.axes));
  const ImageExtents& extents = analysis_.graph().extents();
  switch (of.op) {
    case Op::kNumber:
      return Number(of.number);
    case Op::kLearned:
      return Contiguous(extents, of.axes, LearnedBase(of.index), 0, 1);
    case Op::kRunning:
      return Contiguous(extents, of.axes, RunningBase(*program_.expressions, of.index), 0, 1);
    default:
      NeedUniform(node);
      return *program_.uniform_operands[At(node)];
  }
}

}  // namespace normlab::program
