// The table of results: one row an arm, and with several seeds the mean and deviation of each
// model.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

// Plain text in aligned columns, for the terminal. Ends with a newline.
std::string ResultsTable(const RunRecord& run);

// "-" of a training that has none yet.
std::string BestEpochText(const ArmRecord& arm);

// On what the best epochs were picked.
std::string BestEpochNote(const RunRecord& run);

// How the other columns are to be read, and which arms are not finished; a sentence each. Words of
// the records stand in them as they are.
std::vector<std::string> ResultNotes(const RunRecord& run);

}  // namespace normlab
