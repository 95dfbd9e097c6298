// Random run folders and data sets for the tests of the report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "records/run_folder.h"

namespace normlab {

// A folder of its own below the system's temporary folder, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Random pixels, labels 0, 1, 2, ... in turn.
Dataset RandomDataset(std::uint64_t seed, Shape shape, std::vector<std::string> class_names);

// A finished arm with random numbers; its errors are `misses` random test images.
ArmRecord RandomArm(std::uint64_t seed, const std::string& label, const Dataset& dataset,
                    int epochs, int misses);

// Random lines of every epoch that it trained: all five kinds of statistics, or the three of a
// network without a repeated unit.
void AddRandomStatistics(ArmRecord& arm, bool repeated_block = true);

RunRecord RandomRun(const std::string& path, const Dataset& dataset, std::vector<ArmRecord> arms);

// Lays the run down as files (design: section 3).
void LayDown(const RunRecord& run);

}  // namespace normlab
