// One model's test accuracy over the epochs, a line for each kind of statistics.
#pragma once

#include <string>

#include "report/figures/chart.h"
#include "report/summary/statistics_quantities.h"

namespace normlab {

Chart StatisticsChart(const ComparedModel& model, const std::string& name,
                      const std::string& subject);

}  // namespace normlab
