// How what the page shows is called and written: its TypeScript has no list of its own.
#pragma once

#include "report/page/numbers.h"

namespace normlab {

// Lists of {name, title, decimals, note}: `results` of a training, `curves` over the epochs,
// `layers` of a layer, `statistics` of a kind of statistics.
PageJson QuantitiesJson();

}  // namespace normlab
