#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/text.h"
#include "base/text_table.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"
#include "report/summary/quantities.h"

namespace normlab {
namespace {

enum class Kept { kYes, kNo, kUnknown };

struct Judgement {
  Kept parameters = Kept::kYes, epochs = Kept::kYes, accuracy = Kept::kYes;
  bool yes() const {
    return parameters == Kept::kYes && epochs == Kept::kYes && accuracy == Kept::kYes;
  }
};

Kept Truth(bool kept) { return kept ? Kept::kYes : Kept::kNo; }

// A training that has not finished keeps no limit of the accuracy: its last epoch is another.
Judgement Judge(const ReadmeContext& context, const ArmRecord& arm) {
  const Limits& limits = context.run.limits;
  Judgement judgement;
  const std::size_t parameters = ParametersOf(context, arm);
  if (limits.parameters) {
    judgement.parameters =
        parameters == 0 ? Kept::kUnknown : Truth(parameters <= *limits.parameters);
  }
  if (limits.epochs) {
    judgement.epochs = Truth(arm.metrics.size() <= static_cast<std::size_t>(*limits.epochs));
  }
  if (limits.accuracy) {
    judgement.accuracy =
        Truth(arm.state == "finished" && Value(arm, "final_test_accuracy") >= *limits.accuracy);
  }
  return judgement;
}

std::string ParameterCell(const ReadmeContext& context, const Model& model) {
  const std::size_t parameters = ParametersOf(context, *model.arms.front());
  return parameters == 0 ? "unknown" : WithCommas(parameters);
}

std::string EpochCell(const Model& model) {
  std::size_t most = 0;
  for (const ArmRecord* arm : model.arms) most = std::max(most, arm->metrics.size());
  return fmt::to_string(most);
}

std::string AccuracyCell(const Model& model) {
  std::vector<double> values;
  for (const ArmRecord* arm : FinishedArms(model)) {
    values.push_back(Value(*arm, "final_test_accuracy"));
  }
  if (values.empty()) return "-";
  const auto [low, high] = std::ranges::minmax(values);
  if (values.size() == 1) return fmt::format("{:.2f}", low);
  return fmt::format("{:.2f} to {:.2f}", low, high);
}

std::string Wanted(const Limits& limits) {
  std::vector<std::string> wanted;
  if (limits.parameters) {
    wanted.push_back(fmt::format("at most {} parameters", WithCommas(*limits.parameters)));
  }
  if (limits.epochs) wanted.push_back(fmt::format("at most {} epochs", *limits.epochs));
  if (limits.accuracy) {
    wanted.push_back(
        fmt::format("a test accuracy of at least {:g} % after the last epoch", *limits.accuracy));
  }
  return Join(wanted, "; ");
}

// "by all 3 seeds", "by 2 of 3 seeds".
std::string MetCell(const ReadmeContext& context, const Model& model, bool& all) {
  std::size_t kept = 0;
  bool unknown = false;
  for (const ArmRecord* arm : model.arms) {
    const Judgement judgement = Judge(context, *arm);
    kept += judgement.yes() ? 1 : 0;
    unknown = unknown || judgement.parameters == Kept::kUnknown;
  }
  all = all && kept == model.arms.size();
  if (unknown) return "unknown";
  const std::size_t n = model.arms.size();
  if (n == 1) return kept == 1 ? "yes" : "no";
  return kept == n ? fmt::format("by all {} seeds", n) : fmt::format("by {} of {} seeds", kept, n);
}

}  // namespace

std::string ObjectivesSection(const ReadmeContext& context) {
  const Limits& limits = context.run.limits;
  if (!limits.parameters && !limits.epochs && !limits.accuracy) return "";
  Cells cells(1, {"model"});
  if (limits.parameters) cells[0].push_back("parameters");
  if (limits.epochs) cells[0].push_back("epochs");
  if (limits.accuracy) cells[0].push_back("test final (%)");
  cells[0].push_back("all limits met");
  bool all = true;
  for (const Model& model : context.models) {
    std::vector<std::string> row = {Shortened(model.label, 100)};
    if (limits.parameters) row.push_back(ParameterCell(context, model));
    if (limits.epochs) row.push_back(EpochCell(model));
    if (limits.accuracy) row.push_back(AccuracyCell(model));
    row.push_back(MetCell(context, model, all));
    cells.push_back(std::move(row));
  }
  return fmt::format("The recipe asks of every training: {}. {}\n\n{}", Wanted(limits),
                     all ? "Every training meets all of it."
                         : "Not every training meets all of it, or it is not known.",
                     MarkdownTable(cells));
}

}  // namespace normlab
