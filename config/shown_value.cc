#include "config/shown_value.h"

#include "norm/filters/filter_method.h"
#include "norm/norm.h"

namespace normlab {

std::string ShownValue(std::string_view key, const std::string& value) {
  if (key == "norm") return DistinctNormLabel(value);
  return key == "weights" ? DistinctFilterLabel(value) : value;
}

}  // namespace normlab
