#include "report/figures/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace normlab {
namespace {

// A later half is worth a panel of its own from this many epochs on.
constexpr int kEpochsForTwoPanels = 6;

std::string ModelLabel(const Model& model) {
  return model.diverged ? model.label + " (diverged)" : model.label;
}

int LastEpoch(const std::vector<ChartLine>& lines) {
  std::size_t last = 0;
  for (const ChartLine& line : lines) last = std::max(last, line.points.size());
  return static_cast<int>(last);
}

ChartLine Line(const Model& model, std::string label, LineStyle style, double EpochRecord::*field) {
  return {std::move(label), std::move(style), Curve(model, field), CurveArms(model).size() > 1};
}

Chart TogetherChart(const std::vector<StyledModel>& models, std::string name, std::string title,
                    Panel panel, double EpochRecord::*field) {
  std::vector<Model> shown;
  for (const StyledModel& model : models) {
    ChartLine line = Line(*model.model, ModelLabel(*model.model), ModelStyle(model.style), field);
    if (!line.points.empty()) panel.lines.push_back(std::move(line));
    shown.push_back(*model.model);
  }
  Chart chart{std::move(name), std::move(title), SeedsText(shown), {}};
  chart.panels = WithLaterHalf(std::move(panel));
  return chart;
}

}  // namespace

// All epochs at the left, so that nothing is hidden; the later half at the right, where the y axis
// lets the differences be seen.
std::vector<Panel> WithLaterHalf(Panel panel) {
  panel.last_epoch = LastEpoch(panel.lines);
  if (panel.last_epoch == 0) return {};
  if (panel.last_epoch < kEpochsForTwoPanels) return {std::move(panel)};
  Panel later = panel;
  later.first_epoch = panel.last_epoch / 2 + 1;
  later.title = fmt::format("epochs {} to {}, enlarged", later.first_epoch, later.last_epoch);
  panel.title = "all epochs";
  panel.shaded_from = later.first_epoch;
  return {std::move(panel), std::move(later)};
}

std::string SeedsText(const std::vector<Model>& models) {
  std::set<std::size_t> counts;
  std::set<std::uint64_t> seeds;
  for (const Model& model : models) {
    const std::vector<const ArmRecord*> arms = CurveArms(model);
    if (!arms.empty()) counts.insert(arms.size());
    for (const ArmRecord* arm : arms) seeds.insert(arm->seed);
  }
  if (counts.empty()) return "no epoch was trained";
  if (*counts.rbegin() == 1) {
    const std::string trainings = models.size() == 1 ? "one training" : "one training each";
    return seeds.size() == 1 ? fmt::format("{}, seed {}", trainings, *seeds.begin()) : trainings;
  }
  const std::string n = *counts.begin() == *counts.rbegin()
                            ? fmt::format("{}", *counts.begin())
                            : fmt::format("{} to {}", *counts.begin(), *counts.rbegin());
  return fmt::format("mean of n = {} seeds, the band reaches from the lowest to the highest", n);
}

std::vector<StyledModel> StyledModels(const std::vector<Model>& models,
                                      const std::vector<std::size_t>& chosen) {
  std::vector<StyledModel> styled;
  for (std::size_t k = 0; k < chosen.size(); ++k) {
    styled.push_back({&models[chosen[k]], models.size() <= kModelColors ? chosen[k] : k});
  }
  return styled;
}

Chart TestLossChart(const std::vector<StyledModel>& models, const std::string& name,
                    const std::string& title) {
  Panel panel;
  panel.y_label = "test loss (nats per image)";
  panel.decimals = 4;
  return TogetherChart(models, name, title, panel, &EpochRecord::test_loss);
}

Chart TestAccuracyChart(const std::vector<StyledModel>& models, const std::string& name,
                        const std::string& title) {
  Panel panel;
  panel.y_label = "test accuracy (%)";
  panel.accuracy = true;
  return TogetherChart(models, name, title, panel, &EpochRecord::test_accuracy);
}

Chart ModelChart(const RunRecord& run, const Model& model, std::size_t index,
                 const std::string& name, const std::string& subject) {
  const LineStyle style = ModelStyle(index);
  const LineStyle train{"#777777", "(8,4)", 6}, test{style.color, "1", style.marker},
      validation{"#222222", "(2,3)", 4};
  Panel loss, accuracy;
  loss.y_label = "loss (nats per image)";
  loss.decimals = 3;
  loss.lines = {Line(model, "train", train, &EpochRecord::train_loss),
                Line(model, "test", test, &EpochRecord::test_loss)};
  accuracy.y_label = "accuracy (%)";
  accuracy.accuracy = true;
  accuracy.lines = {Line(model, "train", train, &EpochRecord::train_accuracy),
                    Line(model, "test", test, &EpochRecord::test_accuracy)};
  if (run.best_on_validation) {
    loss.lines.push_back(Line(model, "validation", validation, &EpochRecord::validation_loss));
    accuracy.lines.push_back(
        Line(model, "validation", validation, &EpochRecord::validation_accuracy));
  }
  Chart chart{name, ModelLabel(model) + ": " + subject, SeedsText({model}), {}};
  loss.last_epoch = accuracy.last_epoch = LastEpoch(loss.lines);
  if (loss.last_epoch > 0) chart.panels = {std::move(loss), std::move(accuracy)};
  return chart;
}

}  // namespace normlab
