#include "report/findings/findings.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"

namespace normlab {
namespace {

// Of more sentences than a reader takes in, the first are open and the others folded.
constexpr std::size_t kMostOpen = 12, kFirst = 8;

std::string List(const FindingSection& section, std::size_t first, std::size_t end) {
  std::string text;
  for (std::size_t i = first; i < end; ++i) {
    text += "- " + MarkdownText(section.sentences[i]) + "\n";
  }
  return text;
}

}  // namespace

std::string FindingsSection(const ReadmeContext& context) {
  if (!context.images.counted || context.images.test_images == 0) {
    return "The findings are left out: how many test images there are is not known without the "
           "data set.\n";
  }
  std::string text;
  for (const FindingSection& section :
       Findings(context.run, static_cast<int>(context.images.test_images))) {
    const std::size_t all = section.sentences.size(), open = all > kMostOpen ? kFirst : all;
    text += "\n### " + MarkdownText(section.title) + "\n\n" + List(section, 0, open);
    if (open < all) text += Folded(fmt::format("{} more", all - open), List(section, open, all));
  }
  return text;
}

}  // namespace normlab
