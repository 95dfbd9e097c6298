// What a tuning found: README.md and its figures in the tuning's folder.
#pragma once

#include <string>
#include <vector>

namespace normlab {

// Of a folder with recipe.toml, study.json and trials.csv. Returns lines to be said. Throws Error
// where one of them is missing or broken.
std::vector<std::string> WriteTuningPage(const std::string& folder);

// The best trial of each arm, for the terminal.
std::string TuningTable(const std::string& folder);

}  // namespace normlab
