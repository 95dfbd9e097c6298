// Which curves a run's report shows.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/figures/chart.h"

namespace normlab {

struct StyledModel {
  const Model* model;
  std::size_t style;  // ModelStyle's
};
// A model keeps its style in every figure while there are styles enough, else they are dealt out
// anew.
std::vector<StyledModel> StyledModels(const std::vector<Model>& models,
                                      const std::vector<std::size_t>& chosen);

// Several models together over the epochs. No panels where no arm has an epoch.
Chart TestLossChart(const std::vector<StyledModel>& models, const std::string& name,
                    const std::string& title);
Chart TestAccuracyChart(const std::vector<StyledModel>& models, const std::string& name,
                        const std::string& title);

// Train and test (and validation) loss and accuracy of one model of GroupArms(run).
Chart ModelChart(const RunRecord& run, const Model& model, std::size_t index,
                 const std::string& name, const std::string& subject);

// The panel as given, and from some epochs on its later half beside it, enlarged; none where no
// line has a point. Sets the panel's last epoch.
std::vector<Panel> WithLaterHalf(Panel panel);

// "mean of n = 3 seeds, band from lowest to highest", or the seed.
std::string SeedsText(const std::vector<Model>& models);

}  // namespace normlab
