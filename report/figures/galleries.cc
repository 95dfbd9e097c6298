// Which images the galleries show; how they are drawn is gallery.cc.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/escape.h"
#include "base/philox.h"
#include "base/text.h"
#include "data/fit_image.h"
#include "report/figures/gallery.h"
#include "report/figures/picture_text.h"

namespace normlab {
namespace {

constexpr std::size_t kShown = 10, kLongestName = 14;

std::vector<std::uint8_t> Pixels(const Split& split, Shape shape, std::size_t image) {
  const auto first = split.pixels.begin() + static_cast<std::ptrdiff_t>(image * shape.size());
  return {first, first + static_cast<std::ptrdiff_t>(shape.size())};
}

// What a tile shows: small images whole pixel by whole pixel, large ones made smaller.
Shape ShownShape(Shape shape, int side) {
  const int largest = std::max(shape.height, shape.width);
  if (largest <= side) return shape;
  return {shape.channels, std::max(1, shape.height * side / largest),
          std::max(1, shape.width * side / largest)};
}

int TileScale(Shape shown, int side) { return side / std::max(shown.height, shown.width); }

void SetTileSize(Shape shape, int side, Gallery& gallery) {
  gallery.shape = ShownShape(shape, side);
  gallery.scale = TileScale(gallery.shape, side);
}

std::vector<std::uint8_t> Shown(std::vector<std::uint8_t> pixels, Shape shape,
                                const Gallery& gallery) {
  return FitImage({shape, std::move(pixels)}, gallery.shape).pixels;
}

void CheckErrors(const RunRecord& run, const ArmRecord& arm, const Dataset& dataset) {
  for (const ErrorRow& error : arm.errors) {
    const std::size_t image = static_cast<std::size_t>(error.index);
    const std::string where = run.path + "/" + arm.folder + "/errors.csv";
    if (image >= dataset.test.size()) {
      throw DataError(fmt::format("{}: expected test images of {} (0 to {}), found {}", where,
                                  dataset.title, dataset.test.size() - 1, error.index));
    }
    if (dataset.test.labels[image] != error.truth) {
      throw DataError(fmt::format(
          "{}: test image {}: expected class {} as in {}, found {}; the run used other data", where,
          error.index, dataset.test.labels[image], dataset.title, error.truth));
    }
  }
}

std::string Percent(double probability) {
  if (probability > 0.9995) return ">99.9 %";
  return fmt::format("{:.1f} %", 100 * probability);
}

std::string ErrorsCsv(const RunRecord& run, const std::vector<ErrorRow>& errors) {
  std::string text = "index,truth,prediction,truth_probability,prediction_probability,loss\n";
  for (const ErrorRow& error : errors) {
    text += fmt::format("{},{},{},{},{},{}\n", error.index,
                        CsvField(run.class_names[static_cast<std::size_t>(error.truth)]),
                        CsvField(run.class_names[static_cast<std::size_t>(error.prediction)]),
                        error.truth_probability, error.prediction_probability, error.loss);
  }
  return text;
}

// The first training image of the class at or after a drawn place, around the end if need be;
// the split's size when there is none.
std::size_t SampleOf(const Split& split, int label, RandomStream& stream) {
  const std::size_t start = stream.Below(static_cast<std::uint32_t>(split.size()));
  for (std::size_t i = 0; i < split.size(); ++i) {
    const std::size_t image = (start + i) % split.size();
    if (split.labels[image] == label) return image;
  }
  return split.size();
}

std::string WhichClasses(const Dataset& dataset, const Gallery& gallery) {
  if (gallery.columns == dataset.classes()) return "one of each class";
  return fmt::format("one each of {} of the {} classes", gallery.columns, dataset.classes());
}

// An image of each of the first ten classes that have one; below them, where there is an
// augmentation, what it makes of them. Returns the table.
std::string AddSamples(const Dataset& dataset, const Augmentation* augmentation, std::uint64_t seed,
                       Gallery& gallery) {
  RandomStream stream(seed, Purpose::kSamples, 0, 0);
  std::string csv = "class,train image\n";
  std::vector<Tile> second_row;
  for (int label = 0; label < dataset.classes() && gallery.tiles.size() < kShown; ++label) {
    const std::size_t image = SampleOf(dataset.train, label, stream);
    if (image == dataset.train.size()) continue;
    const std::string& name = dataset.class_names[static_cast<std::size_t>(label)];
    const std::vector<std::uint8_t> pixels = Pixels(dataset.train, dataset.shape, image);
    csv += fmt::format("{},{}\n", CsvField(name), image);
    const std::string shown = PictureClass(name, static_cast<std::size_t>(label));
    gallery.tiles.push_back(
        {Shown(pixels, dataset.shape, gallery), {Shortened(shown, kLongestName - 1)}, ""});
    if (augmentation == nullptr) continue;
    std::vector<std::uint8_t> after(dataset.shape.size());
    augmentation->Apply(pixels.data(), {seed, 1, static_cast<std::uint32_t>(image)}, after.data());
    second_row.push_back({Shown(std::move(after), dataset.shape, gallery), {"augmented"}, ""});
  }
  gallery.columns = static_cast<int>(gallery.tiles.size());
  gallery.tiles.insert(gallery.tiles.end(), second_row.begin(), second_row.end());
  return csv;
}

}  // namespace

Figure MisclassifiedGallery(const RunRecord& run, const ArmRecord& arm, const Dataset& dataset,
                            const std::string& name) {
  CheckErrors(run, arm, dataset);
  std::vector<ErrorRow> errors = arm.errors;
  std::stable_sort(errors.begin(), errors.end(), [](const ErrorRow& a, const ErrorRow& b) {
    return a.prediction_probability > b.prediction_probability;
  });
  errors.resize(std::min(errors.size(), kShown));
  Gallery gallery;
  gallery.name = name;
  gallery.title =
      fmt::format("{}: misclassified test images of {}", Shortened(arm.label, 40), dataset.title);
  gallery.subtitle = fmt::format(
      "{} of {} misses among {} test images, the surest first; seed {}, epoch {}{}", errors.size(),
      arm.errors.size(), dataset.test.size(), arm.seed, arm.metrics.size(),
      arm.metrics.empty()
          ? ""
          : fmt::format(", test accuracy {:.2f} %", arm.metrics.back().test_accuracy));
  SetTileSize(dataset.shape, 150, gallery);
  gallery.cell_width = 190;
  for (const ErrorRow& error : errors) {
    const auto class_name = [&](int label) {
      const auto number = static_cast<std::size_t>(label);
      return Shortened(PictureClass(run.class_names[number], number), kLongestName);
    };
    gallery.tiles.push_back(
        {Shown(Pixels(dataset.test, dataset.shape, static_cast<std::size_t>(error.index)),
               dataset.shape, gallery),
         {"actual: " + class_name(error.truth), "predicted: " + class_name(error.prediction)},
         fmt::format("image {}, p = {}", error.index, Percent(error.prediction_probability))});
  }
  Figure figure = DrawGallery(gallery);
  figure.data.emplace_back(name + ".csv", ErrorsCsv(run, errors));
  figure.alt = fmt::format(
      "{} misclassified test images of {}, each with its actual and its "
      "predicted class",
      errors.size(), arm.label);
  figure.caption = fmt::format(
      "{}, seed {}: the {} misses (of {}) that the last epoch was surest of, p being the "
      "probability that it gave to its wrong answer.",
      arm.label, arm.seed, errors.size(), arm.errors.size());
  return figure;
}

Figure SamplesGallery(const Dataset& dataset, const Augmentation* augmentation,
                      std::uint64_t seed) {
  const bool augmented = augmentation != nullptr && !augmentation->identity();
  Gallery gallery;
  SetTileSize(dataset.shape, 96, gallery);
  const std::string csv = AddSamples(dataset, augmented ? augmentation : nullptr, seed, gallery);
  gallery.name = "training-samples";
  gallery.title =
      fmt::format("Training images of {}, {}", dataset.title, WhichClasses(dataset, gallery));
  gallery.subtitle = augmented
                         ? "above as read, below as augmented in epoch 1: " + augmentation->text()
                         : "as read; this run augments nothing";
  gallery.cell_width = std::max(108, 540 / gallery.columns);  // two classes' title needs room too
  Figure figure = DrawGallery(gallery);
  figure.data.emplace_back("training-samples.csv", csv);
  figure.alt =
      fmt::format("Training images of {}, {}{}", dataset.title, WhichClasses(dataset, gallery),
                  augmented ? ", before and after augmentation" : "");
  figure.caption = augmented ? fmt::format(
                                   "Training images with their labels, before and after the "
                                   "augmentation of epoch 1 (seed {}): {}.",
                                   seed, augmentation->text())
                             : "Training images with their labels. This run augments nothing.";
  return figure;
}

}  // namespace normlab
