// README.md of a run folder.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "report/figure.h"
#include "report/run_folder.h"

namespace normlab {

// The value of a key of the resolved recipe's base (what stands before the first [[run]]), as it is
// written there, quotes taken off a string; empty when the base lacks it.
std::string RecipeValue(const std::string& recipe_text, const std::string& key);

// "Fashion-MNIST, mnist-8k": what the titles of figures say was trained.
std::string RunSubject(const RunRecord& run, const Dataset& dataset);

struct ReportFigures {
  std::vector<Figure> curves;     // graph 1, graph 2, then one for each model
  std::vector<Figure> galleries;  // one for each model that misses any image
  std::vector<Figure> samples;
};

// `warnings`: what could not be drawn; said at the head of the figures.
std::string RunReadme(const RunRecord& run, const Dataset& dataset, const ReportFigures& figures,
                      const std::vector<std::string>& warnings);

}  // namespace normlab
