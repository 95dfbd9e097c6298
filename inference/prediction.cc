#include "inference/prediction.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "base/error.h"
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

Readable Read(std::span<Prediction> pictures, Shape shape) {
  Readable readable;
  for (Prediction& picture : pictures) {
    if (!picture.error.empty()) continue;
    try {
      const Image image = ReadImageFile(picture.path);
      const Image fitted = FitImage(image, shape);
      picture.shape = image.shape;
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
                 const PixelTable& table, int top, Network<T>& network) {
  const Shape shape = checkpoint.architecture.input;
  const Readable readable = Read(pictures, shape);
  if (readable.pictures.empty()) return;
  const auto classes = static_cast<std::size_t>(network.classes());
  std::vector<std::uint32_t> images(readable.pictures.size());
  std::iota(images.begin(), images.end(), 0u);
  std::vector<float> rows(images.size() * classes);
  ImageBatch source(readable.split, shape, table, nullptr, 0);
  const Batch batch = source.Take(images.data(), static_cast<int>(images.size()), 0);
  CheckFinite(network.Evaluate(batch, rows).loss_sum, network, checkpoint);
  for (std::size_t i = 0; i < images.size(); ++i) {
    readable.pictures[i]->top = Likeliest(std::span(rows).subspan(i * classes, classes), top);
  }
}

}  // namespace

PictureList ListPictures(const std::vector<std::string>& paths) {
  PictureList list;
  for (const std::string& path : paths) {
    std::error_code status;
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
  const PixelTable table(statistics);
  const int at_once = std::clamp(static_cast<int>(pictures.size()), 1, kAtOnce);
  UseNetwork(checkpoint, options.engine, at_once, [&](auto& network) {
    for (std::size_t first = 0; first < pictures.size(); first += kAtOnce) {
      const std::size_t count = std::min<std::size_t>(kAtOnce, pictures.size() - first);
      PredictSome(std::span(pictures).subspan(first, count), checkpoint, table, options.top,
                  network);
    }
  });
}

}  // namespace normlab
