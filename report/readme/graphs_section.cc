#include <fmt/format.h>

#include "base/escape.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"
#include "report/summary/best_models.h"

namespace normlab {
namespace {

std::string Open(const std::string& heading, const std::vector<Figure>& figures, int& number) {
  return figures.empty() ? "" : "\n### " + heading + "\n" + FigureList(figures, number);
}

std::string Closed(const std::string& heading, const std::string& summary,
                   const std::vector<Figure>& figures, int& number) {
  return figures.empty() ? ""
                         : "\n### " + heading + "\n" + Folded(summary, FigureList(figures, number));
}

std::string LeftOut(const ReadmeContext& context) {
  std::string text;
  const std::size_t models = context.models.size();
  if (models > kMostLines) {
    text += fmt::format(
        "\nThe {} models are too many for one graph: those of each normalization stand together.\n",
        models);
  }
  if (models > kMostModelFigures) {
    text += fmt::format(
        "\nThe first {} of the {} models have a graph of their own; the numbers of all are in "
        "their "
        "metrics.csv.\n",
        kMostModelFigures, models);
  }
  return text;
}

}  // namespace

std::string GraphsSection(const ReadmeContext& context, int& figure) {
  const ReportFigures& figures = context.figures;
  std::string text;
  for (const std::string& warning : context.warnings) text += "\n> " + MarkdownText(warning) + "\n";
  text += Open("All models together", figures.together, figure);
  text += Open("The best of each normalization", figures.best, figure);
  text += Open("Each normalization under its settings", figures.families, figure);
  text += Closed("All models in one graph", fmt::format("{} lines", context.models.size()),
                 figures.tangle, figure);
  const std::string own = "Train and test of each model";
  text += figures.models.size() > kFewModels
              ? Closed(own, fmt::format("{} graphs", figures.models.size()), figures.models, figure)
              : Open(own, figures.models, figure);
  text += LeftOut(context);
  return text.empty() ? "No training has an epoch to show.\n" : text;
}

std::string MisclassifiedSection(const ReadmeContext& context, int& figure) {
  std::string text;
  if (context.data.dataset == nullptr) {
    return "The images are left out: the data set is not at hand. Which ones were misclassified is "
           "in the errors.csv of each training.\n";
  }
  if (context.models.size() > kFewModels) {
    text += fmt::format("Of the best model of each normalization, {}.\n",
                        HowBestWereChosen(context.run));
  }
  for (const std::size_t i : GalleryModels(context.run, context.models)) {
    const ArmRecord& arm = GalleryArm(context.models[i]);
    if (!arm.errors.empty()) continue;
    const std::string which = MarkdownText(Shortened(arm.label, 100));
    const bool perfect = arm.state == "finished" && !arm.errors_missing;
    text += perfect
                ? fmt::format("\n{}, seed {}: no test image is misclassified.\n", which, arm.seed)
                : fmt::format(
                      "\n{}, seed {}: {}, so there is nothing to show.\n", which, arm.seed,
                      arm.state == "finished" ? "the record of its misses is missing" : arm.state);
  }
  return text + FigureList(context.figures.galleries, figure);
}

}  // namespace normlab
