#include "records/training_tables.h"

#include <algorithm>

namespace normlab {
namespace {

constexpr const char* kEpochs = "1, 2, 3, …";

// Their numbers are 1, 2, 3, ...
template <class Row, class Number>
std::vector<Row> Numbered(std::vector<Row> rows, Number Row::*number, const CsvTable& table) {
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows[r].*number == static_cast<Number>(r + 1)) continue;
    table.Fail(r, fmt::format("{}: expected {}, found {}", table.header().front(), r + 1,
                              rows[r].*number));
  }
  return rows;
}

RecordColumn<LayerStatistics> LayerColumn(const char* name, double LayerStatistics::*field,
                                          const char* meaning = "") {
  return RealColumn(name, field, meaning, Digits::kSeven);
}

// Empty where nothing is kept.
RecordColumn<LayerStatistics> DistanceColumn(const char* name, double LayerStatistics::*field,
                                             const char* meaning) {
  return RealColumn(name, field, meaning, Digits::kSeven, Empty::kNaN);
}

}  // namespace

RecordTable<EpochRecord> MetricsTable(MetricsParts parts) {
  using Row = EpochRecord;
  std::vector<RecordColumn<Row>> columns = {
      WholeColumn("epoch", &Row::epoch, 1, kEpochs),
      Curve("Train loss", 4,
            RealColumn("train_loss", &Row::train_loss, "over the epoch's training batches")),
      Curve("Train accuracy (%)", 2, RealColumn("train_accuracy", &Row::train_accuracy))};
  if (parts.test) {
    columns.push_back(
        Curve("Test loss", 4,
              RealColumn("test_loss", &Row::test_loss, "after the epoch, on the test set")));
    columns.push_back(
        Curve("Test accuracy (%)", 2, RealColumn("test_accuracy", &Row::test_accuracy)));
  }
  const std::vector<RecordColumn<Row>> always = {
      Curve("Penalty of L1 and L2", 4,
            MayBeMissing(
                RealColumn("penalty", &Row::penalty,
                           "l1 sum\\|p\\| + l2/2 sum p² of the weights that the epoch leaves, over "
                           "the parameters that `l1_on` and `l2_on` name, each p² times its "
                           "`decay_multiplier`; without l2 where its decay is decoupled"))),
      RealColumn("learning_rate", &Row::learning_rate, "of the epoch's last step"),
      Time(RealColumn("seconds", &Row::seconds,
                      "the training part of the epoch; the only columns that differ between two "
                      "runs (`clock.csv` beside it may differ too)",
                      Digits::kThreeDecimals)),
      Time(RealColumn("images_per_second", &Row::images_per_second, "", Digits::kOneDecimal))};
  columns.insert(columns.end(), always.begin(), always.end());
  if (parts.validation) {
    columns.push_back(
        Curve("Validation loss", 4,
              RealColumn("validation_loss", &Row::validation_loss,
                         "after the epoch, on the held-out images; only where there are any")));
    columns.push_back(Curve("Validation accuracy (%)", 2,
                            RealColumn("validation_accuracy", &Row::validation_accuracy)));
  }
  if (parts.views) {
    columns.push_back(Curve("Test loss of several views", 4,
                            RealColumn("tta_test_loss", &Row::views_loss,
                                       "of the views of each test image that the key `tta` names, "
                                       "together; only where it names any")));
    columns.push_back(Curve("Test accuracy of several views (%)", 2,
                            RealColumn("tta_test_accuracy", &Row::views_accuracy)));
  }
  return RecordTable<Row>(std::move(columns));
}

const RecordTable<StepRecord>& StepsTable() {
  using Row = StepRecord;
  static const RecordTable<Row> table({
      WholeColumn("step", &Row::step, 1, "from 1, over the whole training"),
      RealColumn("loss", &Row::loss, "the batch's mean without penalties"),
      RealColumn("learning_rate", &Row::lr, "as the step used them"),
      RealColumn("momentum", &Row::momentum),
  });
  return table;
}

