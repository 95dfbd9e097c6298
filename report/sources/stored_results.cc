#include "report/sources/stored_results.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "records/csv.h"

namespace normlab {
namespace {

constexpr char kFile[] = "docs/results/zoo/table.csv";

std::uint64_t SeedOf(const std::string& word, const CsvCell& cell) {
  const bool digits = !word.empty() && word.size() <= 16 &&
                      word.find_first_not_of("0123456789") == std::string::npos;
  if (!digits) cell.Fail("seeds with spaces between");
  return std::stoull(word);
}

double AccuracyOf(const std::string& word, const CsvCell& cell) {
  char* end = nullptr;
  const double value = std::strtod(word.c_str(), &end);
  if (end != word.c_str() + word.size() || !(value >= 0 && value <= 100)) {
    cell.Fail("accuracies in percent with spaces between");
  }
  return value;
}

}  // namespace

std::vector<StoredMethod> ParseStoredResults(std::string_view csv) {
  const CsvTable table(kFile, csv);
  const std::size_t norm = table.Column("norm"), weights = table.Column("weights"),
                    rate = table.Column("learning_rate"), parameters = table.Column("parameters"),
                    seeds = table.Column("seeds"), finals = table.Column("finals");
  std::vector<StoredMethod> methods;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    StoredMethod method = {.norm = table.Text(row, norm),
                           .weights = table.Text(row, weights),
                           .learning_rate = table.Number(row, rate)};
    method.parameters = static_cast<std::size_t>(table.Integer(row, parameters, 1, 1 << 30));
    const CsvCell seed_cell(table, row, seeds), final_cell(table, row, finals);
    const std::vector<std::string> seed_words = SplitWords(seed_cell.Text()),
                                   final_words = SplitWords(final_cell.Text());
    if (seed_words.size() != final_words.size()) final_cell.Fail("one accuracy for each seed");
    for (std::size_t i = 0; i < seed_words.size(); ++i) {
      method.finals[SeedOf(seed_words[i], seed_cell)] = AccuracyOf(final_words[i], final_cell);
    }
    if (method.finals.empty()) final_cell.Fail("one accuracy at the least");
    methods.push_back(std::move(method));
  }
  return methods;
}

const std::vector<StoredMethod>& StoredResults() {
  static const std::vector<StoredMethod> methods = ParseStoredResults(StoredResultsText());
  return methods;
}

}  // namespace normlab
