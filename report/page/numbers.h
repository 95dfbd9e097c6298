// Numbers as the page's JSON holds them.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

namespace normlab {

using PageJson = nlohmann::ordered_json;

// Seven significant digits, which is more than the page shows; null for what is not finite.
PageJson PageNumber(double value);

// {"n": 5, "mean": 76.4, "deviation": 0.2, "low": 76.1, "high": 76.7}: the last three, of the 95 %
// t interval, from two values on. NaN are not counted; null where nothing is left.
PageJson PageSample(const std::vector<double>& values);

// Of so many epochs every `step`-th, beside the first and the last: their places, from 0.
std::vector<std::size_t> KeptEpochs(std::size_t epochs, std::size_t step);

}  // namespace normlab
