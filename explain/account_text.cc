// The account on a terminal, and as Markdown, whose grids and arithmetic stand in blocks of code.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/escape.h"
#include "base/text.h"
#include "explain/account.h"
#include "explain/arithmetic.h"

namespace normlab {
namespace {

constexpr int kLineWidth = 100, kImageLabel = 16, kIndent = 2, kBetween = 2;

// A number of decimals for all, so that the points stand under each other: as few as show the
// values, at most four; the sentences and --json have more. -1 where that shows too little.
int Decimals(const Doubles& values) {
  constexpr int kMost = 4;
  int decimals = 0;
  double largest = 0;
  for (const double value : values) {
    const double size = std::abs(value);
    largest = std::max(largest, size);
    double scale = 1;
    for (int d = 0; d < kMost && std::abs(size * scale - std::round(size * scale)) > 1e-9; ++d) {
      scale *= 10;
      decimals = std::max(decimals, d + 1);
    }
  }
  return largest >= 1e5 || (largest > 0 && largest < 1e-2) ? -1 : decimals;
}

std::string FixedText(double value, int decimals) {
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  return text.find_first_of("123456789") == text.npos ? fmt::format("{:.{}f}", 0.0, decimals)
                                                      : text;
}

std::string StatisticColor(std::size_t statistic) {
  // Light backgrounds of the 256-colour palette, neighbours far apart, under black text. Statistics
  // 12 apart share a colour, never a letter.
  constexpr int kColors[] = {153, 222, 151, 218, 195, 228, 183, 216, 159, 193, 189, 224};
  return fmt::format("\x1b[30;48;5;{}m", kColors[statistic % std::size(kColors)]);
}

void EndLine(std::string& text) {
  while (text.ends_with(' ')) text.pop_back();
  text += '\n';
}

struct Shape4 {
  int images, channels, rows, columns;
};

// Rows of numbers, channels side by side.
class GridText {
 public:
  GridText(const NumberGrid& grid, bool color)
      : grid_(grid),
        all_{grid.extents.ImageExtent(grid.axes), grid.extents.ChannelExtent(grid.axes),
             grid.axes.Has(Axes::Rows()) ? grid.extents.rows : 1,
             grid.axes.Has(Axes::Columns()) ? grid.extents.columns : 1},
        printed_(all_),
        color_(color && grid.letters) {
    if (grid.extents.size(Axes::All()) > kFullyPrintedValues) {
      const auto [images, channels, rows, columns] = kPrintedOfALargeOne;
      printed_ = {std::min(images, all_.images), std::min(channels, all_.channels),
                  std::min(rows, all_.rows), std::min(columns, all_.columns)};
    }
    if (grid.letters) letter_of_ = Beside(grid.extents, grid.axes, *grid.letters);
    Doubles shown;
    ForEachCell([&](std::size_t e) { shown.push_back(grid_.values[e]); });
    decimals_ = Decimals(shown);
    ForEachCell([&](std::size_t e) {
      number_width_ = std::max(number_width_, Number(e).size());
      if (grid.letters) letter_width_ = std::max(letter_width_, Letter(e).size());
    });
    block_width_ = std::max(CellsWidth(), static_cast<int>(Title(printed_.channels - 1).size()));
    per_line_ =
        std::max(1, (kLineWidth - kIndent - kImageLabel + kBetween) / (block_width_ + kBetween));
  }

  std::string Text() const {
    std::string text;
    for (int first = 0; first < printed_.channels; first += per_line_) {
      const int end = std::min(first + per_line_, printed_.channels);
      if (grid_.axes.HasAny(Axes::Channels())) AddTitles(first, end, text);
      for (int n = 0; n < printed_.images; ++n) AddImage(n, first, end, text);
    }
    return text;
  }

 private:
  std::size_t Index(int image, int channel, int row, int column) const {
    const auto [images, channels, rows, columns] = all_;
    return static_cast<std::size_t>(((image * channels + channel) * rows + row) * columns + column);
  }

  template <typename Visit>
  void ForEachCell(Visit visit) const {
    for (int n = 0; n < printed_.images; ++n) {
      for (int c = 0; c < printed_.channels; ++c) {
        for (int h = 0; h < printed_.rows; ++h) {
          for (int w = 0; w < printed_.columns; ++w) visit(Index(n, c, h, w));
        }
      }
    }
  }

