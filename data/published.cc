#include "data/published.h"

#include <fmt/format.h>

#include <cassert>

#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "data/cifar100.h"
#include "data/dataset_spec.h"

namespace normlab {

const std::vector<DatasetInfo>& AllDatasets() {
  static const std::vector<DatasetInfo> datasets = {
      {"mnist", "MNIST", {1, 28, 28}, 10, 60000, 10000},
      {"fashion-mnist", "Fashion-MNIST", {1, 28, 28}, 10, 60000, 10000},
      {"cifar10", "CIFAR-10", {3, 32, 32}, 10, 50000, 10000},
      {"cifar100", "CIFAR-100", {3, 32, 32}, 100, 50000, 10000},
      {"cifar100-coarse", "CIFAR-100 (coarse labels)", {3, 32, 32}, 20, 50000, 10000},
  };
  return datasets;
}

// MNIST and the binary CIFAR-10: computed from copies that many independent records agree on; the
// IDX checksums are of the content after gunzip, since mirrors and Debian re-compress the files.
// Fashion-MNIST: Debian's package dataset-fashion-mnist 0.0~git20200523. CIFAR-10 for Python: the
// checksums that projects pin for the files whose MD5 torchvision checks (datasets/cifar.py).
// CIFAR-100, binary: those that the Ruby library torchvision pins, whose checksums of CIFAR-10's
// binary files are these; no copy was at hand to compute them from. Of its Python files none was
// found.
const std::vector<PublishedFile>& PublishedFiles() {
  static const std::vector<PublishedFile> files = {
      {"mnist", "train-images-idx3-ubyte",
       "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
      {"mnist", "train-labels-idx1-ubyte",
       "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
      {"mnist", "t10k-images-idx3-ubyte",
       "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
      {"mnist", "t10k-labels-idx1-ubyte",
       "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
      {"fashion-mnist", "train-images-idx3-ubyte",
       "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
      {"fashion-mnist", "train-labels-idx1-ubyte",
       "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
      {"fashion-mnist", "t10k-images-idx3-ubyte",
       "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
      {"fashion-mnist", "t10k-labels-idx1-ubyte",
       "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
      {"cifar10", "data_batch_1.bin",
       "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
      {"cifar10", "data_batch_2.bin",
       "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
      {"cifar10", "data_batch_3.bin",
       "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
      {"cifar10", "data_batch_4.bin",
       "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
      {"cifar10", "data_batch_5.bin",
       "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
      {"cifar10", "test_batch.bin",
       "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"},
      {"cifar10", "data_batch_1",
       "54636561a3ce25bd3e19253c6b0d8538147b0ae398331ac4a2d86c6d987368cd"},
      {"cifar10", "data_batch_2",
       "766b2cef9fbc745cf056b3152224f7cf77163b330ea9a15f9392beb8b89bc5a8"},
      {"cifar10", "data_batch_3",
       "0f00d98ebfb30b3ec0ad19f9756dc2630b89003e10525f5e148445e82aa6a1f9"},
      {"cifar10", "data_batch_4",
       "3f7bb240661948b8f4d53e36ec720d8306f5668bd0071dcb4e6c947f78e9682b"},
      {"cifar10", "data_batch_5",
       "d91802434d8376bbaeeadf58a737e3a1b12ac839077e931237e0dcd43adcb154"},
      {"cifar10", "test_batch", "f53d8d457504f7cff4ea9e021afcf0e0ad8e24a91f3fc42091b8adef61157831"},
      {"cifar100", "train.bin", "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29"},
      {"cifar100", "test.bin", "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a"},
  };
  return files;
}

std::vector<std::string> ClassNames(std::string_view dataset) {
  if (dataset == "mnist") {
    return {"0 - zero", "1 - one", "2 - two",   "3 - three", "4 - four",
            "5 - five", "6 - six", "7 - seven", "8 - eight", "9 - nine"};
  }
  if (dataset == "fashion-mnist") {
    return {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  }
  if (dataset == "cifar100") return Cifar100FineNames();
  if (dataset == "cifar100-coarse") return Cifar100CoarseNames();
  assert(dataset == "cifar10");
  return {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
}

std::string_view FilesOf(std::string_view dataset) {
  return dataset == "cifar100-coarse" ? "cifar100" : dataset;
}

std::string_view PublishedChecksum(std::string_view dataset, std::string_view file) {
  for (const PublishedFile& published : PublishedFiles()) {
    if (published.dataset == FilesOf(dataset) && published.name == file) return published.sha256;
  }
  return "";
}

SourceFile IdentifyFile(std::string_view dataset, std::string_view name, const std::string& path,
                        std::string_view bytes) {
  SourceFile source{path, Sha256(bytes), false};
  for (const PublishedFile& file : PublishedFiles()) {
    if (file.sha256 != source.sha256) continue;
    if (file.dataset != FilesOf(dataset) || file.name != name) {
      throw DataError(fmt::format(
          "{}: expected {}'s {}, found the bytes of {}'s {}; put the right file in its place", path,
          FindDatasetInfo(dataset).title, name, FindDatasetInfo(file.dataset).title, file.name));
    }
    source.official = true;
  }
  return source;
}

std::string ForeignFilesWarning(const Dataset& dataset) {
  if (IsDatasetSpec(dataset.name)) return "";
  std::vector<std::string> foreign;
  for (const SourceFile& file : dataset.sources) {
    if (!file.official) foreign.push_back(file.path);
  }
  if (foreign.empty()) return "";
  return fmt::format(
      "{} of the {} files read as {} are not the published ones, {} among them: what they hold may "
      "be something else; normlab data verify {} compares their checksums",
      foreign.size(), dataset.sources.size(), dataset.title, Printable(foreign.front(), 4096),
      dataset.name);
}

}  // namespace normlab
