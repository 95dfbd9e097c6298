// What is told of a worked example, part by part: one account, which a terminal and Markdown write
// each in their way.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explain/worked_example.h"

namespace normlab {

// Values along the axes that they have. With `letters`, some of these axes, the values beside one
// place of them have its letter: they share the statistic that lies there.
struct NumberGrid {
  equation::Extents extents;
  Axes axes;
  Doubles values;
  std::optional<Axes> letters = {};
};

// Of a tensor with more values than kFullyPrintedValues the first places along each axis are
// printed: images, channels, rows, columns.
inline constexpr std::size_t kFullyPrintedValues = 256;
inline constexpr int kPrintedOfALargeOne[] = {2, 4, 4, 6};

class Account {
 public:
  void Title(const std::string& text) { parts_.push_back({Kind::kTitle, {text}, {}}); }
  void Heading(const std::string& text) { parts_.push_back({Kind::kHeading, {text}, {}}); }
  void Paragraph(const std::string& text) { parts_.push_back({Kind::kParagraph, {text}, {}}); }
  void Lines(std::vector<std::string> lines) {
    parts_.push_back({Kind::kLines, std::move(lines), {}});
  }
  void Grid(NumberGrid grid) { parts_.push_back({Kind::kGrid, {}, std::move(grid)}); }

  // `color`: backgrounds tell the letters apart too.
  std::string Text(bool color) const;
  // CommonMark; the title's heading is of this level, the others one deeper.
  std::string Markdown(int heading_level) const;

 private:
  enum class Kind { kTitle, kHeading, kParagraph, kLines, kGrid };
  struct Part {
    Kind kind;
    std::vector<std::string> lines;
    std::optional<NumberGrid> grid;
  };
  std::vector<Part> parts_;
};

// "Group normalization with groups = 2 on x of 2x4x2x2 (images, channels, rows, columns), in
// training"
std::string TitleText(const ExampleInput& input);

Account ExampleAccount(const WorkedExample& example);
// The numbers alone, without title and equation.
Account NumbersAccount(const WorkedExample& example);

// The axes of the statistics, where all reductions of the example keep the same ones.
std::optional<Axes> OnePooling(const WorkedExample& example);

}  // namespace normlab
