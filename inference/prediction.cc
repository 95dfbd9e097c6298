#include "inference/prediction.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "base/error.h"
#include "base/file.h"
#include "data/fit_image.h"
#include "data/image_file.h"
#include "data/passed_over.h"
#include "data/picture_listing.h"
#include "train/batches.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

constexpr int kAtOnce = 256;  // pictures in memory

Prediction Failed(const std::string& path, const std::string& error) {
  Prediction prediction;
  prediction.path = path;
  prediction.error = error;
  return prediction;
}

// Whether a folder's entry is a picture to predict; what is none is counted.
bool IsToPredict(const FolderEntry& entry, std::vector<PassedOver>& passed_over) {
  if (entry.kind == FolderEntry::Kind::kFolder) return false;
  if (entry.kind == FolderEntry::Kind::kPicture) return true;
  const bool is_file = entry.kind == FolderEntry::Kind::kOther;
  if (!is_file && IsPictureName(entry.name)) return true;  // which reading it will refuse
  const FileKind special = {FileUse::kOther, "special file"};
  CountPassedOver(is_file ? entry.file : special, passed_over);
  return false;
}

void AddFolder(const std::string& folder, PictureList& list) {
  std::vector<PassedOver> passed_over;
  const std::size_t before = list.pictures.size();
  try {
    for (const FolderEntry& entry : ListPictureFolder(folder)) {
      if (!IsToPredict(entry, passed_over)) continue;
      list.pictures.push_back(Failed((fs::path(folder) / entry.name).string(), ""));
    }
  } catch (const DataError& error) {
    list.pictures.push_back(Failed(folder, error.what()));
    return;
  }
  if (list.pictures.size() == before) {
    const std::string found =
        passed_over.empty() ? "" : fmt::format(", but {}", PassedOverText(passed_over));
    list.pictures.push_back(
        Failed(folder, fmt::format("{} holds no PNG and no JPEG{}; folders below it are not "
                                   "looked at",
                                   folder, found)));
  } else if (!passed_over.empty()) {
    list.warnings.push_back(PassedOverWarning(folder, passed_over));
  }
}

// The pictures that can be read, fitted to the network, and which they are.
struct Readable {
  Split split;
  std::vector<Prediction*> pictures;
};

// Dark writing on white paper for a network of light digits on black, for one.
std::string FarFromTraining(const Image& fitted, const ChannelStatistics& training) {
  const std::size_t pixels = fitted.shape.pixels();
  for (std::size_t c = 0; c < training.mean.size(); ++c) {
    const auto first = fitted.pixels.begin() + static_cast<std::ptrdiff_t>(c * pixels);
    const double mean = std::accumulate(first, first + static_cast<std::ptrdiff_t>(pixels), 0.0) /
                        (255 * static_cast<double>(pixels));
    const double distance = (mean - training.mean[c]) / training.deviation[c];
    if (std::abs(distance) <= kFarFromTraining) continue;
    return fmt::format(
        "far {} than what the network was trained on (mean {:.2f} of 1, training {:.2f} ± {:.2f}): "
        "its answer says little; are light and dark exchanged?",
        distance > 0 ? "lighter" : "darker", mean, training.mean[c], training.deviation[c]);
  }
  return "";
}

Readable Read(std::span<Prediction> pictures, Shape shape, const ChannelStatistics& training) {
  Readable readable;
  for (Prediction& picture : pictures) {
    if (!picture.error.empty()) continue;
    try {
      const Image image = picture.path == "-"
                              ? DecodeImage(ReadNamedFile("/dev/stdin", kLargestImageFile), "-")
                              : ReadImageFile(picture.path);
      const Image fitted = FitImage(image, shape);
      picture.shape = image.shape;
      picture.orientation = image.orientation;
      picture.warning = FarFromTraining(fitted, training);
      readable.split.pixels.insert(readable.split.pixels.end(), fitted.pixels.begin(),
                                   fitted.pixels.end());
      readable.split.labels.push_back(0);  // nothing is made of the loss
      readable.pictures.push_back(&picture);
    } catch (const DataError& error) {
      picture.error = error.what();
    }
  }
  return readable;
}

std::vector<PredictedClass> Likeliest(std::span<const float> row, int top) {
  std::vector<PredictedClass> classes;
  for (const float value : row) classes.push_back({static_cast<int>(classes.size()), value});
  std::ranges::stable_sort(classes, std::greater<>(), &PredictedClass::log_probability);
  classes.resize(std::min(classes.size(), static_cast<std::size_t>(top)));
  return classes;
}

template <typename T>
void PredictSome(std::span<Prediction> pictures, const Checkpoint& checkpoint,
                 const ChannelStatistics& statistics, int top, Network<T>& network) {
  const Shape shape = checkpoint.architecture.input;
  const PixelTable table(statistics);
  const Readable readable = Read(pictures, shape, statistics);
  if (readable.pictures.empty()) return;
  const auto classes = static_cast<std::size_t>(network.classes());
  std::vector<std::uint32_t> images(readable.pictures.size());
  std::iota(images.begin(), images.end(), 0u);
  std::vector<float> rows(images.size() * classes);
  ImageBatch source(readable.split, shape, table, nullptr, 0);
  source.set_completed_steps(checkpoint.steps);
  const Batch batch = source.Take(images.data(), static_cast<int>(images.size()), 0);
  CheckFinite(network.Evaluate(batch, rows).loss_sum, network, checkpoint);
  for (std::size_t i = 0; i < images.size(); ++i) {
    readable.pictures[i]->top = Likeliest(std::span(rows).subspan(i * classes, classes), top);
  }
}

}  // namespace

PictureList ListPictures(const std::vector<std::string>& paths) {
  PictureList list;
  if (std::ranges::count(paths, "-") > 1) {
    throw UsageError("-: standard input holds one picture, found it named twice; name it once");
  }
  for (const std::string& path : paths) {
    std::error_code status;
    if (path == "-" && isatty(STDIN_FILENO) != 0) {
      throw UsageError(
          "-: standard input is a terminal: expected a picture through a pipe, as in normlab "
          "predict ... - < picture.png");
    }
    if (fs::is_directory(path, status)) {
      AddFolder(path, list);
    } else {
      list.pictures.push_back(Failed(path, ""));
    }
  }
  return list;
}

void PredictPictures(const Checkpoint& checkpoint, const ChannelStatistics& statistics,
                     const PredictionOptions& options, std::vector<Prediction>& pictures) {
  CheckEngine(options.engine);
  const int at_once = std::clamp(static_cast<int>(pictures.size()), 1, kAtOnce);
  UseNetwork(checkpoint, options.engine, at_once, [&](auto& network) {
    for (std::size_t first = 0; first < pictures.size(); first += kAtOnce) {
      const std::size_t count = std::min<std::size_t>(kAtOnce, pictures.size() - first);
      PredictSome(std::span(pictures).subspan(first, count), checkpoint, statistics, options.top,
                  network);
    }
  });
}

}  // namespace normlab
