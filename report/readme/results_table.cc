#include "report/readme/results_table.h"

#include <fmt/format.h>

#include <vector>

#include "base/escape.h"
#include "base/text_table.h"
#include "report/summary/fair_clock.h"
#include "report/summary/quantities.h"
#include "report/summary/summary.h"
#include "report/text/sample_text.h"

namespace normlab {
namespace {

const std::vector<const Quantity*>& Columns() {
  static const std::vector<const Quantity*> columns = QuantitiesNamed(
      {"maximum_train_accuracy", "final_train_accuracy", "maximum_test_accuracy",
       "final_test_accuracy", "best_epoch_test_accuracy", "final_test_loss", "seconds_per_epoch"});
  return columns;
}

Cells ArmCells(const RunRecord& run) {
  Cells cells(1, {"model", "seed", "best epoch"});
  for (const Quantity* column : Columns()) cells[0].emplace_back(column->title);
  cells[0].push_back("state");
  for (const ArmRecord& arm : run.arms) {
    std::vector<std::string> row = {arm.label, fmt::to_string(arm.seed),
                                    arm.best_epoch > 0 ? fmt::to_string(arm.best_epoch) : "-"};
    for (const Quantity* column : Columns()) {
      row.push_back(DecimalText(column->value(arm), column->decimals));
    }
    row.push_back(arm.state);
    cells.push_back(std::move(row));
  }
  return cells;
}

// Only finished arms: the final value of one that stopped early is another quantity.
Cells ModelCells(const std::vector<Model>& models) {
  Cells cells(1, {"model", "n"});
  for (const Quantity* column : Columns()) cells[0].emplace_back(column->title);
  for (const Model& model : models) {
    std::vector<const ArmRecord*> finished;
    for (const ArmRecord* arm : model.arms) {
      if (arm->state == "finished") finished.push_back(arm);
    }
    std::vector<std::string> row = {
        model.label, finished.size() == model.arms.size()
                         ? fmt::to_string(finished.size())
                         : fmt::format("{} of {}", finished.size(), model.arms.size())};
    for (const Quantity* column : Columns()) {
      row.push_back(MeanText(Sample(finished, *column), column->decimals));
    }
    cells.push_back(std::move(row));
  }
  return cells;
}

}  // namespace

std::string BestEpochNote(const RunRecord& run) {
  return run.best_on_validation
             ? "Best epoch: picked on the validation split, which was held out of the training "
               "images."
             : "Best epoch: picked on the test set, as the seed did, so its accuracy flatters; "
               "compare the final column.";
}

std::vector<std::string> ResultNotes(const RunRecord& run) {
  std::vector<std::string> notes;
  notes.push_back(
      "Accuracies in percent. Max: the highest of all epochs, which flatters on the test set. "
      "Final "
      "and test loss: after the last epoch.");
  notes.push_back("Train: the running mean over an epoch's batches, as trained.");
  if (SeveralSeeds(GroupArms(run))) {
    notes.push_back(
        "n is the number of finished seeds; ± is the standard deviation over them (n - 1).");
  }
  const std::string caution = ClockCaution(run);
  if (!caution.empty()) notes.push_back(caution);
  for (const ArmRecord& arm : run.arms) {
    if (arm.state == "finished") continue;
    std::string note = fmt::format("{}, seed {}: {} after {} whole epochs", arm.label, arm.seed,
                                   arm.state, arm.metrics.size());
    if (!arm.message.empty()) note += fmt::format(" ({})", arm.message);
    notes.push_back(note + ".");
  }
  return notes;
}

std::string ResultsTable(const RunRecord& run) {
  const std::vector<Model> models = GroupArms(run);
  const bool several = SeveralSeeds(models);
  std::string text = AlignedTable(ArmCells(run)) + '\n';
  if (several) text += AlignedTable(ModelCells(models)) + '\n';
  text += BestEpochNote(run) + '\n';
  for (const std::string& note : ResultNotes(run)) text += PlainLine(note) + '\n';
  return text;
}

}  // namespace normlab
