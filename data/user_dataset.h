// A user's own data set, from its name to its images.
#pragma once

#include "data/dataset.h"
#include "data/dataset_spec.h"

namespace normlab {

// What can be known without the pixels. Throws DataError when the files are no data set.
DatasetInfo DescribeUserDataset(const DatasetSpec& spec);

// `info` is what was known before; throws DataError when the files are others by now, or broken.
Dataset LoadUserDataset(const DatasetInfo& info);

}  // namespace normlab
