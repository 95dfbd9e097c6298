#include "report/figures/contact_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/escape.h"
#include "base/shuffle.h"
#include "report/figures/picture_text.h"
#include "report/figures/png.h"

namespace normlab {
namespace {

constexpr int kMargin = 18, kTop = 70, kGap = 6;  // pixels of the SVG
constexpr int kTile = 64;                         // what a small image is enlarged to, about
constexpr int kCharacter = 8;
constexpr std::size_t kLongestLabel = 24;
// The PNG has twice as many pixels a side; Cairo draws 32,767 at most.
constexpr int kLargestSide = 8000;

struct Layout {
  int scale, tile_width, tile_height, columns, labels, image_left, width;
  int HeightOf(std::size_t rows) const { return static_cast<int>(rows) * (tile_height + kGap); }
};

Layout Arrange(const Dataset& dataset, const std::vector<SheetRow>& rows) {
  Layout layout{};
  layout.scale = std::max(1, kTile / std::max(dataset.shape.width, dataset.shape.height));
  layout.tile_width = dataset.shape.width * layout.scale;
  layout.tile_height = dataset.shape.height * layout.scale;
  std::size_t columns = 1, characters = 0;
  for (const SheetRow& row : rows) {
    columns = std::max(columns, row.images.size());
    characters = std::max(characters, CharacterCount(Shortened(row.label, kLongestLabel)));
  }
  layout.columns = static_cast<int>(columns);
  layout.labels = static_cast<int>(characters) * kCharacter + 12;
  layout.image_left = kMargin + layout.labels;
  layout.width = layout.image_left + layout.columns * (layout.tile_width + kGap) + kMargin - kGap;
  return layout;
}

void PaintTile(const Dataset& dataset, const std::uint8_t* pixels, const Layout& layout, int left,
               int top, RgbImage& sheet) {
  const Shape& shape = dataset.shape;
  for (int y = 0; y < layout.tile_height; ++y) {
    for (int x = 0; x < layout.tile_width; ++x) {
      const std::size_t source =
          static_cast<std::size_t>(y / layout.scale) * static_cast<std::size_t>(shape.width) +
          static_cast<std::size_t>(x / layout.scale);
      std::uint8_t* target = &sheet.pixels[3 * (static_cast<std::size_t>(top + y) *
                                                    static_cast<std::size_t>(sheet.width) +
                                                static_cast<std::size_t>(left + x))];
      for (std::size_t c = 0; c < 3; ++c) {
        target[c] = pixels[(shape.channels == 3 ? c * shape.pixels() : 0) + source];
      }
    }
  }
}

// All images of the rows on white, as far apart as they will be.
RgbImage PaintImages(const Dataset& dataset, const Split& split, const std::vector<SheetRow>& rows,
                     const Layout& layout) {
  RgbImage sheet;
  sheet.width = layout.columns * (layout.tile_width + kGap) - kGap;
  sheet.height = layout.HeightOf(rows.size()) - kGap;
  sheet.pixels.assign(std::size_t{3} * static_cast<std::size_t>(sheet.width) *
                          static_cast<std::size_t>(sheet.height),
                      255);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].images.size(); ++i) {
      PaintTile(dataset, split.pixels.data() + rows[r].images[i] * dataset.shape.size(), layout,
                static_cast<int>(i) * (layout.tile_width + kGap), layout.HeightOf(r), sheet);
    }
  }
  return sheet;
}

