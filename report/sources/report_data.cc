#include "report/sources/report_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/escape.h"

namespace normlab {

ImageFacts FactsOf(const RunRecord& run, const ReportData& data) {
  if (data.dataset != nullptr) {
    const Dataset& set = *data.dataset;
    return {set.title, true, set.train.size(), set.test.size(), set.shape};
  }
  const DatasetInfo* info = FindPublished(run.dataset);
  if (info == nullptr) return {Shortened(run.dataset, 80), false, 0, 0, {}};
  return {info->title, true, static_cast<std::size_t>(info->train_images),
          static_cast<std::size_t>(info->test_images), info->shape};
}

const DatasetInfo* FindPublished(const std::string& name) {
  const auto found = std::ranges::find(AllDatasets(), name, &DatasetInfo::name);
  return found == AllDatasets().end() ? nullptr : &*found;
}

void CheckDataset(const RunRecord& run, const Dataset& dataset) {
  if (run.dataset != dataset.name) {
    throw DataError(fmt::format("{}/study.json: dataset: expected {}, which was loaded, found {}",
                                run.path, dataset.name, PlainLine(run.dataset)));
  }
  if (run.class_names.size() != dataset.class_names.size()) {
    throw DataError(fmt::format("{}/study.json: class_names: expected the {} of {}, found {}",
                                run.path, dataset.class_names.size(), dataset.title,
                                run.class_names.size()));
  }
}

}  // namespace normlab
