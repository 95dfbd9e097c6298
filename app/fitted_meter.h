// tqdm's line on a terminal of any width.
#pragma once

#include <string>
#include <vector>

#include "study/log_lines.h"

namespace normlab {

// FormatMeter with the first of `prefixes` that leaves `meter.columns` room for all of it. Where
// none does, what matters most: the last prefix, the share and a bar; without room for a bar, the
// share behind as much of the prefix as fits; at last the bar alone. Never wider than
// `meter.columns`, unless that is 0: then the width is not known, and the first is taken.
std::string FittedMeter(Meter meter, const std::vector<std::string>& prefixes);

}  // namespace normlab
