// notebook.ipynb: a run's tables, curves and galleries as a Jupyter notebook (nbformat 4.5).
//
// Its code cells are the same for every run, report/notebook/cells.py: they read the run's files
// when they are executed, and hold no word of a recipe or a file. What they show lies in the
// notebook already, so that it can be read without being executed.
#pragma once

#include <string>

#include "report/records/run_folder.h"

namespace normlab {

// Writes run.path/notebook.ipynb; pictures are those that lie in run.path/figures. Throws RunError
// when the folder cannot be written.
void WriteNotebook(const RunRecord& run);

// The notebook as JSON.
std::string NotebookJson(const RunRecord& run);

}  // namespace normlab
