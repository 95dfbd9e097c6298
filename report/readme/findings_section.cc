#include "report/findings.h"

#include "report/escape.h"
#include "report/readme/sections.h"

namespace normlab {

std::string FindingsSection(const ReadmeContext& context) {
  if (!context.images.counted || context.images.test_images == 0) {
    return "The findings are left out: how many test images there are is not known without the "
           "data set.\n";
  }
  std::string text;
  for (const FindingSection& section :
       Findings(context.run, static_cast<int>(context.images.test_images))) {
    text += "\n### " + MarkdownText(section.title) + "\n\n";
    for (const std::string& sentence : section.sentences) {
      text += "- " + MarkdownText(sentence) + "\n";
    }
  }
  return text;
}

}  // namespace normlab
