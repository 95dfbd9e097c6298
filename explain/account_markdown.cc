// The account as Markdown.
#include <fmt/format.h>

#include "base/escape.h"
#include "base/text.h"
#include "explain/account.h"
#include "explain/arithmetic.h"

namespace normlab {
namespace {

using Row = std::vector<std::string>;

std::string TableRow(const Row& row) { return "| " + Join(row, " | ") + " |\n"; }

// A row for every channel of an image, a column for every pixel.
std::string Table(const NumberGrid& grid) {
  const PrintedPart printed = PrintedOf(grid);
  const Axes leading = grid.axes.Without(Axes::Rows().With(Axes::Columns()));
  Row head;
  if (leading.HasAny(Axes::Images())) {
    head.push_back(leading.Has(Axes::GhostImages()) ? "image" : "ghost batch");
  }
  if (leading.HasAny(Axes::Channels())) {
    head.push_back(leading.Has(Axes::Channels()) || !leading.Has(Axes::Groups()) ? "channel"
                                                                                : "group");
  }
  const bool one = printed.rows * printed.columns == 1;
  for (int h = 0; h < printed.rows; ++h) {
    for (int w = 0; w < printed.columns; ++w) {
      head.push_back(one ? "value" : fmt::format("({}, {})", h, w));
    }
  }
  std::string text = TableRow(head) + "|";
  for (std::size_t i = 0; i < head.size(); ++i) text += "---:|";
  text += "\n";
  std::vector<std::size_t> letter_of;
  if (grid.letters) letter_of = Beside(grid.extents, grid.axes, *grid.letters);
  equation::ForEachPlace(grid.extents, leading, [&](std::size_t i, const equation::Place& place) {
    const auto channels = static_cast<std::size_t>(grid.extents.ChannelExtent(leading));
    const std::size_t image = i / channels, channel = i % channels;
    if (image >= static_cast<std::size_t>(printed.images)) return;
    if (channel >= static_cast<std::size_t>(printed.channels)) return;
    Row row;
    if (leading.HasAny(Axes::Images())) row.push_back(std::to_string(image));
    if (leading.HasAny(Axes::Channels())) row.push_back(std::to_string(channel));
    equation::Place at = place;
    for (at.row = 0; at.row < printed.rows; ++at.row) {
      for (at.column = 0; at.column < printed.columns; ++at.column) {
        const std::size_t e = equation::IndexAt(grid.extents, grid.axes, at);
        row.push_back(NumberText(grid.values[e]));
        if (grid.letters) row.back() += " **" + StatisticLetter(letter_of[e]) + "**";
      }
    }
    text += TableRow(row);
  });
  return text + "\n";
}

}  // namespace

std::string AccountMarkdown(const Account& account, int heading_level) {
  std::string text;
  const auto marks = [&](int deeper) {
    return std::string(static_cast<std::size_t>(heading_level + deeper), '#') + " ";
  };
  for (const AccountPart& part : account) {
    switch (part.kind) {
      case AccountPart::Kind::kTitle:
        text += marks(0) + MarkdownText(part.text) + "\n\n";
        break;
      case AccountPart::Kind::kHeading:
        text += marks(1) + (part.is_code ? "`" + part.text + "`" : MarkdownText(part.text)) + "\n\n";
        break;
      case AccountPart::Kind::kParagraph:
        text += MarkdownText(part.text) + "\n\n";
        break;
      case AccountPart::Kind::kLines:
        text += "```text\n" + Join(part.lines, "\n") + "\n```\n\n";
        break;
      case AccountPart::Kind::kGrid:
        text += Table(*part.grid);
    }
  }
  return text;
}

}  // namespace normlab
