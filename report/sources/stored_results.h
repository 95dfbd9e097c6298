// What the repository keeps of the shipped study `zoo` (docs/results/zoo/table.csv), compiled into
// the program: final accuracies that a method of one's own is set beside.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace normlab {

struct StoredMethod {
  std::string norm, weights;
  double learning_rate = 0;
  std::size_t parameters = 0;
  std::map<std::uint64_t, double> finals =
      {};  // test accuracy after the last epoch, percent, by seed
};

// Columns norm, weights, learning_rate, parameters, seeds, finals; the last two hold as many
// numbers with spaces between. Throws DataError naming the line.
std::vector<StoredMethod> ParseStoredResults(std::string_view csv);

// The file itself.
std::string_view StoredResultsText();

// Empty as long as no method's trainings are kept.
const std::vector<StoredMethod>& StoredResults();

}  // namespace normlab
