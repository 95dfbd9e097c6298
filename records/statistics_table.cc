#include "records/statistics_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"

namespace normlab {
namespace {

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

// The kinds of the epochs, line after line.
class Epochs {
 public:
  explicit Epochs(const CsvTable& table) : table_(table) {}

  void Add(std::size_t row, const StatisticsScore& line) {
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

const RecordTable<StatisticsScore>& StatisticsTable() {
  using Row = StatisticsScore;
  const RecordColumn<Row> kind = {
      "statistics",
      "`shared`: running statistics, one set for all applications of a repeated unit; "
      "`per_application`: running ones, a set for each; `reestimated_shared`, "
      "`reestimated_per_application`: from a fixed draw of 10,000 training images after the epoch, "
      "without augmentation and dropout, in batches of the training's size, pooled over the "
      "applications or not (Wu & Johnson 2021); `batch`: each test batch's own. Where no unit is "
      "applied twice there are only `shared`, `reestimated_shared` and `batch`",
      [](const Row& row) { return std::string(NamesOf(row.kind).name); },
      [](const CsvCell& cell, Row& row) {
        const auto found = FindStatisticsKind(cell.Text());
        if (!found) cell.Fail("one of " + Words(ExpectedKinds(true)));
        row.kind = *found;
      }};
  RecordColumn<Row> accuracy = RealColumn("test_accuracy", &Row::test_accuracy);
  accuracy.read = [](const CsvCell& cell, Row& row) {
    row.test_accuracy = cell.Number();
    if (!(row.test_accuracy >= 0 && row.test_accuracy <= 100)) cell.Fail("a number from 0 to 100");
  };
  static const RecordTable<Row> table({
      WholeColumn("epoch", &Row::epoch, 1, "1, 2, 3, …"),
      kind,
      RealColumn(
          "test_loss", &Row::test_loss,
          "as in `metrics.csv`, whose own are with the statistics that `bn_statistics` names; "
          "the loss is empty where it is not finite",
          Digits::kShortest, Empty::kNotFinite),
      accuracy,
  });
  return table;
}

std::vector<StatisticsScore> ReadStatistics(const std::string& path, std::size_t epochs) {
  const CsvTable table(path);
  std::vector<StatisticsScore> rows = StatisticsTable().Read(table);
  Epochs seen(table);
  for (std::size_t r = 0; r < rows.size(); ++r) seen.Add(r, rows[r]);
  if (!rows.empty()) seen.Close(rows.size() - 1);
  if (epochs > 0 && static_cast<std::size_t>(seen.epoch()) != epochs) {
    throw DataError(
        fmt::format("{}:{}: expected the {} epochs of metrics.csv, found {}; train this arm again",
                    path, rows.size() + 1, epochs, seen.epoch()));
  }
  return rows;
}

std::vector<StatisticsScore> ReadOwnStatistics(const std::string& path) {
  const CsvTable table(path);
  return InEpochs(ReadOwn(StatisticsTable(), table), table);
}

}  // namespace normlab
