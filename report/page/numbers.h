// Numbers as the page's JSON holds them.
#pragma once

#include <nlohmann/json.hpp>

namespace normlab {

using PageJson = nlohmann::ordered_json;

// Seven significant digits, which is more than the page shows; null for what is not finite.
PageJson PageNumber(double value);

}  // namespace normlab
