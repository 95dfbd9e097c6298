#include "data/dataset.h"

#include "base/memory_limits.h"
#include "data/cifar.h"
#include "data/cifar100.h"
#include "data/dataset_spec.h"
#include "data/idx.h"
#include "data/published.h"
#include "data/search.h"
#include "data/statistics.h"
#include "data/user_dataset.h"

namespace normlab {
namespace {

void Read(const FoundDataset& found, Dataset& dataset) {
  switch (found.layout) {
    case Layout::kIdxFolder:
      return LoadIdxFolder(found.path, dataset);
    case Layout::kCifarBinaryFolder:
      return LoadCifarFolder(found.path, CifarRelease::kBinary, dataset);
    case Layout::kCifarPythonFolder:
      return LoadCifarFolder(found.path, CifarRelease::kPython, dataset);
    case Layout::kCifarBinaryArchive:
      return LoadCifarArchive(found.path, CifarRelease::kBinary, dataset);
    case Layout::kCifarPythonArchive:
      return LoadCifarArchive(found.path, CifarRelease::kPython, dataset);
    case Layout::kCifar100BinaryFolder:
      return LoadCifar100Folder(found.path, CifarRelease::kBinary, dataset);
    case Layout::kCifar100PythonFolder:
      return LoadCifar100Folder(found.path, CifarRelease::kPython, dataset);
    case Layout::kCifar100BinaryArchive:
      return LoadCifar100Archive(found.path, CifarRelease::kBinary, dataset);
    case Layout::kCifar100PythonArchive:
      return LoadCifar100Archive(found.path, CifarRelease::kPython, dataset);
  }
}

// The images; and, as measured, of a published set at least so much of its files beside them.
double BytesToRead(const DatasetInfo& info) {
  constexpr double kBeside = 0.6;
  const double images = info.train_images + info.test_images +
                        (IsDatasetSpec(info.name) ? 0 : kBeside * info.train_images);
  return images * static_cast<double>(info.shape.size());
}

std::string Remedy(const DatasetInfo& info) {
  return info.name.starts_with("folder:")
             ? "choose a smaller size, such as @3x32x32 behind the folder's name"
             : "give the program more memory, or take a smaller data set";
}

}  // namespace

Dataset LoadDataset(std::string_view name, const std::string& data_dir) {
  const DatasetInfo& info = FindDatasetInfo(name);
  CheckMemoryNeed({BytesToRead(info), 0}, "reading " + info.title, Remedy(info));
  if (IsDatasetSpec(name)) return LoadUserDataset(info);
  Dataset dataset;
  dataset.name = info.name;
  dataset.title = info.title;
  dataset.class_names = ClassNames(info.name);
  dataset.shape = info.shape;
  Read(FindDataset(info, data_dir), dataset);
  dataset.statistics = ComputeStatistics(dataset.train, dataset.shape);
  return dataset;
}

}  // namespace normlab
