#include "app/data_stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "app/data_sets.h"
#include "app/standard_streams.h"
#include "base/printable.h"
#include "base/text.h"
#include "data/duplicates.h"
#include "data/published.h"
#include "data/split_statistics.h"
#include "data/statistics.h"
#include "records/environment.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

struct DatasetStatistics {
  const DatasetInfo& info;
  const Dataset& dataset;
  SplitStatistics train, test;
  Duplicates duplicates;
};

struct Measure {
  const char* key;   // in JSON
  const char* text;  // in the table
  double ChannelSummary::*value;
};

// Both conventions of the deviation, with either divisor.
constexpr Measure kMeasures[] = {
    {"mean", "mean", &ChannelSummary::mean},
    {"deviation_of_pixels", "deviation of all pixels, over N", &ChannelSummary::deviation},
    {"deviation_of_pixels_unbiased", "deviation of all pixels, over N-1",
     &ChannelSummary::unbiased_deviation},
    {"mean_deviation_of_images", "mean of the images' deviations, over n",
     &ChannelSummary::image_deviation},
    {"mean_deviation_of_images_unbiased", "mean of the images' deviations, over n-1",
     &ChannelSummary::unbiased_image_deviation},
    {"zero_share", "share of pixels that are 0", &ChannelSummary::zero_share},
};

void PrintSplit(const char* title, const Shape& shape, const Split& split,
                const SplitStatistics& statistics) {
  Print("\n  {:<42}", fmt::format("{}: {} images", title, WithCommas(split.size())));
  for (std::size_t c = 0; c < statistics.channels.size(); ++c) {
    Print(" {:>9}", ChannelName(shape, c));
  }
  for (const Measure& measure : kMeasures) {
    Print("\n    {:<40}", measure.text);
    for (const ChannelSummary& channel : statistics.channels) {
      const double value = channel.*measure.value;
      Print(" {:>9}", std::isnan(value) ? "-" : fmt::format("{:.4f}", value));
    }
  }
  Print("\n    {:<40}", "least and largest value, of 0 to 255");
  for (const ChannelSummary& channel : statistics.channels) {
    Print(" {:>9}", fmt::format("{}..{}", channel.minimum, channel.maximum));
  }
  Print("\n");
}

void PrintClasses(const DatasetStatistics& all) {
  Print("\n  {:<32} {:>16} {:>16}\n", "images of a class", "training", "test");
  const auto text = [](std::size_t count, std::size_t of) {
    return fmt::format("{} {:5.2f}%", WithCommas(count),
                       100 * static_cast<double>(count) / static_cast<double>(of));
  };
  for (std::size_t c = 0; c < all.train.class_counts.size(); ++c) {
    Print("    {:<30} {:>16} {:>16}\n", Printable(all.dataset.class_names[c], 29),
          text(all.train.class_counts[c], all.dataset.train.size()),
          text(all.test.class_counts[c], all.dataset.test.size()));
  }
}

std::string Tuple(const std::vector<ChannelSummary>& channels, double ChannelSummary::*value) {
  std::vector<std::string> numbers;
  for (const ChannelSummary& channel : channels) {
    numbers.push_back(fmt::format("{:.4f}", channel.*value));
  }
  return fmt::format("({}{})", Join(numbers), numbers.size() == 1 ? "," : "");
}

// What networks are fed with.
void PrintPreparation(const DatasetStatistics& all) {
  const std::string constant = ConstantChannels(all.dataset);
  if (!constant.empty()) {
    Print("\n  normlab trains no network on these images: {}\n", PathText(constant));
    return;
  }
  Print(
      "\n  normlab feeds networks with (pixel - mean) / deviation of all pixels of the training "
      "images, in PyTorch\n  transforms.Normalize({}, {}).\n"
      "  The mean of the images' deviations is what some recipes give for it. It is smaller: it "
      "leaves out how\n  images differ from each other.\n",
      Tuple(all.train.channels, &ChannelSummary::mean),
      Tuple(all.train.channels, &ChannelSummary::deviation));
}

