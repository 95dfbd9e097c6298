// Which curves a run's report shows.
#pragma once

#include <string>
#include <vector>

#include "report/chart.h"
#include "report/run_folder.h"

namespace normlab {

// Graph 1: the test loss of all models together. Graph 2: their test accuracy. `subject` says what
// was trained, for the title. No panels when no arm has an epoch.
Chart TestLossChart(const RunRecord& run, const std::string& subject);
Chart TestAccuracyChart(const RunRecord& run, const std::string& subject);

// Train and test (and validation) loss and accuracy of one model of GroupArms(run).
Chart ModelChart(const RunRecord& run, const Model& model, std::size_t index,
                 const std::string& name, const std::string& subject);

// "mean of n = 3 seeds, band from lowest to highest", or the seed.
std::string SeedsText(const std::vector<Model>& models);

}  // namespace normlab
