#include "norm/equation/extents.h"

#include <algorithm>

namespace normlab::equation {

int Extents::GhostImages(int batch) const {
  return ghost == 0 ? images : std::min(ghost, images - batch * ghost);
}

int Extents::ImageExtent(Axes axes) const {
  if (axes.Has(Axes::GhostImages())) return images;
  return axes.Has(Axes::GhostBatches()) ? ghost_batches() : 1;
}

int Extents::ChannelExtent(Axes axes) const {
  if (axes.Has(Axes::Channels())) return channels;
  if (axes.Has(Axes::Groups())) return groups;
  return axes.Has(Axes::GroupChannels()) ? group_channels() : 1;
}

std::size_t Extents::size(Axes axes) const {
  return static_cast<std::size_t>(ImageExtent(axes)) *
         static_cast<std::size_t>(ChannelExtent(axes)) *
         static_cast<std::size_t>(axes.Has(Axes::Rows()) ? rows : 1) *
         static_cast<std::size_t>(axes.Has(Axes::Columns()) ? columns : 1);
}

std::size_t IndexAt(const Extents& extents, Axes axes, const Place& place) {
  std::size_t index = 0;
  if (axes.Has(Axes::GhostImages())) {
    index = static_cast<std::size_t>(place.image);
  } else if (axes.Has(Axes::GhostBatches())) {
    index = static_cast<std::size_t>(place.ghost_batch);
  }
  index *= static_cast<std::size_t>(extents.ChannelExtent(axes));
  if (axes.Has(Axes::Groups())) {
    const int members = axes.Has(Axes::GroupChannels()) ? extents.group_channels() : 1;
    index += static_cast<std::size_t>(place.group * members);
  }
  if (axes.Has(Axes::GroupChannels())) index += static_cast<std::size_t>(place.group_channel);
  if (axes.Has(Axes::Rows())) {
    index = index * static_cast<std::size_t>(extents.rows) + static_cast<std::size_t>(place.row);
  }
  if (axes.Has(Axes::Columns())) {
    index =
        index * static_cast<std::size_t>(extents.columns) + static_cast<std::size_t>(place.column);
  }
  return index;
}

}  // namespace normlab::equation
