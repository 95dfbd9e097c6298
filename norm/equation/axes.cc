#include "norm/equation/axes.h"

#include <utility>

#include "base/text.h"

namespace normlab::equation {
namespace {

// Each whole before its parts.
constexpr std::pair<std::string_view, Axes> kNames[] = {
    {"N", Axes::Images()},   {"B", Axes::GhostBatches()}, {"M", Axes::GhostImages()},
    {"C", Axes::Channels()}, {"G", Axes::Groups()},       {"K", Axes::GroupChannels()},
    {"H", Axes::Rows()},     {"W", Axes::Columns()},
};

}  // namespace

Axes Axes::Named(std::string_view name) {
  for (const auto& [known, axes] : kNames) {
    if (known == name) return axes;
  }
  return {};
}

std::string Axes::text() const {
  std::vector<std::string> names;
  Axes left = *this;
  for (const auto& [name, axes] : kNames) {
    if (!left.Has(axes)) continue;
    names.emplace_back(name);
    left = left.Without(axes);
  }
  return Join(names, " ");
}

}  // namespace normlab::equation
