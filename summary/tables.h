// The tables of a summary as cells, for whoever draws them (text.h, markdown.h).
#pragma once

#include <string>
#include <vector>

#include "summary/summary.h"

namespace normlab {

struct TableColumn {
  std::string title;
  bool right = false;  // aligned at the right
};

struct Table {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::string>> rows;  // a cell for every column
};

// What a tree is drawn with; all of one width.
struct TreeStyle {
  std::string branch, last, line, blank;
};
TreeStyle UnicodeTree();
TreeStyle AsciiTree();

// torchinfo's table, and behind its columns those of the receptive field and of the statistics: the
// model, its layers as often as they are called, and in each block its modules in their order.
Table ModuleTable(const Summary& summary, const NormSummary& norm, const TreeStyle& tree);

// A row for every normalization; "--" where one is not possible.
Table NormTable(const Summary& summary);

// A row for every normalized layer, a column for every normalization with statistics: how many
// values enter one of them.
Table ValuesTable(const Summary& summary);

// torchinfo's lines below its table, in its words, then what it does not say.
struct SummaryLine {
  std::string label, value;
};
std::vector<SummaryLine> TotalLines(const Summary& summary, const NormSummary& norm);
std::vector<SummaryLine> TorchinfoSizeLines(const NormSummary& norm);
std::vector<SummaryLine> TrainingLines(const Summary& summary, const NormSummary& norm);

// The model, its images and what else was chosen.
std::vector<std::string> HeadingLines(const Summary& summary);
std::string NormHeading(const NormMethod& method);
// How a column is to be read.
std::vector<std::string> ColumnNotes();
// Which normalizations are activations too; empty where none is.
std::string ActivationSentence(const Summary& summary);

// What the statistics do to the receptive field.
std::string ReachSentence(const Summary& summary, const NormSummary& norm);

// Whose module table is shown: the first that is possible and has statistics, else the first that
// is possible.
const NormSummary& ShownNorm(const Summary& summary);

}  // namespace normlab
