#include "norm/equation/places.h"

#include <fmt/format.h>

#include "base/text.h"

namespace normlab::equation {
namespace {

// Along each axis of ValueExtents.
std::vector<int> Coordinates(const Extents& extents, Axes axes, std::size_t index) {
  std::vector<int> coordinates = ValueExtents(extents, axes);
  for (std::size_t a = coordinates.size(); a-- > 0;) {
    const auto extent = static_cast<std::size_t>(coordinates[a]);
    coordinates[a] = static_cast<int>(index % extent);
    index /= extent;
  }
  return coordinates;
}

}  // namespace

std::vector<int> ValueExtents(const Extents& extents, Axes axes) {
  std::vector<int> result;
  if (axes.HasAny(Axes::Images())) result.push_back(extents.ImageExtent(axes));
  if (axes.HasAny(Axes::Channels())) result.push_back(extents.ChannelExtent(axes));
  if (axes.Has(Axes::Rows())) result.push_back(extents.rows);
  if (axes.Has(Axes::Columns())) result.push_back(extents.columns);
  return result;
}

std::vector<std::size_t> Beside(const Extents& extents, Axes from, Axes to) {
  std::vector<std::size_t> beside(extents.size(from));
  ForEachPlace(extents, from,
               [&](std::size_t i, const Place& place) { beside[i] = IndexAt(extents, to, place); });
  return beside;
}

std::string PlaceText(const Extents& extents, Axes axes, std::size_t index) {
  std::vector<std::string> words;
  for (const int at : Coordinates(extents, axes, index)) words.push_back(std::to_string(at));
  return words.empty() ? "" : "[" + Join(words, ",") + "]";
}

std::string PlaceWords(const Extents& extents, Axes axes, std::size_t index) {
  const std::vector<int> at = Coordinates(extents, axes, index);
  std::vector<std::string> words;
  const auto add = [&](bool has, const char* form) {
    if (has) words.push_back(fmt::format(fmt::runtime(form), at[words.size()]));
  };
  add(axes.HasAny(Axes::Images()), axes.Has(Axes::GhostImages()) ? "image {}" : "ghost batch {}");
  add(axes.HasAny(Axes::Channels()), axes.Has(Axes::Channels()) ? "channel {}"
                                     : axes.Has(Axes::Groups()) ? "group {}"
                                                                : "channel {} of each group");
  add(axes.Has(Axes::Rows()), "row {}");
  add(axes.Has(Axes::Columns()), "column {}");
  return words.empty() ? "all" : Join(words);
}

}  // namespace normlab::equation
