#include "report/figures/run_figures.h"

#include <fmt/format.h>

#include <numeric>
#include <set>

#include "base/escape.h"
#include "base/text.h"
#include "report/figures/curves.h"
#include "report/figures/gallery.h"
#include "report/figures/layer_chart.h"
#include "report/figures/learned_chart.h"
#include "report/figures/statistics_chart.h"
#include "report/summary/best_models.h"

namespace normlab {
namespace {

constexpr char kWhatPanelsShow[] = " Left: all epochs. Right: the shaded later half.";

// A name of its own for every figure's files, whatever the labels.
class Names {
 public:
  std::string Unique(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; !used_.insert(name).second; ++i) name = fmt::format("{}-{}", wanted, i);
    return name;
  }

 private:
  std::set<std::string> used_;
};

Figure ToFigure(const Chart& chart, std::string alt, std::string caption) {
  Figure figure;
  figure.name = chart.name;
  figure.alt = std::move(alt);
  figure.caption = std::move(caption);
  figure.script = ChartScript(chart);
  figure.data.emplace_back(chart.name + ".csv", ChartCsv(chart));
  return figure;
}

std::string Ends(const Panel& panel) {
  std::vector<std::string> ends;
  for (const ChartLine& line : panel.lines) {
    ends.push_back(fmt::format("{} {:.{}f}", line.label, line.points.back().mean, panel.decimals));
  }
  return Join(ends);
}

// `what` is drawn of `whose` models: "Test loss", "all models".
void AddTogether(const Chart& chart, const char* what, const std::string& whose,
                 const std::string& remark, std::vector<Figure>& figures) {
  if (chart.panels.empty()) return;
  figures.push_back(ToFigure(
      chart,
      fmt::format("{} of {} over the epochs; at the end: {}", what, whose,
                  Ends(chart.panels.back())),
      fmt::format("{} of {}, {}.{}{} The number at each line is its last value.", what, whose,
                  chart.subtitle, chart.panels.size() > 1 ? kWhatPanelsShow : "", remark)));
}

class Maker {
 public:
  Maker(const RunRecord& run, const ReportData& data, const std::string& subject)
      : run_(run), data_(data), subject_(subject), models_(GroupArms(run)) {}

  ReportFigures Make() {
    std::vector<std::size_t> all(models_.size());
    std::iota(all.begin(), all.end(), 0);
    if (all.size() <= kFewModels) {
      AddPair(all, "test", "all models", "all models together", "", figures_.together);
    } else if (all.size() <= kMostLines) {
      AddPair(all, "all-models-test", "all models", "all models together", "", figures_.tangle);
    }
    if (HasSettingsToCompare(models_)) {
      AddPair(BestOfEachNorm(run_, models_), all.size() <= kFewModels ? "best-test" : "test",
              "the best of each normalization", "the best model of each normalization",
              fmt::format(" The best were {}.", HowBestWereChosen(run_)), figures_.best);
      AddFamilies();
    }
    AddLayers(all);
    AddModels();
    AddLearned();
    AddStatistics();
    if (data_.dataset != nullptr) AddImages();
    return std::move(figures_);
  }

 private:
  // Test loss and test accuracy.
  void AddPair(const std::vector<std::size_t>& chosen, const std::string& stem,
               const std::string& title, const std::string& whose, const std::string& remark,
               std::vector<Figure>& figures) {
    const std::vector<StyledModel> styled = StyledModels(models_, chosen);
    AddTogether(TestLossChart(styled, names_.Unique(stem + "-loss"),
                              fmt::format("Test loss of {}: {}", title, subject_)),
                "Test loss", whose, remark, figures);
    AddTogether(TestAccuracyChart(styled, names_.Unique(stem + "-accuracy"),
                                  fmt::format("Test accuracy of {}: {}", title, subject_)),
                "Test accuracy", whose, remark, figures);
  }

  // One normalization under all its settings; many of them are spread over several figures.
  void AddFamilies() {
    for (const NormFamily& family : NormFamilies(models_)) {
      if (family.models.size() < 2) continue;
      const std::size_t parts = (family.models.size() + kMostLines - 1) / kMostLines;
      for (std::size_t part = 0; part < parts; ++part) {
        const std::size_t first = part * family.models.size() / parts;
        const std::size_t end = (part + 1) * family.models.size() / parts;
        const std::vector<std::size_t> chosen(
            family.models.begin() + static_cast<std::ptrdiff_t>(first),
            family.models.begin() + static_cast<std::ptrdiff_t>(end));
        const std::string of = parts == 1 ? "" : fmt::format(", part {} of {}", part + 1, parts);
        AddPair(chosen, FileStem(fmt::format("{}-settings{}-test", Shortened(family.norm, 30), of)),
                fmt::format("{} under all its settings{}", Shortened(family.norm, 30), of),
                fmt::format("{} under each of its settings{}", Shortened(family.norm, 30), of), "",
                figures_.families);
      }
    }
  }

