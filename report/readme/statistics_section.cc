#include <fmt/format.h>

#include "base/escape.h"
#include "base/text_table.h"
#include "norm/statistics_kind.h"
#include "report/findings/finding_words.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"
#include "report/summary/statistics_quantities.h"
#include "report/text/sample_text.h"

namespace normlab {
namespace {

constexpr std::size_t kLongestLabel = 100;

constexpr char kAbout[] =
    "How well a trained batch normalization does on test images depends on what it normalizes them "
    "with. After every epoch the same weights were evaluated with each kind of statistics, so "
    "within a training nothing else differs, and differences are paired by seed: the noise between "
    "seeds is not in them. Running: the moving averages of the training. Re-estimated: of a fixed "
    "draw of up to 10,000 training images after the epoch, without augmentation and dropout, in "
    "batches of the training's size (Wu & Johnson 2021, \"precise batch norm\", arXiv 2105.07576). "
    "{}Each test batch's own: what the training uses, but of test images, so that a prediction "
    "depends on the images beside it.\n";

constexpr char kAboutApplications[] =
    "Shared: one set for all applications of a repeated unit, as PyTorch's module keeps it; per "
    "application: a set for each. ";

constexpr char kAboutColumns[] =
    "Accuracies in percent, differences in points; mean ± standard deviation over n seeds, and of "
    "a difference the mean with its 95 % t interval. Last five: the mean of the last five epochs "
    "(of all where there are fewer). Jitter: the mean absolute change of the test accuracy from "
    "the epoch before, over the last ten epochs (over fewer where there are fewer). The tests are "
    "in the [findings](#findings). Accuracies elsewhere in this report are with the statistics "
    "that the setting `bn_statistics` names, running shared where it is not set. Every epoch: "
    "`statistics.csv` in the folder of each training.\n";

constexpr char kAboutShared[] =
    "Shared: one set for each unit, which is all there is where no unit is repeated. ";

bool AnyRepeats(const std::vector<ComparedModel>& models) {
  for (const ComparedModel& model : models) {
    if (model.Has(StatisticsKind::kPerApplication)) return true;
  }
  return false;
}

std::string MeanOf(const ComparedModel& model, StatisticsKind kind,
                   const StatisticsQuantity& quantity) {
  return MeanText(SummarizeSample(ValuesOf(model, kind, quantity)), quantity.decimals);
}

std::string AgainstShared(const ComparedModel& model, StatisticsKind kind,
                          const StatisticsQuantity& quantity) {
  if (kind == StatisticsKind::kShared) return "-";
  const SampleSummary difference =
      SummarizeSample(DifferencesOf(model, kind, StatisticsKind::kShared, quantity));
  const std::string mean = Signed(difference.mean);
  return difference.n < 2 ? mean : mean + " " + IntervalWords(MeanInterval(difference));
}

std::string ModelTable(const ComparedModel& model) {
  std::vector<StatisticsQuantity> differences = StatisticsQuantities();
  std::erase_if(differences, [](const auto& each) { return each.difference_name.empty(); });
  Cells cells(1, {"statistics", "n"});
  for (const StatisticsQuantity& each : StatisticsQuantities()) cells[0].emplace_back(each.title);
  for (const StatisticsQuantity& each : differences) {
    cells[0].push_back(fmt::format("{} against running shared", each.difference_title));
  }
  for (const StatisticsKind kind : model.kinds) {
    cells.push_back({NamesOf(kind).words, fmt::to_string(model.arms.size())});
    for (const StatisticsQuantity& each : StatisticsQuantities()) {
      cells.back().push_back(MeanOf(model, kind, each));
    }
    for (const StatisticsQuantity& each : differences) {
      cells.back().push_back(AgainstShared(model, kind, each));
    }
  }
  return MarkdownTable(cells);
}

}  // namespace

std::string StatisticsSection(const ReadmeContext& context, int& figure) {
  const std::vector<ComparedModel> models = ComparedModels(context.run);
  if (models.empty()) return "";
  std::string text =
      fmt::format(fmt::runtime(kAbout), AnyRepeats(models) ? kAboutApplications : kAboutShared);
  std::string rest;
  for (std::size_t i = 0; i < models.size(); ++i) {
    std::string& place = i < kFewModels ? text : rest;
    place += fmt::format("\n{}, {}:\n\n", MarkdownText(Shortened(models[i].label, kLongestLabel)),
                         SeedList(models[i].seeds()));
    place += ModelTable(models[i]);
  }
  if (!rest.empty()) text += Folded(fmt::format("{} more", models.size() - kFewModels), rest);
  text += std::string("\n") + kAboutColumns;
  const std::vector<Figure>& figures = context.figures.statistics;
  return text + (figures.size() > kFewModels
                     ? Folded(fmt::format("{} graphs", figures.size()), FigureList(figures, figure))
                     : FigureList(figures, figure));
}

}  // namespace normlab
