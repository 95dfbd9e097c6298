#include "report/readme/markdown.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "base/html.h"

namespace normlab {

std::string Folded(const std::string& summary, const std::string& body) {
  return fmt::format("\n<details>\n<summary>{}</summary>\n\n{}\n</details>\n",
                     HtmlText(PlainLine(summary)), body);
}

std::string Anchor(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    if (c == ' ') anchor += '-';
    if (c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) anchor += c;
    if (c >= 'A' && c <= 'Z') anchor += static_cast<char>(c - 'A' + 'a');
  }
  return anchor;
}

std::string FigureList(const std::vector<Figure>& figures, int& number) {
  std::string text;
  for (const Figure& figure : figures) {
    ++number;
    const std::string stem = "figures/" + LinkTarget(figure.name);
    if (figure.drawn) {
      text += fmt::format("\n[![{}]({}.png)]({}.svg)\n", MarkdownText(figure.alt), stem, stem);
    } else {
      text += fmt::format("\n({} is not drawn.)\n", MarkdownText(figure.alt));
    }
    text += fmt::format("\n**Figure {}.** {} ([script]({}.gp), [data]({}.csv))\n", number,
                        MarkdownText(figure.caption), stem, stem);
  }
  return text;
}

}  // namespace normlab
