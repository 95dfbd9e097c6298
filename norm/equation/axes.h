// The named axes of an equation. Of a map, x[N C H W]: N is (B, M): B consecutive ghost batches of
// M images each. C is (G, K): channel c = g |K| + k of group g. Of a filter, w[O I Y X]: outputs,
// inputs, rows and columns, which stand where N, C, H, W do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace normlab::equation {

// What an equation normalizes.
enum class Domain { kMap, kFilter };

class Axes {
 public:
  constexpr Axes() = default;

  // "N", "C", "H", "W", "B", "M", "G" or "K"; of a filter "O", "I", "Y" or "X"; none where it is no
  // axis.
  static Axes Named(std::string_view name, Domain domain = Domain::kMap);
  static constexpr Axes All() { return Axes(kAll); }
  static constexpr Axes Images() { return Axes(kB | kM); }
  static constexpr Axes GhostBatches() { return Axes(kB); }
  static constexpr Axes GhostImages() { return Axes(kM); }
  static constexpr Axes Channels() { return Axes(kG | kK); }
  static constexpr Axes Groups() { return Axes(kG); }
  static constexpr Axes GroupChannels() { return Axes(kK); }
  static constexpr Axes Rows() { return Axes(kH); }
  static constexpr Axes Columns() { return Axes(kW); }

  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool Has(Axes all) const { return (bits_ & all.bits_) == all.bits_; }
  constexpr bool HasAny(Axes some) const { return (bits_ & some.bits_) != 0; }
  // A part of a whole axis without the other: G or K of C, B or M of N.
  constexpr bool Divides(Axes whole) const { return HasAny(whole) && !Has(whole); }
  constexpr Axes With(Axes more) const { return Axes(bits_ | more.bits_); }
  constexpr Axes Without(Axes fewer) const { return Axes(bits_ & ~fewer.bits_); }
  friend constexpr bool operator==(Axes, Axes) = default;

  // "N C H W", "B K": the whole axis in the place of its two parts. Empty of none.
  std::string text(Domain domain = Domain::kMap) const;

 private:
  static constexpr unsigned kB = 1, kM = 2, kG = 4, kK = 8, kH = 16, kW = 32, kAll = 63;
  constexpr explicit Axes(unsigned bits) : bits_(bits) {}
  unsigned bits_ = 0;
};

}  // namespace normlab::equation
