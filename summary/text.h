// A summary for a terminal.
#pragma once

#include <string>

#include "summary/summary.h"

namespace normlab {

// `ascii`: the tree in plain characters.
std::string SummaryText(const Summary& summary, bool ascii);

}  // namespace normlab
