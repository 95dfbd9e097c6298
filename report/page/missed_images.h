// The test images that trainings miss: which of them a page shows.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "records/run_folder.h"

namespace normlab {

struct MissedImage {
  int index = 0;      // in the test split
  int truth = 0;      // class
  int trainings = 0;  // that miss it
};

// Every image once: those that most trainings miss first, of equals the lower index.
std::vector<MissedImage> RankMisses(const std::vector<const ArmRecord*>& arms);

// The first images that have at most `rows` misses together.
std::size_t ImagesWithin(const std::vector<MissedImage>& images, std::size_t rows);

// Pictures of the first images as PNG in Base64, as many as `bytes` characters hold, quotes and
// commas counted.
std::vector<std::string> Pictures(const std::vector<MissedImage>& images, const Dataset& dataset,
                                  std::size_t bytes);

// Throws DataError, naming the run, where the arms' misses and the data set contradict each other.
void CheckMisses(const RunRecord& run, const Dataset& dataset);

}  // namespace normlab