  std::string Number(std::size_t e) const {
    return decimals_ < 0 ? NumberText(grid_.values[e], 4) : FixedText(grid_.values[e], decimals_);
  }
  std::string Letter(std::size_t e) const { return StatisticLetter(letter_of_[e]); }
  std::string Title(int channel) const {
    return fmt::format("{} {}", grid_.axes.Has(Axes::GroupChannels()) ? "channel" : "group",
                       channel);
  }

  // Backgrounds touch.
  int Gap() const { return color_ ? 0 : 1; }
  int CellsWidth() const {
    const auto cell = static_cast<int>(number_width_ + (grid_.letters ? 1 + letter_width_ : 0));
    return (cell + (color_ ? 1 : 0)) * printed_.columns + Gap() * (printed_.columns - 1);
  }

  std::string Cell(std::size_t e) const {
    std::string cell = fmt::format("{:>{}}", Number(e), number_width_);
    if (grid_.letters) cell += fmt::format(" {:<{}}", Letter(e), letter_width_);
    return color_ ? StatisticColor(letter_of_[e]) + " " + cell + "\x1b[0m" : cell;
  }

  void AddTitles(int first, int end, std::string& text) const {
    text.append(kIndent + kImageLabel, ' ');
    for (int c = first; c < end; ++c) {
      text += fmt::format("{:<{}}", Title(c), block_width_ + kBetween);
    }
    EndLine(text);
  }

  void AddImage(int n, int first, int end, std::string& text) const {
    const bool of_images = grid_.axes.HasAny(Axes::Images());
    const char* what = grid_.axes.Has(Axes::GhostImages()) ? "image" : "ghost batch";
    for (int h = 0; h < printed_.rows; ++h) {
      const std::string label = h == 0 && of_images ? fmt::format("{} {}", what, n) : "";
      text += std::string(kIndent, ' ') + fmt::format("{:<{}}", label, kImageLabel);
      for (int c = first; c < end; ++c) {
        for (int w = 0; w < printed_.columns; ++w) {
          text += Cell(Index(n, c, h, w));
          if (w + 1 < printed_.columns) text.append(static_cast<std::size_t>(Gap()), ' ');
        }
        text.append(static_cast<std::size_t>(block_width_ - CellsWidth() + kBetween), ' ');
      }
      EndLine(text);
    }
  }

  const NumberGrid& grid_;
  Shape4 all_, printed_;
  bool color_;
  std::vector<std::size_t> letter_of_;
  std::size_t number_width_ = 1, letter_width_ = 0;
  int decimals_ = 0, block_width_ = 0, per_line_ = 1;
};

// In lines of at most kLineWidth characters, broken at spaces.
std::string Wrapped(const std::string& text) {
  std::string wrapped, line;
  for (const std::string& word : SplitWords(text)) {
    if (!line.empty() && line.size() + 1 + word.size() > kLineWidth) {
      wrapped += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return wrapped + line + "\n";
}

}  // namespace

std::string Account::Text(bool color) const {
  std::string text;
  for (const Part& part : parts_) {
    if (part.kind == Kind::kHeading) text += '\n';
    if (part.kind == Kind::kGrid) text += GridText(*part.grid, color).Text();
    for (const std::string& line : part.lines) {
      text += part.kind == Kind::kParagraph ? Wrapped(line)
              : part.kind == Kind::kLines   ? "  " + line + "\n"
                                            : line + "\n";
    }
  }
  return text;
}

std::string Account::Markdown(int heading_level) const {
  std::string text;
  for (const Part& part : parts_) {
    const int deeper = part.kind == Kind::kTitle ? 0 : 1;
    const std::string marks(static_cast<std::size_t>(heading_level + deeper), '#');
    if (part.kind == Kind::kGrid) {
      text += "```text\n" + GridText(*part.grid, false).Text() + "```\n\n";
    } else if (part.kind == Kind::kLines) {
      text += "```text\n" + Join(part.lines, "\n") + "\n```\n\n";
    } else {
      text +=
          (part.kind == Kind::kParagraph ? "" : marks + " ") + MarkdownText(part.lines[0]) + "\n\n";
    }
  }
  return text;
}

}  // namespace normlab
