#include "summary/markdown.h"

#include <fmt/format.h>

namespace normlab {
namespace {

// A renderer swallows plain spaces at the beginning of a cell.
TreeStyle MarkdownTree() {
  TreeStyle tree = UnicodeTree();
  for (std::string* part : {&tree.line, &tree.blank}) {
    std::string kept;
    for (const char byte : *part)
      kept += byte == ' ' ? std::string("\u00A0") : std::string(1, byte);
    *part = kept;
  }
  return tree;
}

std::string Row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

std::string List(const std::vector<SummaryLine>& lines) {
  std::string text;
  for (const SummaryLine& line : lines) text += fmt::format("- {}: {}\n", line.label, line.value);
  return text + "\n";
}

std::string Comparison(const Summary& summary, const std::string& heading) {
  std::string text = heading + " Normalizations\n\n" + MarkdownTable(NormTable(summary)) + "\n";
  for (const NormSummary& norm : summary.norms) {
    if (norm.possible()) continue;
    text += fmt::format("- {} is not possible: {}\n", norm.method->name, norm.refusal);
  }
  const std::string activations = ActivationSentence(summary);
  if (!activations.empty()) text += fmt::format("- {}\n", activations);
  text += "\n";
  const Table values = ValuesTable(summary);
  if (values.rows.empty()) return text;
  return text +
         fmt::format("{} Values in one statistic, batch of {}\n\n", heading,
                     summary.options.batch) +
         MarkdownTable(values) + "\n";
}

}  // namespace

std::string MarkdownTable(const Table& table) {
  std::vector<std::string> titles;
  std::string marks = "|";
  for (const TableColumn& column : table.columns) {
    titles.push_back(column.title);
    marks += column.right ? "---:|" : ":---|";
  }
  std::string text = Row(titles) + marks + "\n";
  for (const auto& row : table.rows) text += Row(row);
  return text;
}

std::string SummaryMarkdown(const Summary& summary, int level) {
  const NormSummary& norm = ShownNorm(summary);
  const std::vector<std::string> lines = HeadingLines(summary);
  const std::string heading(static_cast<std::size_t>(level), '#');
  std::string text =
      fmt::format("{} {}\n\n{}\n\n{}.\n\n", heading, lines[0], lines[1], NormHeading(*norm.method));
  text += MarkdownTable(ModuleTable(summary, norm, MarkdownTree())) + "\n";
  text += List(TotalLines(summary, norm)) + List(TorchinfoSizeLines(norm));
  for (const std::string& note : ColumnNotes()) text += note + "\n";
  text += "\n" + ReachSentence(summary, norm) + "\n\n";
  text += fmt::format("In training this engine holds, for batches of {} (MB of 10^6 bytes):\n\n",
                      summary.options.batch);
  text += List(TrainingLines(summary, norm));
  if (summary.norms.size() > 1) text += Comparison(summary, heading + "#");
  if (!summary.warnings.empty()) text += heading + "# Warnings\n\n";
  for (const SummaryWarning& warning : summary.warnings) {
    text += fmt::format("- {}{}\n", warning.norm.empty() ? "" : warning.norm + ": ", warning.text);
  }
  return text;
}

}  // namespace normlab
