#include "app/data_samples.h"

#include <fmt/format.h>

#include <limits>
#include <memory>

#include "app/data_sets.h"
#include "app/standard_streams.h"
#include "base/escape.h"
#include "base/folder.h"
#include "base/owned_folder.h"
#include "base/printable.h"
#include "base/text.h"
#include "data/dataset_spec.h"
#include "report/figures/contact_sheet.h"
#include "report/figures/picture_text.h"

namespace normlab {
namespace {

struct SamplesFlags {
  DataFlags data;
  std::string out = ".", split = "train";
  int count = 10;
  std::int64_t seed = 1;
};

constexpr int kMostImages = 1000;

bool IsPngName(const std::string& out) { return out.ends_with(".png"); }

// --out with the picture's own name, or --out itself; the second and later ones get their number.
std::string PictureName(const SamplesFlags& flags, const Figure& figure, std::size_t number) {
  if (!IsPngName(flags.out)) return fmt::format("{}/{}.png", flags.out, figure.name);
  if (number == 0) return flags.out;
  return fmt::format("{}-{}.png", flags.out.substr(0, flags.out.size() - 4), number + 1);
}

void PrintChosen(const std::vector<SheetRow>& rows) {
  for (const SheetRow& row : rows) {
    std::vector<std::string> numbers;
    for (const std::size_t image : row.images) numbers.push_back(std::to_string(image));
    Print("  {}: {}\n", Printable(row.label), Join(numbers, " "));
  }
}

void WarnOfFonts(const Dataset& dataset) {
  std::vector<std::string> words = dataset.class_names;
  words.push_back(dataset.title);
  const std::string advice = FontAdvice(words);
  if (!advice.empty()) Warn(advice);
}

void DrawDataset(const SamplesFlags& flags, const DatasetInfo& info) {
  const Dataset dataset = LoadDataset(info.name, flags.data.data_dir);
  WarnOfFonts(dataset);
  const bool train = flags.split == "train";
  const Split& split = train ? dataset.train : dataset.test;
  const std::vector<SheetRow> rows =
      DrawSamples(dataset, split, flags.count, static_cast<std::uint64_t>(flags.seed));
  const std::string& name = IsDatasetSpec(info.name) ? dataset.title : dataset.name;
  const std::string images = train ? "training images" : "test images";
  const std::vector<Figure> sheets = DrawContactSheets(
      dataset, split, rows, FileStem(fmt::format("{} {} samples", name, flags.split)),
      fmt::format("{}: {} {} of every class", dataset.title, flags.count, images),
      fmt::format("drawn from {} with seed {}", WithCommas(split.size()), flags.seed));
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    const std::string path = PictureName(flags, sheets[i], i);
    WriteNewFile(path, RenderPng(sheets[i]));
    Print("{}\n", PathText(path));
  }
  PrintChosen(rows);
}

ExitCode Samples(const SamplesFlags& flags) {
  const std::vector<DatasetInfo> sets = NamedOrFoundDatasets(flags.data);
  if (IsPngName(flags.out) && sets.size() > 1) {
    throw UsageError(fmt::format(
        "--out {}: expected a folder for the pictures of {} data sets, found a picture's name",
        flags.out, sets.size()));
  }
  if (!IsPngName(flags.out)) MakeFolder(flags.out);  // a file's folder must be there
  for (const DatasetInfo& info : sets) DrawDataset(flags, info);
  return ExitCode::kDone;
}

}  // namespace

Command AddDataSamples(CLI::App& data) {
  const auto flags = std::make_shared<SamplesFlags>();
  CLI::App* samples = data.add_subcommand(
      "samples", "Draw contact sheets (PNG): a row of images for every class, drawn by a seed.");
  AddDataFlags(*samples, flags->data, "those that are found", false);
  samples->add_option("--out", flags->out, "a folder, or of one set a file.png")
      ->capture_default_str();
  samples->add_option("--count", flags->count, "images of every class")
      ->check(CLI::Range(1, kMostImages))
      ->capture_default_str();
  samples->add_option("--seed", flags->seed, "which images")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()))
      ->capture_default_str();
  samples->add_option("--split", flags->split, "train or test")
      ->check(CLI::IsMember({"train", "test"}))
      ->capture_default_str();
  samples->footer(
      "normlab data samples cifar10\n"
      "normlab data samples fashion-mnist --split test --count 20 --seed 7 --out fashion.png");
  return {samples, [flags](const std::vector<std::string>&) { return Samples(*flags); }};
}

}  // namespace normlab
