#include "report/readme/results_table.h"

#include <fmt/format.h>

#include <vector>

#include "base/escape.h"
#include "base/text_table.h"
#include "report/summary/fair_clock.h"
#include "report/summary/result_table.h"
#include "report/summary/summary.h"

namespace normlab {
namespace {

const QuantityList& Columns() {
  static const QuantityList columns = QuantitiesNamed(
      {"maximum_train_accuracy", "final_train_accuracy", "maximum_test_accuracy",
       "final_test_accuracy", "best_epoch_test_accuracy", "final_test_loss", "seconds_per_epoch"});
  return columns;
}

Cells TrainingCells(const RunRecord& run) {
  ResultTable table = TrainingResults(run, Columns());
  table.titles.words.push_back("best epoch");
  table.titles.ending.push_back("state");
  for (std::size_t i = 0; i < run.arms.size(); ++i) {
    table.rows[i].words.push_back(BestEpochText(run.arms[i]));
    table.rows[i].ending.push_back(run.arms[i].state);
  }
  return ResultCells(table);
}

Cells ModelCells(const std::vector<Model>& models) {
  ResultTable table = ModelResults(models, Columns());
  table.titles.words.push_back("n");
  for (std::size_t i = 0; i < models.size(); ++i) {
    table.rows[i].words.push_back(FinishedText(models[i]));
  }
  return ResultCells(table);
}

}  // namespace

std::string BestEpochText(const ArmRecord& arm) {
  return arm.best_epoch > 0 ? fmt::to_string(arm.best_epoch) : "-";
}

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
  std::string text = AlignedTable(TrainingCells(run)) + '\n';
  if (several) text += AlignedTable(ModelCells(models)) + '\n';
  text += BestEpochNote(run) + '\n';
  for (const std::string& note : ResultNotes(run)) text += PlainLine(note) + '\n';
  return text;
}

}  // namespace normlab
