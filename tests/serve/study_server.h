// A server over a small run folder, with a page that is told by hand.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "serve/server.h"
#include "tests/report/random_run.h"

namespace normlab {

// Everything at the pace of a test.
inline ServerLimits QuickLimits() {
  ServerLimits limits;
  limits.look = std::chrono::milliseconds(20);
  limits.request = std::chrono::milliseconds(500);
  limits.write = std::chrono::milliseconds(500);
  limits.heartbeat = std::chrono::milliseconds(100);
  return limits;
}

// "batch 2, layer 3; ": the epochs of every arm of every run.
inline std::string EpochsOf(const std::vector<RunRecord>& runs) {
  std::string text;
  for (const RunRecord& run : runs) {
    for (const ArmRecord& arm : run.arms) {
      text += fmt::format("{} {}, ", arm.label, arm.metrics.size());
    }
  }
  return text;
}

inline LivePage EpochsPage(const std::vector<RunRecord>& runs) {
  return {"<!DOCTYPE html><p>" + EpochsOf(runs), "{\"epochs\":\"" + EpochsOf(runs) + "\"}"};
}

// One arm, "batch", that trains.
class Study {
 public:
  explicit Study(std::string path) : run_(RandomRun(std::move(path), dataset_, {})) {}

  const std::string& path() const { return run_.path; }

  // As a run leaves its folder after that many epochs.
  void Write(int epochs, const std::string& state = "interrupted") {
    run_.arms = {RandomArm(1, "batch", dataset_, epochs, 2)};
    run_.arms[0].state = state;
    LayDown(run_);
  }
  std::string metrics() const { return path() + "/" + run_.arms[0].folder + "/metrics.csv"; }
  void Remove() const { std::filesystem::remove_all(path()); }

 private:
  Dataset dataset_ = RandomDataset(1, {1, 4, 4}, {"zero", "one", "two"});
  RunRecord run_;
};

}  // namespace normlab
