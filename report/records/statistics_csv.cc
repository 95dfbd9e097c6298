#include "report/records/statistics_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "base/text_file.h"
#include "norm/statistics_kind.h"
#include "report/records/csv.h"
#include "report/text/escape.h"

namespace normlab {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

using Kinds = std::set<StatisticsKind>;

std::string Words(const Kinds& kinds) {
  std::vector<std::string> words;
  for (const StatisticsKind kind : kinds) words.emplace_back(NamesOf(kind).name);
  return Join(words);
}

// Those that a file has: all, or those of a network that repeats no unit.
Kinds ExpectedKinds(bool per_application) {
  const std::vector<StatisticsKind> kinds = StatisticsKinds(per_application);
  return {kinds.begin(), kinds.end()};
}

StatisticsKind KindAt(const CsvTable& table, std::size_t row, std::size_t column) {
  const std::string& found = table.Text(row, column);
  if (const auto kind = FindStatisticsKind(found)) return *kind;
  table.Fail(row, fmt::format("statistics: expected one of {}, found \"{}\"",
                              Words(ExpectedKinds(true)), PlainLine(Shortened(found, 40))));
}

// The kinds of the epochs, line after line.
class Epochs {
 public:
  explicit Epochs(const CsvTable& table) : table_(table) {}

  void Add(std::size_t row, const StatisticsRow& line) {
    if (line.epoch != epoch_) {
      if (row > 0) Close(row - 1);
      ++epoch_;
      if (line.epoch != epoch_) {
        table_.Fail(row, fmt::format("epoch: expected {}, found {}", epoch_, line.epoch));
      }
    }
    if (!kinds_.insert(line.kind).second) {
      table_.Fail(row, fmt::format("statistics: expected each kind once in epoch {}, found {} a "
                                   "second time",
                                   epoch_, NamesOf(line.kind).name));
    }
  }

  // `last`: the row that the epoch ends with.
  void Close(std::size_t last) {
    if (expected_.empty()) {
      expected_ = ExpectedKinds(kinds_.contains(StatisticsKind::kPerApplication) ||
                                kinds_.contains(StatisticsKind::kReestimatedPerApplication));
    }
    if (kinds_ != expected_) {
      table_.Fail(last, fmt::format("statistics: expected {} in epoch {}, found {}",
                                    Words(expected_), epoch_, Words(kinds_)));
    }
    kinds_.clear();
  }

  int epoch() const { return epoch_; }

 private:
  const CsvTable& table_;
  int epoch_ = 0;
  Kinds kinds_, expected_;
};

}  // namespace

std::vector<StatisticsRow> ReadStatisticsCsv(const std::string& path, std::size_t epochs) {
  const CsvTable table(path, ReadTextFile(path));
  const std::size_t epoch = table.Column("epoch"), kind = table.Column("statistics"),
                    loss = table.Column("test_loss"), accuracy = table.Column("test_accuracy");
  std::vector<StatisticsRow> rows(table.rows());
  Epochs seen(table);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    rows[r].epoch = table.Integer(r, epoch, 1, std::numeric_limits<int>::max());
    rows[r].kind = KindAt(table, r, kind);
    rows[r].test_loss = table.Text(r, loss).empty() ? kUnknown : table.Number(r, loss);
    rows[r].test_accuracy = table.Number(r, accuracy);
    if (!(rows[r].test_accuracy >= 0 && rows[r].test_accuracy <= 100)) {
      table.Fail(r, fmt::format("test_accuracy: expected a number from 0 to 100, found {}",
                                PlainLine(Shortened(table.Text(r, accuracy), 40))));
    }
    seen.Add(r, rows[r]);
  }
  if (!rows.empty()) seen.Close(rows.size() - 1);
  if (epochs > 0 && static_cast<std::size_t>(seen.epoch()) != epochs) {
    throw DataError(fmt::format("{}:{}: expected the {} epochs of metrics.csv, found {}", path,
                                rows.size() + 1, epochs, seen.epoch()));
  }
  return rows;
}

}  // namespace normlab
