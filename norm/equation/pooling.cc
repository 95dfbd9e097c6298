#include "norm/equation/pooling.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"

namespace normlab::equation {
namespace {

struct Pooling {
  Axes pooled, kept;
  const Extents* extents = nullptr;  // null: unknown

  bool Has(Axes axis) const { return pooled.With(kept).Has(axis); }
};

std::string GroupText(const Pooling& pooling) {
  if (pooling.extents == nullptr) return "one group of channels";
  const int channels = pooling.extents->group_channels();
  return fmt::format("one group of {} channel{}", channels, channels == 1 ? "" : "s");
}

// "all channels", "one group of channels"; empty where there are none.
std::string ChannelText(const Pooling& pooling) {
  const bool has_groups = pooling.Has(Axes::Groups());
  const bool has_members = pooling.Has(Axes::GroupChannels());
  const bool pools_groups = pooling.pooled.Has(Axes::Groups());
  const bool pools_members = pooling.pooled.Has(Axes::GroupChannels());
  if (has_groups && has_members) {
    if (pools_groups) return pools_members ? "all channels" : "one channel of every group";
    return pools_members ? GroupText(pooling) : "one channel";
  }
  if (has_groups) return pools_groups ? "all groups" : "one group";
  if (!has_members) return "";
  return pools_members ? GroupText(pooling) : "one channel of a group";
}

// "one pixel", "one row"; empty where there are none.
std::string PixelText(const Pooling& pooling) {
  const bool has_rows = pooling.Has(Axes::Rows()), has_columns = pooling.Has(Axes::Columns());
  const bool pools_rows = pooling.pooled.Has(Axes::Rows());
  const bool pools_columns = pooling.pooled.Has(Axes::Columns());
  if (has_rows && has_columns) {
    if (pools_rows) return pools_columns ? "all pixels" : "one column";
    return pools_columns ? "one row" : "one pixel";
  }
  if (has_rows) return pools_rows ? "all rows" : "one row";
  if (has_columns) return pools_columns ? "all columns" : "one column";
  return "";
}

std::string GhostText(const Pooling& pooling) {
  if (pooling.extents == nullptr) return "one ghost batch";
  const Extents& extents = *pooling.extents;
  if (extents.ghost == 0) return "all images of the batch";
  return fmt::format("a ghost batch of {} image{}", extents.ghost, extents.ghost == 1 ? "" : "s");
}

std::string ImageText(const Pooling& pooling) {
  if (pooling.pooled.Has(Axes::Images())) return "all images of the batch";
  if (pooling.pooled.HasAny(Axes::Images())) return GhostText(pooling);
  if (pooling.kept.Has(Axes::GhostImages())) return "one image";
  return pooling.kept.Has(Axes::GhostBatches()) ? GhostText(pooling) : "";
}

std::string Words(const Pooling& pooling) {
  const std::string channels = ChannelText(pooling), pixels = PixelText(pooling);
  std::string text = channels;
  if (channels.empty()) {
    text = pixels;
  } else if (!pixels.empty() && pixels != "all pixels") {
    const bool at_one = pixels == "one pixel";
    text += fmt::format(" {} {}", at_one ? "at" : "in", pixels);
  }
  const std::string images = ImageText(pooling);
  if (images.empty() || text.empty()) return text + images;
  return fmt::format("{} of {}", text, images);
}

}  // namespace

std::string PoolsOver(Axes pooled, Axes kept) { return Words({pooled, kept}); }

std::string PoolsOver(Axes pooled, Axes kept, const Extents& extents) {
  return Words({pooled, kept, &extents});
}

std::size_t PooledExtents::values() const {
  return static_cast<std::size_t>(images) * static_cast<std::size_t>(channels) *
         static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

PooledExtents PooledOf(Axes pooled, const Extents& extents) {
  PooledExtents reach;
  if (pooled.Has(Axes::Images())) {
    reach.images = extents.images;
  } else if (pooled.Has(Axes::GhostImages())) {
    reach.images = extents.GhostImages(extents.ghost_batches() - 1);
  }
  reach.channels = extents.ChannelExtent(pooled);
  if (pooled.Has(Axes::Rows())) reach.rows = extents.rows;
  if (pooled.Has(Axes::Columns())) reach.columns = extents.columns;
  return reach;
}

}  // namespace normlab::equation
