#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <set>

#include "base/escape.h"
#include "base/text.h"
#include "base/text_table.h"
#include "data/published.h"
#include "records/environment.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"
#include "report/text/sample_text.h"
#include "train/batches.h"

namespace normlab {
namespace {

constexpr std::size_t kOpenClasses = 20;  // a table of more is folded

std::string Counts(const ReadmeContext& context) {
  const ImageFacts& images = context.images;
  if (!images.counted) {
    return fmt::format("{}: {} classes.\n", MarkdownText(images.title),
                       context.run.class_names.size());
  }
  std::string text = fmt::format(
      "{}: {} training and {} test images of {} x {} x {} (channels, rows, columns), {} classes.",
      MarkdownText(images.title), WithCommas(images.train_images), WithCommas(images.test_images),
      images.shape.channels, images.shape.height, images.shape.width,
      context.run.class_names.size());
  const std::string held_out = SharedSetting(context, "validation");
  if (!held_out.empty() && held_out != "0") {
    text += fmt::format(" Of the training images {} are held out for validation.",
                        MarkdownText(held_out));
  } else if (held_out == "0") {
    text += " No training images are held out.";
  }
  return text + "\n";
}

std::string Channels(const Dataset& dataset) {
  if (dataset.statistics.mean.empty()) return "";
  Cells cells = {{"channel", "mean", "standard deviation"}};
  const std::vector<std::string> colors = {"red", "green", "blue"};
  const auto& mean = dataset.statistics.mean;
  for (std::size_t c = 0; c < mean.size() && c < dataset.statistics.deviation.size(); ++c) {
    cells.push_back({mean.size() == 3 ? colors[c] : fmt::to_string(c), DecimalText(mean[c], 4),
                     DecimalText(dataset.statistics.deviation[c], 4)});
  }
  return "\nOf all pixels of the training images, divided by 255; networks are given (pixel - "
         "mean) "
         "/ deviation:\n\n" +
         MarkdownTable(cells);
}

std::vector<std::size_t> ClassCounts(const Split& split, std::size_t classes) {
  std::vector<std::size_t> counts(classes);
  for (const std::uint8_t label : split.labels) {
    if (label < classes) ++counts[label];
  }
  return counts;
}

std::string Classes(const Dataset& dataset) {
  const std::size_t classes = dataset.class_names.size();
  const std::vector<std::size_t> train = ClassCounts(dataset.train, classes),
                                 test = ClassCounts(dataset.test, classes);
  Cells cells = {{"class", "training images", "test images"}};
  for (std::size_t i = 0; i < classes; ++i) {
    cells.push_back(
        {Shortened(dataset.class_names[i], 60), WithCommas(train[i]), WithCommas(test[i])});
  }
  const std::string table = MarkdownTable(cells);
  return classes > kOpenClasses ? Folded("Images of every class", table)
                                : "\nImages of every class:\n\n" + table;
}

std::string Files(const Dataset& dataset) {
  const bool official =
      !dataset.sources.empty() && std::all_of(dataset.sources.begin(), dataset.sources.end(),
                                              [](const SourceFile& file) { return file.official; });
  if (official) return "\nAll files have the checksums of the published ones (SHA-256).\n";
  const std::string warning = ForeignFilesWarning(dataset);
  return warning.empty()
             ? ""
             : fmt::format("\n**Not the published data**: {}.\n", MarkdownText(warning));
}

// What holding out images left untrained.
std::string LeftEmpty(const ReadmeContext& context, const Dataset& dataset) {
  std::set<std::string> lines;
  for (std::size_t i = 0; i < context.run.arms.size(); ++i) {
    const int held_out = std::atoi(SettingOf(context, i, "validation").c_str());
    if (held_out < 1 || static_cast<std::size_t>(held_out) >= dataset.train.size()) continue;
    const std::uint64_t seed = context.run.arms[i].seed;
    std::vector<std::string> names;
    for (const int each : ClassesLeftEmpty(dataset, held_out, seed)) {
      names.push_back(MarkdownText(dataset.class_names[static_cast<std::size_t>(each)]));
    }
    if (names.empty()) continue;
    lines.insert(
        fmt::format("\n**Not trained on by seed {}**: {}; validation = {} held out all of its "
                    "training images.\n",
                    seed, Join(names), held_out));
  }
  return Join({lines.begin(), lines.end()}, "");
}

// As the runs' own records have it: what is on this machine may be read otherwise by now.
std::string Notes(const ReadmeContext& context) {
  std::vector<std::string> lines;
  for (const RunRecord& source : context.sources) {
    for (std::string note : NotesText(NotesOf(EnvironmentOf(source)))) {
      note[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(note[0])));
      const std::string line = fmt::format("\n{}.\n", note);
      if (std::ranges::find(lines, line) == lines.end()) lines.push_back(line);
    }
  }
  return Join(lines, "");
}

}  // namespace

std::string DataSetSection(const ReadmeContext& context, int& figure) {
  std::string text = Counts(context) + Notes(context);
  if (context.data.dataset == nullptr) return text;
  const Dataset& dataset = *context.data.dataset;
  text += Channels(dataset) + Classes(dataset) + Files(dataset) + LeftEmpty(context, dataset);
  return text + FigureList(context.figures.samples, figure);
}

}  // namespace normlab
