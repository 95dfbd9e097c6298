#include "norm/program/registers.h"

#include <algorithm>
#include <map>
#include <vector>

namespace normlab::program {
namespace {

// A tile's pixels: of 4 KiB where there are registers; else those of the map itself, 16 KiB.
constexpr int kPixelsWithRegisters = 64, kPixelsWithout = 256;

bool IsRegister(const Operand& operand) {
  return operand.base == static_cast<int>(Base::kRegisters);
}

template <class Visit>
void ForEachRegister(Instruction& instruction, const Visit& visit) {
  for (Operand& input : instruction.inputs) {
    if (IsRegister(input)) visit(input);
  }
  for (Operand& output : instruction.outputs) {
    if (IsRegister(output)) visit(output);
  }
}

}  // namespace

std::size_t AssignRegisters(const ImageExtents& extents, Step& step) {
  std::map<std::size_t, std::size_t> last_use;
  for (std::size_t i = 0; i < step.instructions.size(); ++i) {
    ForEachRegister(step.instructions[i], [&](Operand& each) { last_use[each.offset] = i; });
  }
  const int pixels = last_use.empty() ? kPixelsWithout : kPixelsWithRegisters;
  step.tile_rows = std::clamp(pixels / extents.columns, 1, extents.rows);
  const std::size_t size = static_cast<std::size_t>(step.tile_rows * extents.columns) * kBlock;
  std::map<std::size_t, std::size_t> places;
  std::vector<std::size_t> free;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < step.instructions.size(); ++i) {
    std::vector<std::size_t> ends;
    ForEachRegister(step.instructions[i], [&](Operand& each) {
      const auto [place, is_new] = places.try_emplace(each.offset, taken);
      if (is_new && !free.empty()) {
        place->second = free.back();
        free.pop_back();
      } else if (is_new) {
        ++taken;
      }
      const bool ends_here = last_use[each.offset] == i;
      if (ends_here && std::ranges::find(ends, place->second) == ends.end()) {
        ends.push_back(place->second);
      }
      each.offset = place->second * size;
    });
    free.insert(free.end(), ends.begin(), ends.end());
  }
  return taken * size;
}

}  // namespace normlab::program
