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

struct AccountPart {
  enum class Kind { kTitle, kHeading, kParagraph, kLines, kGrid };
  Kind kind;
  std::string text = {};  // of a title, a heading, a paragraph
  bool is_code = false;   // the heading is one of the equation's language
  std::vector<std::string> lines = {};
  std::optional<NumberGrid> grid = {};
};
using Account = std::vector<AccountPart>;

AccountPart Heading(const std::string& text, bool is_code = false);
AccountPart Paragraph(const std::string& text);
AccountPart Lines(std::vector<std::string> lines);
AccountPart Grid(NumberGrid grid);

// "Group normalization with G = 2 on x of 2x4x2x2 (images, channels, rows, columns), in training"
std::string TitleText(const ExampleInput& input);

Account ExampleAccount(const WorkedExample& example);
// The numbers alone, without title and equation.
Account NumbersAccount(const WorkedExample& example);

// The axes of the statistics, where all reductions of the example keep the same ones.
std::optional<Axes> OnePooling(const WorkedExample& example);

// `color`: backgrounds tell the letters apart too.
std::string AccountText(const Account& account, bool color);
// CommonMark with GitHub's tables; the title's heading is of this level, the others one deeper.
std::string AccountMarkdown(const Account& account, int heading_level);

// How much of a grid is printed: the first places along each axis, all of them of x with up to
// kFullyPrintedValues values.
inline constexpr std::size_t kFullyPrintedValues = 256;
struct PrintedPart {
  int images, channels, rows, columns;
};
PrintedPart PrintedOf(const NumberGrid& grid);

}  // namespace normlab
