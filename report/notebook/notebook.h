// notebook.ipynb: a run's tables, curves and galleries as a Jupyter notebook (nbformat 4.5).
//
// Its code cells are the same for every run, report/notebook/cells.py: they read the run's files
// when they are executed, and hold no word of a recipe or a file, but for the way to the run's
// folder where the notebook lies elsewhere. What they show lies in the
// notebook already, so that it can be read without being executed.
#pragma once

#include <string>

#include "records/run_folder.h"

namespace normlab {

// Writes folder/name; pictures are those that lie in run.path/figures. Throws UsageError where a
// file is there that is the user's (base/owned_folder.h; saved by Jupyter without a change it is
// not), RunError when the folder cannot be written.
void WriteNotebook(const RunRecord& run, const std::string& folder, const std::string& name);

// The notebook as JSON, to lie in `folder`.
std::string NotebookJson(const RunRecord& run, const std::string& folder);

}  // namespace normlab
