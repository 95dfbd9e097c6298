#include "left_out.h"

#include <cstdlib>

#include "base/error.h"
#include "data/search.h"

namespace normlab {
namespace {

bool IsSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

std::string MissingDataset(const std::string& name) {
  const DatasetInfo& info = FindDatasetInfo(name);
  try {
    FindDataset(info, "");
    return "";
  } catch (const DataError&) {
    return info.title + " is not here; " +
           (name == "fashion-mnist" ? "apt-get install dataset-fashion-mnist"
                                    : "build/normlab data fetch " + name);
  }
}

bool DatasetsAreExpected() { return IsSet("NORMLAB_DATA") || IsSet("CI"); }

}  // namespace normlab