  void AddLayers(const std::vector<std::size_t>& all) {
    const bool few = all.size() <= kFewModels;
    const Chart chart =
        LayerChart(StyledModels(models_, few ? all : BestOfEachNorm(run_, models_)), "layers",
                   fmt::format("Scale of activations and gradients, layer by layer: {}", subject_));
    if (chart.panels.empty()) return;
    figures_.layers.push_back(ToFigure(
        chart,
        "For every layer the deviation of what its unit gives and the norm of the gradient of its "
        "weights, a line for each model, on logarithmic axes",
        fmt::format("Scale through the depth of the network at the last batch of the last epoch, "
                    "{}{}, on logarithmic axes. Left: standard deviation of all values that a "
                    "unit gives to the next. Right: Euclidean norm of the gradient of the loss by "
                    "the unit's convolution weights. The number at each line is that of the last "
                    "layer.",
                    few ? "" : "the best model of each normalization, ", chart.subtitle)));
  }

  void AddModels() {
    for (std::size_t i = 0; i < models_.size() && i < kMostModelFigures; ++i) {
      const Model& model = models_[i];
      const Chart chart =
          ModelChart(run_, model, i, names_.Unique("curves-" + FileStem(model.label)), subject_);
      if (chart.panels.empty()) continue;
      figures_.models.push_back(ToFigure(
          chart, fmt::format("Train and test loss and accuracy of {}", model.label),
          fmt::format("{}: train and test loss and accuracy, {}. The train numbers are running "
                      "means over the epoch's batches, as augmented and with dropout; the test "
                      "numbers are taken after it.",
                      model.label, chart.subtitle)));
    }
  }

  void AddLearned() {
    for (std::size_t i = 0; i < models_.size() && i < kMostModelFigures; ++i) {
      const Model& model = models_[i];
      const LearnedParts parts = PartsOf(LearnedQuantities(model));
      LearnedFigures figures{model.label, {}, {}};
      const std::string stem = "learned-" + FileStem(model.label);
      AddLearned(model, parts.first, stem, figures.first);
      if (models_.size() <= kFewModels) {
        AddLearned(model, parts.rest, stem + "-more", figures.rest);
      }
      if (!parts.first.empty() || !parts.rest.empty()) {
        figures_.learned.push_back(std::move(figures));
      }
    }
  }

  void AddLearned(const Model& model, const std::vector<LearnedQuantity>& quantities,
                  const std::string& stem, std::vector<Figure>& figures) {
    for (std::size_t first = 0; first < quantities.size(); first += kMostLearnedPanels) {
      const auto begin = quantities.begin() + static_cast<std::ptrdiff_t>(first);
      const std::size_t count = std::min(kMostLearnedPanels, quantities.size() - first);
      const Chart chart = LearnedChart(model, {begin, begin + static_cast<std::ptrdiff_t>(count)},
                                       names_.Unique(stem), subject_);
      if (chart.panels.empty()) continue;
      std::vector<std::string> names;
      for (const Panel& panel : chart.panels) names.push_back(panel.y_label);
      figures.push_back(ToFigure(
          chart,
          fmt::format("{} of {} over the epochs, a line for each layer", Join(names), model.label),
          fmt::format("{}: {} after each epoch, a line for each layer, {}. The number at each line "
                      "is its last value.",
                      model.label, Join(names), chart.subtitle)));
    }
  }

  void AddStatistics() {
    for (const ComparedModel& model : ComparedModels(run_)) {
      if (figures_.statistics.size() == kMostModelFigures) return;
      const Chart chart =
          StatisticsChart(model, names_.Unique("statistics-" + FileStem(model.label)), subject_);
      figures_.statistics.push_back(ToFigure(
          chart,
          fmt::format("Test accuracy of {} over the epochs with each kind of statistics; at the "
                      "end: {}",
                      model.label, Ends(chart.panels.back())),
          fmt::format("{}: test accuracy of the same weights with each kind of statistics, {}.{} "
                      "The number at each line is its last value.",
                      model.label, chart.subtitle,
                      chart.panels.size() > 1 ? kWhatPanelsShow : "")));
    }
  }

  void AddImages() {
    for (const std::size_t i : GalleryModels(run_, models_)) {
      const ArmRecord& arm = GalleryArm(models_[i]);
      if (arm.errors.empty()) continue;
      figures_.galleries.push_back(MisclassifiedGallery(
          run_, arm, *data_.dataset, names_.Unique("misclassified-" + FileStem(models_[i].label))));
    }
    if (data_.dataset->train.size() > 0) {
      figures_.samples.push_back(
          SamplesGallery(*data_.dataset, data_.augmentation, run_.arms.front().seed));
    }
  }

  const RunRecord& run_;
  const ReportData& data_;
  const std::string& subject_;
  std::vector<Model> models_;
  Names names_;
  ReportFigures figures_;
};

}  // namespace

const ArmRecord& GalleryArm(const Model& model) {
  for (const ArmRecord* arm : model.arms) {
    if (arm->state == "finished") return *arm;
  }
  return *model.arms.front();
}

std::vector<std::size_t> GalleryModels(const RunRecord& run, const std::vector<Model>& models) {
  if (models.size() > kFewModels) return BestOfEachNorm(run, models);
  std::vector<std::size_t> all(models.size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

ReportFigures MakeRunFigures(const RunRecord& run, const ReportData& data,
                             const std::string& subject) {
  return Maker(run, data, subject).Make();
}

}  // namespace normlab