// In the figure's coordinates y grows upwards and an image is placed by the middle of its lower
// left pixel.
std::string Script(const std::vector<SheetRow>& rows, const Layout& layout, const std::string& name,
                   const std::string& title, const std::string& subtitle) {
  const int bottom = kMargin, top = bottom + layout.HeightOf(rows.size()) - kGap;
  const int height = top + kTop, text_width = layout.width - 2 * kMargin;
  const auto fit = [&](const std::string& text, double character) {
    return PictureString(text, static_cast<std::size_t>(text_width / character));
  };
  std::string script = FigureHead(name, layout.width, height);
  script += fmt::format("title = {}\nsubtitle = {}\n", fit(title, 10), fit(subtitle, 7.6));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    script += fmt::format("row_{} = {}\n", r, PictureString(rows[r].label, kLongestLabel));
  }
  script += FigureLoop(name, layout.width, height);
  script += fmt::format(
      "  set lmargin at screen 0\n  set rmargin at screen 1\n"
      "  set bmargin at screen 0\n  set tmargin at screen 1\n"
      "  unset border\n  unset tics\n  set xrange [0:{0}]\n  set yrange [0:{1}]\n"
      "  set label title at {2},{3} left font ',17'\n"
      "  set label subtitle at {2},{4} left textcolor rgb '#666666'\n",
      layout.width, height, kMargin, height - 22, height - 46);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    script += fmt::format("  set label row_{} at {},{} left textcolor rgb '#222222'\n", r, kMargin,
                          top - layout.HeightOf(r) - layout.tile_height / 2);
  }
  script += fmt::format("  plot '{}-images.png' binary filetype=png origin=({},{}) with rgbimage\n",
                        name, layout.image_left + 0.5, bottom + 0.5);
  return script + FigureTail();
}

std::vector<SheetRow> WithLabelsThatCanBeDrawn(std::vector<SheetRow> rows) {
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r].label = PictureClass(rows[r].label, r);
  return rows;
}

}  // namespace

std::vector<SheetRow> DrawSamples(const Dataset& dataset, const Split& split, int count,
                                  std::uint64_t seed) {
  std::vector<SheetRow> rows;
  for (const std::string& name : dataset.class_names) rows.push_back({name, {}});
  for (std::size_t image = 0; image < split.size(); ++image) {
    rows[split.labels[image]].images.push_back(image);
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::vector<std::size_t>& images = rows[r].images;
    RandomStream stream(seed, Purpose::kSamples, 0, static_cast<std::uint32_t>(r));
    const std::size_t shown = std::min(images.size(), static_cast<std::size_t>(count));
    ShuffleFront(images, shown, stream);
    images.resize(shown);
  }
  return rows;
}

std::vector<Figure> DrawContactSheets(const Dataset& dataset, const Split& split,
                                      const std::vector<SheetRow>& with_any_labels,
                                      const std::string& name, const std::string& title,
                                      const std::string& subtitle) {
  const std::vector<SheetRow> rows = WithLabelsThatCanBeDrawn(with_any_labels);
  const Layout layout = Arrange(dataset, rows);
  if (layout.width > kLargestSide || layout.tile_height > kLargestSide - kTop - kMargin) {
    throw UsageError(fmt::format(
        "a row of {} images of {}x{} pixels is too large for a picture: ask for fewer with --count",
        layout.columns, dataset.shape.height, dataset.shape.width));
  }
  const auto most =
      static_cast<std::size_t>((kLargestSide - kTop - kMargin) / (layout.tile_height + kGap));
  const std::size_t most_rows = std::max(most, std::size_t{1});
  std::vector<Figure> sheets;
  for (std::size_t first = 0; first < rows.size(); first += most_rows) {
    const std::vector<SheetRow> some(
        rows.begin() + static_cast<std::ptrdiff_t>(first),
        rows.begin() + static_cast<std::ptrdiff_t>(std::min(first + most_rows, rows.size())));
    Figure figure;
    figure.name =
        rows.size() > most_rows ? fmt::format("{}-{}", name, first / most_rows + 1) : name;
    figure.script = Script(some, layout, figure.name, title, subtitle);
    figure.data.emplace_back(figure.name + "-images.png",
                             EncodePng(PaintImages(dataset, split, some, layout)));
    sheets.push_back(std::move(figure));
  }
  return sheets;
}

}  // namespace normlab
