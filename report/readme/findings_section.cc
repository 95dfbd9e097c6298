#include "report/findings/findings.h"

#include "base/escape.h"
#include "base/text_table.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"

namespace normlab {
namespace {

std::string Details(const FindingSection& section) {
  std::string list;
  for (const std::string& sentence : section.sentences)
    list += "- " + MarkdownText(sentence) + "\n";
  return section.answer.meaning.empty() ? "\n" + list
                                        : Folded("The figures, and how they were found", list);
}

std::string Section(const FindingSection& section) {
  std::string text = "\n### " + MarkdownText(section.title) + "\n";
  const auto& [meaning, table] = section.answer;
  if (!meaning.empty()) text += "\n**" + MarkdownText(meaning) + "**\n";
  if (!table.empty()) text += "\n" + MarkdownTable(table);
  return text + Details(section);
}

}  // namespace

std::string FindingsSection(const ReadmeContext& context) {
  if (!context.images.counted || context.images.test_images == 0) {
    return "The findings are left out: how many test images there are is not known without the "
           "data set.\n";
  }
  std::string text;
  for (const FindingSection& section : context.findings) text += Section(section);
  return text;
}

}  // namespace normlab
