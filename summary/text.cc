#include "summary/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "summary/tables.h"

namespace normlab {
namespace {

// Code points; the cells hold no wide or combining ones.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::vector<std::size_t> Widths(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    std::size_t width = Width(table.columns[column].title);
    for (const auto& row : table.rows) width = std::max(width, Width(row[column]));
    widths.push_back(width);
  }
  return widths;
}

class Page {
 public:
  void Line(const std::string& text) { text_ += text + "\n"; }
  void Blank() { text_ += "\n"; }
  void Rule(std::size_t width, char stroke = '=') { text_ += std::string(width, stroke) + "\n"; }

  // Returns the width of its rules.
  std::size_t Add(const Table& table) {
    const std::vector<std::size_t> widths = Widths(table);
    std::size_t total = 2 * (widths.size() - 1);
    for (const std::size_t width : widths) total += width;
    std::vector<std::string> titles;
    for (const TableColumn& column : table.columns) titles.push_back(column.title);
    Rule(total);
    AddRow(table, widths, titles);
    Rule(total);
    for (const auto& row : table.rows) AddRow(table, widths, row);
    Rule(total);
    return total;
  }

  void Add(const std::vector<SummaryLine>& lines) {
    for (const SummaryLine& line : lines) Line(line.label + ": " + line.value);
  }

  std::string text() const { return text_; }

 private:
  void AddRow(const Table& table, const std::vector<std::size_t>& widths,
              const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string space(widths[i] - Width(cells[i]), ' ');
      if (i > 0) line += "  ";
      line += table.columns[i].right ? space + cells[i] : cells[i] + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    Line(line);
  }

  std::string text_;
};

// "Program: the room of batch"; of several "Program: batch, layer by their rooms; mine by its
// equation".
void AddPrograms(Page& page, const Summary& summary) {
  std::vector<std::string> rooms, words;
  for (const NormSummary& norm : summary.norms) {
    if (norm.program.empty()) continue;
    if (summary.norms.size() == 1) return page.Line("Program: " + norm.program);
    if (norm.program == fmt::format("the room of {}", norm.method->name)) {
      rooms.emplace_back(norm.method->name);
    } else {
      words.push_back(fmt::format("{} by {}", norm.method->name, norm.program));
    }
  }
  if (!rooms.empty()) {
    words.insert(words.begin(),
                 Join(rooms) + (rooms.size() == 1 ? " by its room" : " by their rooms"));
  }
  if (!words.empty()) page.Line("Program: " + Join(words, "; "));
}

// "Weights: standardized"; of several "Weights: weight-norm (mean-only-batch)".
void AddWeights(Page& page, const Summary& summary) {
  std::vector<std::string> words;
  const std::string& named = summary.options.options.weights->name;
  if (summary.options.options.weights->acts()) words.push_back(named);
  for (const NormSummary& norm : summary.norms) {
    if (norm.weights.empty() || norm.weights == named) continue;
    words.push_back(fmt::format("{} ({})", norm.weights, norm.method->name));
  }
  if (!words.empty()) page.Line("Weights: " + Join(words, "; "));
}

void AddModules(Page& page, const Summary& summary, const NormSummary& norm, bool ascii) {
  page.Line(NormHeading(*norm.method));
  const std::size_t width =
      page.Add(ModuleTable(summary, norm, ascii ? AsciiTree() : UnicodeTree()));
  page.Add(TotalLines(summary, norm));
  page.Rule(width);
  page.Add(TorchinfoSizeLines(norm));
  page.Rule(width);
  for (const std::string& note : ColumnNotes()) page.Line(note);
  page.Line(ReachSentence(summary, norm));
  page.Blank();
  page.Line(fmt::format("In training this engine holds, for batches of {} (MB of 10^6 bytes):",
                        summary.options.batch));
  page.Add(TrainingLines(summary, norm));
}

void AddComparison(Page& page, const Summary& summary) {
  page.Blank();
  page.Add(NormTable(summary));
  for (const NormSummary& norm : summary.norms) {
    if (!norm.possible()) {
      page.Line(fmt::format("{} is not possible: {}", norm.method->name, norm.refusal));
    }
  }
  const std::string activations = ActivationSentence(summary);
  if (!activations.empty()) page.Line(activations);
  const Table values = ValuesTable(summary);
  if (values.rows.empty()) return;
  page.Blank();
  page.Line(fmt::format("Values in one statistic, batch of {}", summary.options.batch));
  page.Add(values);
}

}  // namespace

std::string SummaryText(const Summary& summary, bool ascii) {
  Page page;
  for (const std::string& line : HeadingLines(summary)) page.Line(line);
  AddPrograms(page, summary);
  AddWeights(page, summary);
  page.Blank();
  AddModules(page, summary, ShownNorm(summary), ascii);
  if (summary.norms.size() > 1) AddComparison(page, summary);
  if (!summary.warnings.empty()) page.Blank();
  for (const SummaryWarning& warning : summary.warnings) {
    page.Line("warning: " + (warning.norm.empty() ? "" : warning.norm + ": ") + warning.text);
  }
  return page.text();
}

}  // namespace normlab
