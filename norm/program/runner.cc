#include "norm/program/runner.h"

#include <algorithm>

namespace normlab::program {
namespace {

// From a first to behind a last one, along each axis.
struct Ranges {
  int first_group = 0, groups = 1;
  int first_member = 0, members = 1;
  int first_row = 0, rows = 1;
};

class Runner {
 public:
  Runner(const Program& program, const Segment& segment, const Bases& bases, const float* live)
      : segment_(segment),
        extents_(program.expressions->graph.extents()),
        bases_(bases),
        live_(live) {}

  // What comes before the first pass waits for none of a part's, and nothing waits for what comes
  // behind the last one: both are done once for all parts.
  void RunBefore() const {
    if (first() > 0) RunStep(segment_.steps.front(), All());
  }
  void RunPart(const Ranges& part) const {
    for (std::size_t i = first(); i < end(); ++i) RunStep(segment_.steps[i], part);
  }
  void RunBehind() const {
    if (end() < segment_.steps.size()) RunStep(segment_.steps.back(), All());
  }

  Ranges All() const { return {0, extents_.groups, 0, extents_.group_channels, 0, extents_.rows}; }

 private:
  std::size_t first() const {
    return segment_.steps.empty() || segment_.steps.front().over_tiles ? 0 : 1;
  }
  std::size_t end() const {
    const std::size_t count = segment_.steps.size();
    return count > first() && !segment_.steps.back().over_tiles ? count - 1 : count;
  }

  void RunStep(const Step& step, const Ranges& part) const {
    if (step.over_tiles) return RunTiles(step, part);
    for (const Instruction& each : step.instructions) RunFew(each, part);
  }

  void RunTiles(const Step& step, const Ranges& part) const {
    const int tile_rows = std::min(step.tile_rows, part.rows);
    Cell cell;
    for (int g = 0; g < part.groups; ++g) {
      cell.group = part.first_group + g;
      for (int k = 0; k < part.members; ++k) {
        cell.group_channel = part.first_member + k;
        for (int row = 0; row < part.rows; row += tile_rows) {
          cell.row = part.first_row + row;
          const int rows = std::min(tile_rows, part.rows - row);
          for (const Instruction& each : step.instructions) {
            RunOn(each, cell, rows, extents_.columns, false);
          }
        }
      }
    }
  }

  // Columns are those of the map; without them, a group's channels.
  void RunFew(const Instruction& instruction, const Ranges& part) const {
    const Axes over = instruction.over;
    const bool has_members = over.Has(Axes::GroupChannels());
    const bool has_rows = over.Has(Axes::Rows()), has_columns = over.Has(Axes::Columns());
    const bool members_are_columns = has_members && !has_columns && !has_rows;
    const int groups = over.Has(Axes::Groups()) ? part.groups : 1;
    const int members = has_members ? part.members : 1;
    const int rows = has_rows ? part.rows : 1;
    Cell cell = {0, has_members ? part.first_member : 0, has_rows ? part.first_row : 0, 0};
    for (int g = 0; g < groups; ++g) {
      cell.group = over.Has(Axes::Groups()) ? part.first_group + g : 0;
      if (members_are_columns) {
        RunOn(instruction, cell, 1, members, true);
        continue;
      }
      for (int k = 0; k < members; ++k) {
        cell.group_channel = has_members ? part.first_member + k : 0;
        RunOn(instruction, cell, rows, has_columns ? extents_.columns : 1, false);
      }
    }
  }

  void RunOn(const Instruction& instruction, const Cell& cell, int rows, int columns,
             bool members_are_columns) const {
    if (instruction.id == KernelId::kMask && live_ == nullptr) return;
    const auto stride = [&](const Operand& operand) {
      return members_are_columns ? operand.group_channel : operand.column;
    };
    Tile tile;
    for (std::size_t i = 0; i < instruction.inputs.size(); ++i) {
      const Operand& input = instruction.inputs[i];
      tile.inputs[i] = At(input, cell);
      tile.input_rows[i] = input.row;
      if (i == 0) {
        tile.input_column = stride(input);
        tile.input_is_number = input.is_number;
      }
    }
    if (instruction.gated) {
      const Operand& x = instruction.gate;
      tile.inputs[kMostInputs] = At(x, cell);
      tile.input_rows[kMostInputs] = x.row;
    }
    for (std::size_t i = 0; i < instruction.constants.size(); ++i) {
      const Operand& constant = instruction.constants[i];
      tile.constants[i] = At(constant, cell);
      if (constant.is_number) tile.constant_is_number |= 1u << i;
    }
    for (std::size_t i = 0; i < instruction.outputs.size(); ++i) {
      tile.outputs[i] = At(instruction.outputs[i], cell);
      tile.output_rows[i] = instruction.outputs[i].row;
    }
    tile.output_column = stride(instruction.outputs[0]);
    tile.rows = rows;
    tile.columns = columns;
    tile.numbers = instruction.numbers.data();
    tile.live = live_;
    instruction.kernel(tile);
  }

  // Registers hold a tile, whichever it is.
  float* At(const Operand& operand, const Cell& cell) const {
    float* base = bases_[static_cast<std::size_t>(operand.base)];
    if (operand.base == static_cast<int>(Base::kRegisters)) return base + operand.offset;
    return base + OffsetOf(operand, cell);
  }

  const Segment& segment_;
  const ImageExtents& extents_;
  const Bases& bases_;
  const float* live_;
};

void RunParts(const Runner& runner, const ImageExtents& extents, Part kind) {
  Ranges part = runner.All();
  switch (kind) {
    case Part::kBlock:
      return runner.RunPart(part);
    case Part::kRow:
      part.rows = 1;
      for (; part.first_row < extents.rows; ++part.first_row) runner.RunPart(part);
      return;
    case Part::kGroup:
    case Part::kChannel:
      part.groups = 1;
      part.members = kind == Part::kChannel ? 1 : extents.group_channels;
      for (; part.first_group < extents.groups; ++part.first_group) {
        part.first_member = 0;
        for (; part.first_member < extents.group_channels; part.first_member += part.members) {
          runner.RunPart(part);
        }
      }
  }
}

}  // namespace

void Run(const Program& program, const Segment& segment, const Bases& bases, const float* live) {
  const Runner runner(program, segment, bases, live);
  runner.RunBefore();
  RunParts(runner, program.expressions->graph.extents(), segment.part);
  runner.RunBehind();
}

}  // namespace normlab::program
