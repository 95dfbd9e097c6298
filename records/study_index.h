// study.json: what a run folder holds, and how far each arm is.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "config/limits.h"

namespace normlab {

struct ArmEntry {
  std::string folder;  // name within the run: "batch-seed1"
  std::string label;   // what a figure says: "batch", or "batch, l2 = 0.001"
  std::string norm;
  std::uint64_t seed = 0;
  // "pending", "interrupted" (also while it trains), "finished", "diverged"; "dropped": a tuning
  // gave it up.
  std::string state = "pending";
  std::string message;  // where it diverged
  int best_epoch = 0;
  double seconds = 0;  // of the whole training
  bool settled() const { return state == "finished" || state == "diverged" || state == "dropped"; }
};

struct StudyFacts {
  std::string configuration;  // PlanHash
  std::string recipe;         // its name
  std::string dataset;        // "fashion-mnist"
  std::vector<std::string> class_names;
  // Else the best epoch was picked on the test set: the seed's habit.
  bool best_on_validation = false;
  Limits limits;
  bool tuning = false;            // its arms are trials, which no test image was shown to
  std::string started, finished;  // as written, empty when unknown
};

struct StudyIndex : StudyFacts {
  std::vector<ArmEntry> arms;
};

// [limits] as study.json and the page hold them.
nlohmann::ordered_json LimitsJson(const Limits& limits);

void WriteStudyIndex(const std::string& folder, const StudyIndex& index);
// Throws DataError where it is missing, broken or of another version, naming file and field.
StudyIndex ReadStudyIndex(const std::string& folder);

}  // namespace normlab
