#include "data/user_dataset.h"

#include <fmt/format.h>

#include "base/error.h"
#include "data/idx_pair.h"
#include "data/image_folder.h"
#include "data/statistics.h"

namespace normlab {
namespace {

[[noreturn]] void RefuseChange(const DatasetInfo& info) {
  throw DataError(fmt::format(
      "{}: its files changed while normlab was at work; start again when they rest", info.name));
}

void CheckUnchanged(const DatasetInfo& info, const Dataset& dataset) {
  if (dataset.classes() != info.classes || dataset.shape != info.shape ||
      dataset.train.size() != static_cast<std::size_t>(info.train_images) ||
      dataset.test.size() != static_cast<std::size_t>(info.test_images)) {
    RefuseChange(info);
  }
}

}  // namespace

DatasetInfo DescribeUserDataset(const DatasetSpec& spec) {
  return spec.kind == DatasetSpec::Kind::kFolder ? DescribeImageFolder(spec)
                                                 : DescribeIdxPair(spec);
}

Dataset LoadUserDataset(const DatasetInfo& info) {
  const DatasetSpec spec = ParseDatasetSpec(info.name);
  if (DescribeUserDataset(spec).fingerprint != info.fingerprint) RefuseChange(info);
  Dataset dataset;
  dataset.name = info.name;
  dataset.title = info.title;
  dataset.shape = info.shape;
  if (spec.kind == DatasetSpec::Kind::kFolder) {
    LoadImageFolder(spec, dataset);
  } else {
    LoadIdxPair(spec, dataset);
  }
  CheckUnchanged(info, dataset);
  dataset.statistics = ComputeStatistics(dataset.train, dataset.shape);
  return dataset;
}

}  // namespace normlab
