// The run folder's door: made, locked, and refused when it belongs to something else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/plan.h"
#include "records/study_index.h"

namespace normlab {

// `out`, or runs/<recipe>_<10 digits of the hash>.
std::string OutputPath(const StudyPlan& plan, const std::string& hash, const std::string& out);

// Holds the lock of a run folder for as long as it lives. A folder that was made here and in which
// nothing was written is removed again.
class OutputFolder {
 public:
  // `recipe`: as resolved, whose hash it is. Throws UsageError when the folder holds other files or
  // another configuration, and says in which keys; RunError when it cannot be written or another
  // process writes to it.
  OutputFolder(std::string path, const std::string& hash, const std::string& recipe);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::string& path() const { return path_; }
  const std::optional<StudyIndex>& index() const { return index_; }  // of an earlier run
  const std::string& warning() const { return warning_; }            // empty: it is locked
  bool done() const;  // DONE is there: every arm and the report

 private:
  void Make();
  void Lock();
  void Check(const std::string& hash, const std::string& recipe);

  std::string Difference(const std::string& recipe) const;

  std::string path_, warning_;
  std::vector<std::string> made_;  // folders that were not there, outermost first
  int lock_ = -1;
  std::optional<StudyIndex> index_;
};

}  // namespace normlab
