#include <fmt/format.h>

#include <map>
#include <mutex>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "data/dataset.h"
#include "data/dataset_spec.h"
#include "data/user_dataset.h"

namespace normlab {
namespace {

// A plan asks for each arm several times, and must get the same answer; a folder of many files
// takes a while to look through. References into a map stay good.
const DatasetInfo& FindUserDataset(const DatasetSpec& spec) {
  static std::mutex mutex;
  static std::map<std::string, DatasetInfo> known;
  const std::lock_guard lock(mutex);
  const auto found = known.find(spec.name);
  if (found != known.end()) return found->second;
  return known.emplace(spec.name, DescribeUserDataset(spec)).first->second;
}

}  // namespace

const DatasetInfo& FindDatasetInfo(std::string_view name) {
  if (IsDatasetSpec(name)) return FindUserDataset(ParseDatasetSpec(name));
  std::vector<std::string> names;
  for (const DatasetInfo& info : AllDatasets()) {
    if (info.name == name) return info;
    names.push_back(info.name);
  }
  throw UsageError(fmt::format(
      "unknown data set '{}': expected one of {}, or your own as folder:DIR or idx:DIR{}",
      Printable(name), Join(names), NearestWords(name, names)));
}

}  // namespace normlab
