// The images that a report shows, and what is known of them where they are not on this machine.
#pragma once

#include <cstddef>
#include <string>

#include "augment/augment.h"
#include "base/shape.h"
#include "data/dataset.h"
#include "records/run_folder.h"

namespace normlab {

struct ReportData {
  const Dataset* dataset = nullptr;  // null: not on this machine
  std::string problem;               // why, one line
  // Shown on the samples; null where nothing is augmented, or not by all trainings alike.
  const Augmentation* augmentation = nullptr;
};

// Of a published data set the name tells it all, of a user's own only the images themselves.
struct ImageFacts {
  std::string title;
  bool counted = false;  // false: only the title is known
  std::size_t train_images = 0, test_images = 0;
  Shape shape;
};
ImageFacts FactsOf(const RunRecord& run, const ReportData& data);

// nullptr where the name is none of a published data set.
const DatasetInfo* FindPublished(const std::string& name);

// Throws DataError where the data set is another than the run's.
void CheckDataset(const RunRecord& run, const Dataset& dataset);

}  // namespace normlab
