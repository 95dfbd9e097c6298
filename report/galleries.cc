// Which images the galleries show; how they are drawn is gallery.cc.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/philox.h"
#include "base/text.h"
#include "report/escape.h"
#include "report/gallery.h"

namespace normlab {
namespace {

constexpr std::size_t kShown = 10, kLongestName = 14;

std::vector<std::uint8_t> Pixels(const Split& split, Shape shape, std::size_t image) {
  const auto first = split.pixels.begin() + static_cast<std::ptrdiff_t>(image * shape.size());
  return {first, first + static_cast<std::ptrdiff_t>(shape.size())};
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

int TileScale(Shape shape, int pixels) { return std::max(1, pixels / std::max(1, shape.width)); }

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
  gallery.shape = dataset.shape;
  gallery.scale = TileScale(dataset.shape, 150);
  gallery.cell_width = std::max(190, dataset.shape.width * gallery.scale + 16);
  for (const ErrorRow& error : errors) {
    const auto class_name = [&](int label) {
      return Shortened(run.class_names[static_cast<std::size_t>(label)], kLongestName);
    };
    gallery.tiles.push_back(
        {Pixels(dataset.test, dataset.shape, static_cast<std::size_t>(error.index)),
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
  RandomStream stream(seed, Purpose::kSamples, 0, 0);
  Gallery gallery;
  std::string csv = "class,train image\n";
  std::vector<Tile> second_row;
  const int classes = std::min(dataset.classes(), static_cast<int>(kShown));
  for (int label = 0; label < classes; ++label) {
    const std::size_t image = SampleOf(dataset.train, label, stream);
    if (image == dataset.train.size()) continue;
    const std::string& name = dataset.class_names[static_cast<std::size_t>(label)];
    Tile tile{Pixels(dataset.train, dataset.shape, image), {Shortened(name, 13)}, ""};
    csv += fmt::format("{},{}\n", CsvField(name), image);
    if (augmented) {
      Tile after{std::vector<std::uint8_t>(dataset.shape.size()), {"augmented"}, ""};
      augmentation->Apply(tile.pixels.data(), {seed, 1, static_cast<std::uint32_t>(image)},
                          after.pixels.data());
      second_row.push_back(std::move(after));
    }
    gallery.tiles.push_back(std::move(tile));
  }
  gallery.name = "training-samples";
  gallery.columns = static_cast<int>(gallery.tiles.size());
  gallery.tiles.insert(gallery.tiles.end(), second_row.begin(), second_row.end());
  gallery.title = "Training images of " + dataset.title + ", one of each class";
  gallery.subtitle =
      augmented ? "above as published, below as augmented in epoch 1: " + augmentation->text()
                : "as published; this run augments nothing";
  gallery.shape = dataset.shape;
  gallery.scale = TileScale(dataset.shape, 96);
  gallery.cell_width = std::max(100, dataset.shape.width * gallery.scale + 12);
  Figure figure = DrawGallery(gallery);
  figure.data.emplace_back("training-samples.csv", csv);
  figure.alt = fmt::format("One training image of each class of {}{}", dataset.title,
                           augmented ? ", before and after augmentation" : "");
  figure.caption = augmented ? fmt::format(
                                   "Training images with their labels, before and after the "
                                   "augmentation of epoch 1 (seed {}): {}.",
                                   seed, augmentation->text())
                             : "Training images with their labels. This run augments nothing.";
  return figure;
}

}  // namespace normlab
