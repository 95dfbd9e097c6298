// norms/*.toml, compiled into the program.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "norm/equation/method.h"

namespace normlab {

struct ShippedMethodFile {
  std::string_view name;  // the file's, without .toml
  std::string_view text;
};
const std::vector<ShippedMethodFile>& ShippedMethodFiles();

// The same, parsed, in the order of their names.
const std::vector<std::shared_ptr<const equation::Method>>& ShippedMethods();

}  // namespace normlab
