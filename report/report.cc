#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "report/curves.h"
#include "report/escape.h"
#include "report/gallery.h"
#include "report/readme.h"

namespace normlab {
namespace {

void CheckDataset(const RunRecord& run, const Dataset& dataset) {
  if (run.dataset != dataset.name) {
    throw DataError(fmt::format("{}/study.json: dataset: expected {}, which was loaded, found {}",
                                run.path, dataset.name, PlainLine(run.dataset)));
  }
  if (run.class_names.size() != dataset.class_names.size()) {
    throw DataError(fmt::format("{}/study.json: class_names: expected the {} of {}, found {}",
                                run.path, dataset.class_names.size(), dataset.title,
                                run.class_names.size()));
  }
}

Figure ToFigure(const Chart& chart, std::string alt, std::string caption) {
  Figure figure;
  figure.name = chart.name;
  figure.alt = std::move(alt);
  figure.caption = std::move(caption);
  figure.script = ChartScript(chart);
  figure.data.emplace_back(chart.name + ".csv", ChartCsv(chart));
  return figure;
}

void AddTogether(const Chart& chart, const char* what, std::vector<Figure>& figures) {
  if (chart.panels.empty()) return;
  std::vector<std::string> ends;
  const Panel& panel = chart.panels.back();
  for (const ChartLine& line : panel.lines) {
    ends.push_back(fmt::format("{} {:.{}f}", line.label, line.points.back().mean, panel.decimals));
  }
  figures.push_back(ToFigure(
      chart, fmt::format("{} of all models over the epochs; at the end: {}", what, Join(ends)),
      fmt::format(
          "{} of all models together, {}.{} The number at each line is its last value.", what,
          chart.subtitle,
          chart.panels.size() > 1 ? " Left: all epochs. Right: the shaded later half." : "")));
}

// A name of its own for every model's files, whatever its label.
std::string UniqueStem(const std::string& label, std::set<std::string>& used) {
  const std::string stem = FileStem(label);
  std::string name = stem;
  for (int i = 2; !used.insert(name).second; ++i) name = fmt::format("{}-{}", stem, i);
  return name;
}

ReportFigures MakeFigures(const RunRecord& run, const Dataset& dataset,
                          const Augmentation* augmentation) {
  const std::string subject = RunSubject(run, dataset);
  ReportFigures figures;
  AddTogether(TestLossChart(run, subject), "Test loss", figures.curves);
  AddTogether(TestAccuracyChart(run, subject), "Test accuracy", figures.curves);
  const std::vector<Model> models = GroupArms(run);
  std::set<std::string> used;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string stem = UniqueStem(models[i].label, used);
    const Chart chart = ModelChart(run, models[i], i, "curves-" + stem, subject);
    if (!chart.panels.empty()) {
      figures.curves.push_back(ToFigure(
          chart, fmt::format("Train and test loss and accuracy of {}", models[i].label),
          fmt::format(
              "{}: train and test loss and accuracy, {}. The train numbers are running means "
              "over the epoch's batches, as augmented and with dropout; the test numbers are "
              "taken after it.",
              models[i].label, chart.subtitle)));
    }
    const ArmRecord& first = *models[i].arms.front();
    if (!first.errors.empty()) {
      figures.galleries.push_back(
          MisclassifiedGallery(run, first, dataset, "misclassified-" + stem));
    }
  }
  if (dataset.train.size() > 0) {
    figures.samples.push_back(SamplesGallery(dataset, augmentation, run.arms.front().seed));
  }
  return figures;
}

}  // namespace

std::vector<std::string> WriteReport(const RunRecord& run, const Dataset& dataset,
                                     const Augmentation* augmentation) {
  CheckDataset(run, dataset);
  ReportFigures figures = MakeFigures(run, dataset, augmentation);
  std::vector<std::string> warnings;
  for (std::vector<Figure>* list : {&figures.curves, &figures.galleries, &figures.samples}) {
    for (std::string& warning : DrawFigures(run.path + "/figures", *list)) {
      if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) {
        warnings.push_back(std::move(warning));
      }
    }
  }
  WriteFile(run.path + "/README.md", RunReadme(run, dataset, figures, warnings));
  return warnings;
}

}  // namespace normlab