const RecordTable<LayerStatistics>& LayersTable() {
  using Row = LayerStatistics;
  static const RecordTable<Row> table({
      WholeColumn("epoch", &Row::epoch, 1,
                  "the application is 1, or 2, 3, … of a unit that is repeated"),
      TextColumn("layer", &Row::layer),
      WholeColumn("application", &Row::application, 1),
      Curve("mean before normalization", 4,
            LayerColumn("mean_before", &Row::mean_before,
                        "over all values of the batch that the normalization reads")),
      Curve("standard deviation before normalization", 4,
            LayerColumn("deviation_before", &Row::deviation_before)),
      Curve("mean after normalization", 4,
            LayerColumn(
                "mean_after", &Row::mean_after,
                "over all that it gives, with weight and bias; without a normalization both pairs "
                "are of what the unit gives")),
      Curve("standard deviation after normalization", 4,
            LayerColumn("deviation_after", &Row::deviation_after)),
      Curve("norm of the weights’ gradient", 4,
            LayerColumn(
                "gradient_norm", &Row::gradient_norm,
                "Euclidean, of the convolution's weights; the gradient is the mean loss's, without "
                "penalties, summed over applications")),
      Curve("norm of the weights", 4, LayerColumn("weight_norm", &Row::weight_norm)),
      Curve(
          "distance of the running mean from the batch’s", 4,
          DistanceColumn("running_mean_distance", &Row::running_mean_distance,
                         "root of the mean over channels of (mean of the batch - running mean)² / "
                         "(running variance + eps)")),
      Curve(
          "distance of the running variance from the batch’s", 4,
          DistanceColumn("running_variance_distance", &Row::running_variance_distance,
                         "root of the mean over channels of ln²((variance of the batch + eps) / "
                         "(running variance + eps)), variances unbiased; both empty where none are "
                         "kept")),
  });
  return table;
}

const RecordTable<ClockRecord>& ClockTable() {
  using Row = ClockRecord;
  RecordColumn<Row> trainings = WholeColumn<Row, int>(
      "trainings", &Row::trainings, 1,
      "side by side, this one among them; empty where their number changed during the epoch");
  const auto whole = trainings;
  trainings.text = [whole](const Row& row) { return row.trainings == 0 ? "" : whole.text(row); };
  trainings.read = [whole](const CsvCell& cell, Row& row) {
    if (!cell.Text().empty()) whole.read(cell, row);
  };
  static const RecordTable<Row> table({
      WholeColumn("epoch", &Row::epoch, 1, kEpochs),
      WholeColumn<Row, int>("threads", &Row::threads, 1, "of this training"),
      trainings,
      TextColumn<Row>("simd", &Row::simd,
                      "as in `environment.json`, of the machine that trained the epoch"),
      TextColumn<Row>("processor", &Row::processor),
  });
  return table;
}

std::vector<EpochRecord> ReadMetrics(const std::string& path) {
  const CsvTable table(path);
  const bool validation = table.Has("validation_loss") || table.Has("validation_accuracy");
  const bool views = table.Has("tta_test_loss") || table.Has("tta_test_accuracy");
  const MetricsParts parts = {.validation = validation, .views = views};
  return Numbered(MetricsTable(parts).Read(table), &EpochRecord::epoch, table);
}

std::vector<LayerStatistics> ReadLayers(const std::string& path) {
  const CsvTable table(path);
  return InEpochs(LayersTable().Read(table), table);
}

std::vector<ClockRecord> ReadClock(const std::string& path) {
  return ClockTable().Read(CsvTable(path));
}

std::vector<EpochRecord> ReadOwnMetrics(const std::string& path, MetricsParts parts) {
  const CsvTable table(path);
  return Numbered(ReadOwn(MetricsTable(parts), table), &EpochRecord::epoch, table);
}

std::vector<StepRecord> ReadOwnSteps(const std::string& path) {
  const CsvTable table(path);
  return Numbered(ReadOwn(StepsTable(), table), &StepRecord::step, table);
}

std::vector<LayerStatistics> ReadOwnLayers(const std::string& path) {
  const CsvTable table(path);
  return InEpochs(ReadOwn(LayersTable(), table), table);
}

}  // namespace normlab
