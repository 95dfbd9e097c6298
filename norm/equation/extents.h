// How many values a node of an equation has, and which of another node's stands beside each.
#pragma once

#include <cstddef>

#include "norm/equation/axes.h"

namespace normlab::equation {

// Of the map x, [image][channel][row][column], and how its axes are divided.
struct Extents {
  int images = 0;
  int ghost = 0;  // images of a ghost batch; the last takes the rest. 0: all are one
  int channels = 0;
  int groups = 1;  // divides channels
  int rows = 0, columns = 0;

  int ghost_batches() const { return ghost == 0 ? 1 : (images + ghost - 1) / ghost; }
  int group_channels() const { return channels / groups; }
  int GhostImages(int batch) const;  // of one ghost batch

  // Values of a node with these axes: images, ghost batches or one; channels, groups, channels of a
  // group or one; rows or one; columns or one, in this order, the last innermost.
  int ImageExtent(Axes axes) const;
  int ChannelExtent(Axes axes) const;
  std::size_t size(Axes axes) const;
};

// One value of a node: where it lies along each axis that the node has, 0 along others.
struct Place {
  int image = 0, ghost_batch = 0, group = 0, group_channel = 0, row = 0, column = 0;
};

// The index of the value of a node with `axes` that stands at or beside `place`.
std::size_t IndexAt(const Extents& extents, Axes axes, const Place& place);

// Calls visit(index, place, length) for each row of a node with `axes`, of which the first value is
// at `place`, in the order of the indices; without columns a row is one value.
template <class Visit>
void ForEachRow(const Extents& extents, Axes axes, const Visit& visit) {
  const int images = extents.ImageExtent(axes), channels = extents.ChannelExtent(axes);
  const int rows = axes.Has(Axes::Rows()) ? extents.rows : 1;
  const int columns = axes.Has(Axes::Columns()) ? extents.columns : 1;
  const bool has_images = axes.Has(Axes::GhostImages());
  const bool has_groups = axes.Has(Axes::Groups()), has_members = axes.Has(Axes::GroupChannels());
  const int members = extents.group_channels();
  std::size_t index = 0;
  Place place;
  for (int i = 0; i < images; ++i) {
    place.image = has_images ? i : 0;
    place.ghost_batch = !has_images ? i : extents.ghost == 0 ? 0 : i / extents.ghost;
    for (int c = 0; c < channels; ++c) {
      place.group = !has_groups ? 0 : has_members ? c / members : c;
      place.group_channel = !has_members ? 0 : has_groups ? c % members : c;
      for (place.row = 0; place.row < rows;
           ++place.row, index += static_cast<std::size_t>(columns)) {
        visit(index, place, columns);
      }
    }
  }
}

// Calls visit(index, place) for each value of a node with `axes`, in the order of the indices.
template <class Visit>
void ForEachPlace(const Extents& extents, Axes axes, const Visit& visit) {
  ForEachRow(extents, axes, [&](std::size_t index, Place place, int columns) {
    for (place.column = 0; place.column < columns; ++place.column) visit(index++, place);
  });
}

}  // namespace normlab::equation
