#include "norm/equation/axes.h"

#include <span>
#include <utility>

#include "base/text.h"

namespace normlab::equation {
namespace {

using NamedAxes = std::pair<std::string_view, Axes>;

// Each whole before its parts.
constexpr NamedAxes kMapNames[] = {
    {"N", Axes::Images()},   {"B", Axes::GhostBatches()}, {"M", Axes::GhostImages()},
    {"C", Axes::Channels()}, {"G", Axes::Groups()},       {"K", Axes::GroupChannels()},
    {"H", Axes::Rows()},     {"W", Axes::Columns()},
};
constexpr NamedAxes kFilterNames[] = {
    {"O", Axes::Images()}, {"I", Axes::Channels()}, {"Y", Axes::Rows()}, {"X", Axes::Columns()}};

std::span<const NamedAxes> NamesOf(Domain domain) {
  if (domain == Domain::kMap) return kMapNames;
  return kFilterNames;
}

}  // namespace

Axes Axes::Named(std::string_view name, Domain domain) {
  for (const auto& [known, axes] : NamesOf(domain)) {
    if (known == name) return axes;
  }
  return {};
}

std::string Axes::text(Domain domain) const {
  std::vector<std::string> names;
  Axes left = *this;
  for (const auto& [name, axes] : NamesOf(domain)) {
    if (!left.Has(axes)) continue;
    names.emplace_back(name);
    left = left.Without(axes);
  }
  return Join(names, " ");
}

}  // namespace normlab::equation