void PrintStatistics(const DatasetStatistics& all) {
  const Dataset& dataset = all.dataset;
  Print("{} ({}): {}, {} classes; pixels divided by 255\n", Printable(dataset.title),
        PathText(dataset.name), SizeText(dataset.shape), dataset.classes());
  PrintSplit("training", dataset.shape, dataset.train, all.train);
  PrintSplit("test", dataset.shape, dataset.test, all.test);
  PrintPreparation(all);
  PrintClasses(all);
  const Duplicates& copies = all.duplicates;
  Print(
      "\n  copies, pixel for pixel: {} within training, {} within test, {} test images that are "
      "training images;\n  {} of them with another class\n",
      WithCommas(copies.in_train), WithCommas(copies.in_test), WithCommas(copies.test_in_train),
      WithCommas(copies.other_class));
}

Json SplitJson(const Dataset& dataset, const Split& split, const SplitStatistics& statistics) {
  Json channels = Json::array(), classes = Json::array();
  for (std::size_t c = 0; c < statistics.channels.size(); ++c) {
    const ChannelSummary& channel = statistics.channels[c];
    Json json = {{"name", ChannelName(dataset.shape, c)}};
    for (const Measure& measure : kMeasures) json[measure.key] = channel.*measure.value;
    json["minimum"] = channel.minimum;
    json["maximum"] = channel.maximum;
    channels.push_back(json);
  }
  for (std::size_t c = 0; c < statistics.class_counts.size(); ++c) {
    classes.push_back({{"name", dataset.class_names[c]}, {"images", statistics.class_counts[c]}});
  }
  return {{"images", split.size()}, {"channels", channels}, {"classes", classes}};
}

Json StatisticsJson(const DatasetStatistics& all) {
  const Dataset& dataset = all.dataset;
  Json sources = Json::array();
  for (const SourceFile& file : dataset.sources) {
    sources.push_back({{"path", file.path}, {"sha256", file.sha256}, {"official", file.official}});
  }
  Json json = {{"name", dataset.name},
               {"title", dataset.title},
               {"sources", sources},
               {"passed_over", PassedOverJson(all.info.passed_over)}};
  json.update(NotesJson(all.info.notes));
  json["train"] = SplitJson(dataset, dataset.train, all.train);
  json["test"] = SplitJson(dataset, dataset.test, all.test);
  json["copies"] = {{"in_train", all.duplicates.in_train},
                    {"in_test", all.duplicates.in_test},
                    {"test_in_train", all.duplicates.test_in_train},
                    {"of_another_class", all.duplicates.other_class}};
  return json;
}

ExitCode Stats(const DataFlags& flags) {
  Json json = Json::array();
  bool first = true;
  for (const DatasetInfo& info : NamedOrFoundDatasets(flags)) {
    const Dataset dataset = LoadDataset(info.name, flags.data_dir);
    const std::string foreign = ForeignFilesWarning(dataset);
    if (!foreign.empty()) Warn(foreign);
    const DatasetStatistics all = {
        info, dataset, ComputeSplitStatistics(dataset.train, dataset.shape, dataset.classes()),
        ComputeSplitStatistics(dataset.test, dataset.shape, dataset.classes()),
        FindDuplicates(dataset)};
    if (flags.json) {
      json.push_back(StatisticsJson(all));
    } else {
      if (!first) Print("\n");
      PrintStatistics(all);
    }
    first = false;
  }
  if (flags.json) PrintJson("data stats", json);
  return ExitCode::kDone;
}

}  // namespace

Command AddDataStats(CLI::App& data) {
  const auto flags = std::make_shared<DataFlags>();
  CLI::App* stats = data.add_subcommand(
      "stats", "Means, deviations by both conventions, images of every class, copies.");
  AddDataFlags(*stats, *flags, "those that are found", true);
  stats->footer("normlab data stats cifar10\nnormlab data stats mnist fashion-mnist --json");
  return {stats, [flags](const std::vector<std::string>&) { return Stats(*flags); }};
}

}  // namespace normlab
