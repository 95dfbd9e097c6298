#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/escape.h"
#include "base/text_table.h"
#include "report/readme/markdown.h"
#include "report/readme/results_table.h"
#include "report/readme/sections.h"
#include "report/summary/quantities.h"
#include "report/text/sample_text.h"

namespace normlab {
namespace {

constexpr std::size_t kLongestLabel = 100;
constexpr std::size_t kOpenArms = 12;  // a table of more is folded

bool AnyClean(const RunRecord& run) {
  return std::any_of(run.arms.begin(), run.arms.end(),
                     [](const ArmRecord& arm) { return arm.last.has_value(); });
}

using QuantityList = std::vector<const Quantity*>;

// Those whose mean is shown with its interval.
bool HasInterval(const Quantity& quantity) {
  return quantity.name == "final_test_accuracy" || quantity.name == "final_test_loss";
}

QuantityList Known(const std::vector<std::string_view>& names, bool clean) {
  QuantityList quantities = QuantitiesNamed(names);
  if (!clean) {
    std::erase_if(quantities, [](const Quantity* each) { return each->name.starts_with("clean"); });
  }
  return quantities;
}

QuantityList Accuracies(bool clean) {
  return Known({"maximum_train_accuracy", "final_train_accuracy", "clean_train_accuracy",
                "maximum_test_accuracy", "best_epoch_test_accuracy", "final_test_accuracy"},
               clean);
}

QuantityList Others(bool clean) {
  return Known({"final_test_loss", "clean_train_loss", "seconds_per_epoch"}, clean);
}

// Over the finished arms that have the value.
SampleSummary KnownSample(const Model& model, const Quantity& quantity) {
  std::vector<const ArmRecord*> arms = FinishedArms(model);
  std::erase_if(arms, [&](const ArmRecord* arm) { return std::isnan(quantity.value(*arm)); });
  return Sample(arms, quantity);
}

std::string CountText(const Model& model) {
  const std::size_t finished = FinishedArms(model).size();
  return finished == model.arms.size() ? fmt::to_string(finished)
                                       : fmt::format("{} of {}", finished, model.arms.size());
}

std::string BestEpochs(const Model& model) {
  int low = 0, high = 0;
  for (const ArmRecord* arm : FinishedArms(model)) {
    if (arm->best_epoch < 1) continue;
    low = low == 0 ? arm->best_epoch : std::min(low, arm->best_epoch);
    high = std::max(high, arm->best_epoch);
  }
  if (high == 0) return "-";
  return low == high ? fmt::to_string(low) : fmt::format("{} to {}", low, high);
}

std::string ModelTable(const ReadmeContext& context, const QuantityList& quantities,
                       bool best_epoch) {
  Cells cells(1, {"model", "n"});
  for (const Quantity* quantity : quantities) {
    cells[0].emplace_back(quantity->title);
    if (HasInterval(*quantity)) cells[0].push_back("95 % interval");
  }
  if (best_epoch) cells[0].push_back("best epoch");
  for (const Model& model : context.models) {
    std::vector<std::string> row = {Shortened(model.label, kLongestLabel), CountText(model)};
    for (const Quantity* quantity : quantities) {
      const SampleSummary sample = KnownSample(model, *quantity);
      row.push_back(MeanText(sample, quantity->decimals));
      if (HasInterval(*quantity)) row.push_back(IntervalText(sample, quantity->decimals));
    }
    if (best_epoch) row.push_back(BestEpochs(model));
    cells.push_back(std::move(row));
  }
  return MarkdownTable(cells);
}

std::string ArmTable(const ReadmeContext& context, const QuantityList& quantities) {
  Cells cells(1, {"model", "seed", "best epoch"});
  for (const Quantity* quantity : quantities) cells[0].emplace_back(quantity->title);
  const bool states = std::any_of(context.run.arms.begin(), context.run.arms.end(),
                                  [](const ArmRecord& arm) { return arm.state != "finished"; });
  if (states) cells[0].push_back("state");
  for (const ArmRecord& arm : context.run.arms) {
    std::vector<std::string> row = {Shortened(arm.label, kLongestLabel), fmt::to_string(arm.seed),
                                    arm.best_epoch > 0 ? fmt::to_string(arm.best_epoch) : "-"};
    for (const Quantity* quantity : quantities) {
      row.push_back(DecimalText(quantity->value(arm), quantity->decimals));
    }
    if (states) row.push_back(arm.state);
    cells.push_back(std::move(row));
  }
  return MarkdownTable(cells);
}

std::string CleanNote(const RunRecord& run) {
  for (const ArmRecord& arm : run.arms) {
    if (!arm.last) continue;
    return fmt::format(
        "- Clean train: after the last epoch, in evaluation mode and without augmentation, on {} "
        "training images that are the same for all models.\n",
        arm.last->clean_train_images);
  }
  return "";
}

// Runs of both kinds in one report have no sentence in common.
bool BestDiffer(const ReadmeContext& context) {
  return std::any_of(context.sources.begin(), context.sources.end(), [&](const RunRecord& run) {
    return run.best_on_validation != context.sources.front().best_on_validation;
  });
}

}  // namespace

std::string ResultsSection(const ReadmeContext& context) {
  const bool clean = AnyClean(context.run);
  const QuantityList accuracies = Accuracies(clean), others = Others(clean);
  std::string text = "Accuracies in percent:\n\n" + ModelTable(context, accuracies, false) +
                     "\nLosses in nats per image, without penalties:\n\n" +
                     ModelTable(context, others, true);
  if (context.run.arms.size() > context.models.size() ||
      FinishedArms(context.models.front()).size() < context.models.front().arms.size()) {
    QuantityList all = accuracies;
    all.insert(all.end(), others.begin(), others.end());
    const std::string table = ArmTable(context, all);
    text += context.run.arms.size() > kOpenArms ? Folded("Every training", table)
                                                : "\nEvery training:\n\n" + table;
  }
  text += "\n";
  if (BestDiffer(context)) {
    text +=
        "- Best epoch: picked on held-out training images in some of the runs and on the test "
        "set in others, where its accuracy flatters; compare the final column.\n";
  } else {
    text += "- " + MarkdownText(BestEpochNote(context.run)) + "\n";
  }
  for (const std::string& note : ResultNotes(context.run)) text += "- " + MarkdownText(note) + "\n";
  return text + CleanNote(context.run);
}

}  // namespace normlab
