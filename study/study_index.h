// study.json: what a run folder holds, and how far each arm is.
#pragma once

#include <string>
#include <vector>

#include "study/plan.h"

namespace normlab {

// "pending", "interrupted" (also while it trains), "finished", "diverged".
struct ArmEntry {
  std::string folder, label, norm;
  std::uint64_t seed = 0;
  std::string state = "pending";
  std::string message;  // where it diverged
  int best_epoch = 0;
  double seconds = 0;
  bool settled() const { return state == "finished" || state == "diverged"; }
};

struct StudyIndex {
  std::string configuration;  // PlanHash
  std::string recipe, dataset;
  std::vector<std::string> class_names;
  std::string best_on;  // "validation" | "test"
  Limits limits;
  std::vector<ArmEntry> arms;
  std::string started, finished;
};

StudyIndex MakeStudyIndex(const StudyPlan& plan, const std::string& hash,
                          const std::vector<std::string>& class_names);
void WriteStudyIndex(const std::string& folder, const StudyIndex& index);
// Throws DataError naming the file.
StudyIndex ReadStudyIndex(const std::string& folder);

}  // namespace normlab
