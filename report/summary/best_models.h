// Which models stand for their normalization, where a normalization has several.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/summary/summary.h"

namespace normlab {

// Models of one normalization, as indices into GroupArms(run), in the run's order.
struct NormFamily {
  std::string norm;
  std::vector<std::size_t> models;
};
std::vector<NormFamily> NormFamilies(const std::vector<Model>& models);

// True where some normalization has more than one model.
bool HasSettingsToCompare(const std::vector<Model>& models);

// Of each normalization the model with the highest mean of the last epoch's validation accuracy, or
// of the test accuracy where no images are held out, over finished seeds; the first of equals. A
// normalization without a finished training has none.
std::vector<std::size_t> BestOfEachNorm(const RunRecord& run, const std::vector<Model>& models);

// "by the mean validation accuracy after the last epoch", and a warning where it was the test set.
std::string HowBestWereChosen(const RunRecord& run);

}  // namespace normlab
