#include "data/cifar.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "base/error.h"
#include "data/archive.h"
#include "data/gunzip.h"
#include "data/published.h"

namespace normlab {
namespace {

constexpr std::size_t kTestBatch = 5;
constexpr std::size_t kBatches = 6;

// The batches as they come; an archive holds them in an order of its own.
class Batches {
 public:
  Batches(CifarRelease release, const Dataset& dataset) : release_(release), dataset_(dataset) {}

  void Add(std::size_t index, std::string_view bytes, const std::string& path) {
    sources_[index] = IdentifyFile(dataset_.name, CifarFiles(release_)[index], path, bytes);
    const auto append = release_ == CifarRelease::kBinary ? AppendCifarBinary : AppendCifarPickle;
    append(bytes, path, splits_[index]);
  }

  void MoveTo(Dataset& dataset) {
    std::size_t images = 0;
    for (std::size_t i = 0; i < kTestBatch; ++i) images += splits_[i].size();
    dataset.train = {};
    dataset.train.labels.reserve(images);
    dataset.train.pixels.reserve(images * kCifarShape.size());
    for (std::size_t i = 0; i < kTestBatch; ++i) Append(splits_[i], dataset.train);
    dataset.test = std::move(splits_[kTestBatch]);
    dataset.sources.assign(sources_.begin(), sources_.end());
  }

 private:
  // Frees the batch, so that the set is in memory about once.
  static void Append(Split& batch, Split& split) {
    split.labels.insert(split.labels.end(), batch.labels.begin(), batch.labels.end());
    split.pixels.insert(split.pixels.end(), batch.pixels.begin(), batch.pixels.end());
    batch = {};
  }

  CifarRelease release_;
  const Dataset& dataset_;
  std::array<Split, kBatches> splits_;
  std::array<SourceFile, kBatches> sources_;
};

}  // namespace

const std::vector<std::string>& CifarFiles(CifarRelease release) {
  static const std::vector<std::string> binary = {"data_batch_1.bin", "data_batch_2.bin",
                                                  "data_batch_3.bin", "data_batch_4.bin",
                                                  "data_batch_5.bin", "test_batch.bin"};
  static const std::vector<std::string> python = {"data_batch_1", "data_batch_2", "data_batch_3",
                                                  "data_batch_4", "data_batch_5", "test_batch"};
  return release == CifarRelease::kBinary ? binary : python;
}

std::string_view CifarFolder(CifarRelease release) {
  return release == CifarRelease::kBinary ? "cifar-10-batches-bin" : "cifar-10-batches-py";
}

void LoadCifarFolder(const std::string& folder, CifarRelease release, Dataset& dataset) {
  Batches batches(release, dataset);
  for (std::size_t i = 0; i < kBatches; ++i) {
    const std::string path = fmt::format("{}/{}", folder, CifarFiles(release)[i]);
    std::error_code status;
    if (!std::filesystem::is_regular_file(path, status)) {
      throw DataError(
          fmt::format("{}: {} is not complete: expected {}, found no such file; add "
                      "the missing file",
                      folder, dataset.title, CifarFiles(release)[i]));
    }
    batches.Add(i, ReadWholeFile(path), path);
  }
  batches.MoveTo(dataset);
}

void LoadCifarArchive(const std::string& path, CifarRelease release, Dataset& dataset) {
  std::vector<std::string> names;
  for (const std::string& file : CifarFiles(release)) {
    names.push_back(fmt::format("{}/{}", CifarFolder(release), file));
  }
  Batches batches(release, dataset);
  ReadArchive(path, names, [&](std::size_t index, std::string_view bytes) {
    batches.Add(index, bytes, fmt::format("{}!{}", path, names[index]));
  });
  batches.MoveTo(dataset);
}

}  // namespace normlab
