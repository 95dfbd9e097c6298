// A whole study: every arm, then the report, then DONE.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "augment/augment.h"
#include "config/plan.h"
#include "data/dataset.h"
#include "study/study_observer.h"

namespace normlab {

// Writes the report of a study whose arms have all ended into its folder, and gives lines to be
// said; `augmentation` is null where nothing is augmented.
using ReportWriter = std::function<std::vector<std::string>(
    const std::string& folder, const Dataset& dataset, const Augmentation* augmentation)>;

struct StudyOptions {
  std::string data_dir;              // empty: the search order alone
  std::string out;                   // empty: runs/<recipe>_<hash>
  std::vector<std::string> command;  // as typed, for environment.json
  ReportWriter write_report;
};

enum class StudyEnd { kFinished, kSomeDiverged, kInterrupted };

struct StudyResult {
  StudyEnd end = StudyEnd::kFinished;
  std::string folder;
  bool trained = false;  // false: everything was there already
};

// The same plan finds its folder again: finished arms are kept, unfinished ones go on, several at
// once as the plan's execution says. Whatever can be refused is refused before data is read. `stop`
// ends the study after the batches that run. Throws Error; what was finished until then is on disk.
// An arm's own error is thrown when the other arms have ended.
StudyResult RunStudy(const StudyPlan& plan, const StudyOptions& options, StudyObserver& observer,
                     const std::atomic<bool>& stop);

}  // namespace normlab
