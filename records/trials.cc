#include "records/trials.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <system_error>

#include "base/escape.h"
#include "base/text.h"
#include "records/csv.h"

namespace normlab {
namespace {

constexpr int kMost = 1000000;
constexpr std::size_t kFirstRung = 6;  // the column behind those of every tuning
constexpr std::string_view kAfter = "accuracy_after_";

std::string Number(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

double NumberOrNone(const CsvTable& table, std::size_t row, std::size_t column) {
  const bool empty = table.Text(row, column).empty();
  return empty ? std::numeric_limits<double>::quiet_NaN() : table.Number(row, column);
}

// Epochs of the rungs, as the header names them.
std::vector<int> RungsIn(const CsvTable& table) {
  std::vector<int> rungs;
  for (std::size_t c = kFirstRung; c < table.header().size(); ++c) {
    const std::string_view name = table.header()[c];
    if (!name.starts_with(kAfter)) break;
    const std::string_view digits = name.substr(kAfter.size());
    int epochs = 0;
    const auto read = std::from_chars(digits.begin(), digits.end(), epochs);
    if (read.ec != std::errc() || read.ptr != digits.end() || epochs < 1 || epochs > kMost) {
      table.FailHeader(fmt::format("{}EPOCH", kAfter));
    }
    rungs.push_back(epochs);
  }
  if (rungs.empty()) table.FailHeader(fmt::format("{}EPOCH", kAfter));
  return rungs;
}

}  // namespace

std::string TrialsText(const Trials& trials) {
  std::vector<std::string> header = {
      "arm", "trial", "epochs", "state", "validation_accuracy", "validation_loss"};
  for (const int rung : trials.rungs) header.push_back(fmt::format("{}{}", kAfter, rung));
  for (const std::string& key : trials.keys) header.push_back(CsvField(key));
  std::string text = Join(header, ",") + "\n";
  for (const TrialRecord& row : trials.rows) {
    std::vector<std::string> fields = {
        CsvField(row.arm), fmt::to_string(row.trial),       fmt::to_string(row.epochs),
        row.state,         Number(row.validation_accuracy), Number(row.validation_loss)};
    for (const double accuracy : row.at_rungs) fields.push_back(Number(accuracy));
    for (const std::string& value : row.values) fields.push_back(CsvField(value));
    text += Join(fields, ",") + "\n";
  }
  return text;
}

Trials ReadTrials(const std::string& path) {
  const CsvTable table(path);
  Trials trials;
  const std::size_t accuracy = table.Column("validation_accuracy");
  const std::size_t loss = table.Column("validation_loss");
  for (const char* name : {"arm", "trial", "epochs", "state"}) table.Column(name);
  trials.rungs = RungsIn(table);
  const std::size_t first_key = kFirstRung + trials.rungs.size();
  trials.keys.assign(table.header().begin() + static_cast<std::ptrdiff_t>(first_key),
                     table.header().end());
  for (std::size_t r = 0; r < table.rows(); ++r) {
    TrialRecord& row = trials.rows.emplace_back();
    row.arm = table.Text(r, table.Column("arm"));
    row.trial = table.Integer(r, table.Column("trial"), 1, kMost);
    row.epochs = table.Integer(r, table.Column("epochs"), 0, kMost);
    row.state = table.Text(r, table.Column("state"));
    row.validation_accuracy = NumberOrNone(table, r, accuracy);
    row.validation_loss = NumberOrNone(table, r, loss);
    for (std::size_t rung = 0; rung < trials.rungs.size(); ++rung) {
      row.at_rungs.push_back(NumberOrNone(table, r, kFirstRung + rung));
    }
    for (std::size_t k = 0; k < trials.keys.size(); ++k) {
      row.values.push_back(table.Text(r, first_key + k));
    }
  }
  return trials;
}

const TrialRecord* BestTrial(const Trials& trials, const std::string& arm) {
  const TrialRecord* best = nullptr;
  const auto better = [](const TrialRecord& a, const TrialRecord& b) {
    if (a.epochs != b.epochs) return a.epochs > b.epochs;
    if (a.validation_accuracy != b.validation_accuracy) {
      return a.validation_accuracy > b.validation_accuracy;
    }
    return a.validation_loss < b.validation_loss;
  };
  for (const TrialRecord& row : trials.rows) {
    if (row.arm != arm || row.state == "diverged" || std::isnan(row.validation_accuracy)) continue;
    if (best == nullptr || better(row, *best)) best = &row;
  }
  return best;
}

}  // namespace normlab
