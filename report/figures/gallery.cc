#include "report/figures/gallery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "report/figures/picture_text.h"
#include "report/figures/png.h"

namespace normlab {
namespace {

constexpr int kMargin = 18, kTop = 70;  // pixels of the SVG
constexpr std::size_t kLongestLine = 40;
constexpr int kLineHeight = 16, kBelow = 18, kRowGap = 14;

struct Layout {
  int tile_width, tile_height, text_height, row_height, rows, width, height;
};

Layout Arrange(const Gallery& gallery) {
  Layout layout;
  std::size_t lines = 0;
  bool below = false;
  for (const Tile& tile : gallery.tiles) {
    lines = std::max(lines, tile.above.size());
    below = below || !tile.below.empty();
  }
  layout.tile_width = gallery.shape.width * gallery.scale;
  layout.tile_height = gallery.shape.height * gallery.scale;
  layout.text_height = kLineHeight * static_cast<int>(lines) + 4;
  layout.row_height = layout.text_height + layout.tile_height + (below ? kBelow : 0) + kRowGap;
  const int tiles = static_cast<int>(gallery.tiles.size());
  layout.rows = (tiles + gallery.columns - 1) / gallery.columns;
  layout.width = 2 * kMargin + gallery.columns * gallery.cell_width;
  layout.height = kTop + layout.rows * layout.row_height + 6;
  return layout;
}

// All tiles in one row, each pixel repeated: whole squares however the picture is scaled later.
RgbImage ImageStrip(const Gallery& gallery, const Layout& layout) {
  RgbImage strip;
  strip.width = layout.tile_width * static_cast<int>(gallery.tiles.size());
  strip.height = layout.tile_height;
  strip.pixels.resize(std::size_t{3} * strip.width * strip.height);
  const std::size_t plane = gallery.shape.pixels();
  for (std::size_t t = 0; t < gallery.tiles.size(); ++t) {
    const std::vector<std::uint8_t>& pixels = gallery.tiles[t].pixels;
    assert(pixels.size() == gallery.shape.size());
    for (int y = 0; y < layout.tile_height; ++y) {
      for (int x = 0; x < layout.tile_width; ++x) {
        const std::size_t source =
            static_cast<std::size_t>(y / gallery.scale) * gallery.shape.width + x / gallery.scale;
        std::uint8_t* target = &strip.pixels[3 * (static_cast<std::size_t>(y) * strip.width +
                                                  t * layout.tile_width + x)];
        for (int c = 0; c < 3; ++c) {
          target[c] = pixels[(gallery.shape.channels == 3 ? c * plane : 0) + source];
        }
      }
    }
  }
  return strip;
}

// The left and upper edge of tile t's image, y counted downwards.
std::pair<int, int> Corner(const Gallery& gallery, const Layout& layout, std::size_t t) {
  const int column = static_cast<int>(t) % gallery.columns;
  const int row = static_cast<int>(t) / gallery.columns;
  return {kMargin + column * gallery.cell_width,
          kTop + row * layout.row_height + layout.text_height};
}

std::string FitTo(const Layout& layout, const std::string& text, double character_width) {
  return PictureString(text,
                       static_cast<std::size_t>((layout.width - 2 * kMargin) / character_width));
}

std::string TileTexts(const Gallery& gallery) {
  std::string texts;
  for (std::size_t t = 0; t < gallery.tiles.size(); ++t) {
    const Tile& tile = gallery.tiles[t];
    for (std::size_t i = 0; i < tile.above.size(); ++i) {
      texts += fmt::format("above_{}_{} = {}\n", t, i, PictureString(tile.above[i], kLongestLine));
    }
    texts += fmt::format("below_{} = {}\n", t, PictureString(tile.below, kLongestLine));
  }
  return texts;
}

// In the figure's coordinates y grows upwards and a tile's image is placed by the middle of its
// lower left pixel.
std::string TileScript(const Gallery& gallery, const Layout& layout) {
  std::string labels, plots;
  const std::string strip = gallery.name + "-images.png";
  for (std::size_t t = 0; t < gallery.tiles.size(); ++t) {
    const auto [left, down] = Corner(gallery, layout, t);
    const int top = layout.height - down, bottom = top - layout.tile_height;
    const int strip_left = layout.tile_width * static_cast<int>(t);
    const int lines = static_cast<int>(gallery.tiles[t].above.size());
    for (int i = 0; i < lines; ++i) {
      labels +=
          fmt::format("  set label above_{}_{} at {},{} left textcolor rgb '{}'\n", t, i, left,
                      top + 11 + kLineHeight * (lines - 1 - i), i == 0 ? "#222222" : "#a03c00");
    }
    labels += fmt::format(
        "  set label below_{} at {},{} left font ',11' textcolor rgb '#777777'\n"
        "  set object rectangle from {},{} to {},{} front fillstyle empty border linecolor rgb "
        "'#999999' linewidth 0.5\n",
        t, left, bottom - 10, left, bottom, left + layout.tile_width, top);
    plots +=
        fmt::format("{}'{}' binary filetype=png origin=({},{}) every 1:1:{}:0:{}:{} with rgbimage",
                    t == 0 ? "  plot " : ", \\\n    ", strip, left + 0.5 - strip_left, bottom + 0.5,
                    strip_left, strip_left + layout.tile_width - 1, layout.tile_height - 1);
  }
  return labels + plots + '\n';
}

}  // namespace

Figure DrawGallery(const Gallery& gallery) {
  assert(!gallery.tiles.empty());
  const Layout layout = Arrange(gallery);
  Figure figure;
  figure.name = gallery.name;
  figure.script = FigureHead(gallery.name, layout.width, layout.height);
  figure.script += fmt::format("title = {}\nsubtitle = {}\n", FitTo(layout, gallery.title, 10),
                               FitTo(layout, gallery.subtitle, 7.6));
  figure.script += TileTexts(gallery) + FigureLoop(gallery.name, layout.width, layout.height);
  figure.script += fmt::format(
      "  set lmargin at screen 0\n  set rmargin at screen 1\n"
      "  set bmargin at screen 0\n  set tmargin at screen 1\n"
      "  unset border\n  unset tics\n  set xrange [0:{0}]\n  set yrange [0:{1}]\n"
      "  set label title at {2},{3} left font ',17'\n"
      "  set label subtitle at {2},{4} left textcolor rgb '#666666'\n",
      layout.width, layout.height, kMargin, layout.height - 22, layout.height - 46);
  figure.script += TileScript(gallery, layout) + FigureTail();
  figure.data.emplace_back(gallery.name + "-images.png", EncodePng(ImageStrip(gallery, layout)));
  return figure;
}

}  // namespace normlab
