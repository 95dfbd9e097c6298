// The page of report/page as a server shows it.
#pragma once

#include <functional>
#include <string>

#include "serve/live_page.h"

namespace normlab {

// `data_dir`: where data sets lie, before all other places. A data set that is not at hand is a
// page without its images, and a line to `warn`, once.
BuildLivePage StudyPage(const std::string& data_dir, std::function<void(const std::string&)> warn);

}  // namespace normlab
