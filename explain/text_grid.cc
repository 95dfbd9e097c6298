#include "explain/text_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "explain/sentences.h"

namespace normlab {
namespace {

constexpr int kLineWidth = 100, kImageLabel = 10, kIndent = 2, kBetween = 2;

// A number of decimals for all, so that the points stand under each other: as few as show the
// values, at most four; the sentences and --json have more. -1 where that shows too little.
int Decimals(const std::vector<double>& values) {
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

class Grid {
 public:
  Grid(const WorkedExample& example, const std::vector<double>& values, const Window& window,
       const GridOptions& options)
      : example_(example), values_(values), window_(window), options_(options) {
    std::vector<double> printed;
    ForEachCell([&](std::size_t e) { printed.push_back(values_[e]); });
    decimals_ = Decimals(printed);
    ForEachCell([&](std::size_t e) {
      number_width_ = std::max(number_width_, Number(e).size());
      if (options_.letters) letter_width_ = std::max(letter_width_, Letter(e).size());
    });
    const int cells = CellsWidth();
    const int title = static_cast<int>(fmt::format("channel {}", window_.channels - 1).size());
    block_width_ = std::max(cells, title);
    channels_per_line_ =
        std::max(1, (kLineWidth - kIndent - kImageLabel + kBetween) / (block_width_ + kBetween));
  }

  std::string Text() const {
    std::string text;
    for (int first = 0; first < window_.channels; first += channels_per_line_) {
      const int end = std::min(first + channels_per_line_, window_.channels);
      text += std::string(kIndent + kImageLabel, ' ');
      for (int c = first; c < end; ++c) {
        text += fmt::format("{:<{}}", fmt::format("channel {}", c), block_width_ + kBetween);
      }
      EndLine(text);
      for (int n = 0; n < window_.images; ++n) AddImage(n, first, end, text);
    }
    return text;
  }

 private:
  template <typename Visit>
  void ForEachCell(Visit visit) const {
    for (int n = 0; n < window_.images; ++n) {
      for (int c = 0; c < window_.channels; ++c) {
        for (int h = 0; h < window_.height; ++h) {
          for (int w = 0; w < window_.width; ++w) {
            visit(ValueIndex(example_.input.shape, n, c, h, w));
          }
        }
      }
    }
  }

  std::string Number(std::size_t e) const {
    if (decimals_ < 0) return NumberText(values_[e], 4);
    return FixedText(values_[e], decimals_);
  }
  std::size_t Statistic(std::size_t e) const {
    return static_cast<std::size_t>(example_.statistic_of[e]);
  }
  std::string Letter(std::size_t e) const { return StatisticLetter(Statistic(e)); }

  int CellWidth() const {
    return static_cast<int>(number_width_ + (options_.letters ? 1 + letter_width_ : 0)) +
           (options_.color ? 1 : 0);
  }

  // Backgrounds touch.
  std::size_t Gap() const { return options_.color ? 0 : 1; }
  int CellsWidth() const {
    return CellWidth() * window_.width + static_cast<int>(Gap()) * (window_.width - 1);
  }

  std::string Cell(std::size_t e) const {
    std::string cell = fmt::format("{:>{}}", Number(e), number_width_);
    if (options_.letters) cell += fmt::format(" {:<{}}", Letter(e), letter_width_);
    if (!options_.color) return cell;
    return StatisticColor(Statistic(e)) + " " + cell + kPlainColor;
  }

  void AddImage(int n, int first, int end, std::string& text) const {
    for (int h = 0; h < window_.height; ++h) {
      const std::string label = h == 0 ? fmt::format("image {}", n) : "";
      text += std::string(kIndent, ' ') + fmt::format("{:<{}}", label, kImageLabel);
      for (int c = first; c < end; ++c) {
        for (int w = 0; w < window_.width; ++w) {
          text += Cell(ValueIndex(example_.input.shape, n, c, h, w));
          if (w + 1 < window_.width) text.append(Gap(), ' ');
        }
        text += std::string(static_cast<std::size_t>(block_width_ - CellsWidth() + kBetween), ' ');
      }
      EndLine(text);
    }
  }

  static void EndLine(std::string& text) {
    while (text.back() == ' ') text.pop_back();
    text += '\n';
  }

  const WorkedExample& example_;
  const std::vector<double>& values_;
  const Window& window_;
  GridOptions options_;
  std::size_t number_width_ = 1, letter_width_ = 0;
  int decimals_ = 0;
  int block_width_ = 0, channels_per_line_ = 1;
};

}  // namespace

std::string StatisticColor(std::size_t statistic) {
  // Light backgrounds of the 256-colour palette, neighbours far apart, under black text.
  constexpr int kColors[] = {153, 222, 151, 218, 195, 228, 183, 216, 159, 193, 189, 224};
  return fmt::format("\x1b[30;48;5;{}m", kColors[statistic % std::size(kColors)]);
}

std::string TextGrid(const WorkedExample& example, const std::vector<double>& values,
                     const Window& window, const GridOptions& options) {
  GridOptions used = options;
  if (!example.input.method->has_statistics) used = {};
  return Grid(example, values, window, used).Text();
}

}  // namespace normlab
