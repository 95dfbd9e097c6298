#include "fetch/addresses.h"

#include <fmt/format.h>

#include <string>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "data/published.h"

namespace normlab {
namespace {

// Without the tar headers and the small members.
constexpr std::uint64_t kCifar10Members = 6 * 30730000, kCifar100Members = 153700000 + 30740000;

}  // namespace

// MNIST's own host answers with a web page or not at all; ossci-datasets is PyTorch's copy
// (torchvision, datasets/mnist.py), cvdf-datasets TensorFlow's. Of Fashion-MNIST: the address that
// its README gives, its repository, Keras's copy. Of CIFAR-10: the address on its page, and that
// host's other name.
const std::vector<DownloadSource>& DownloadSources() {
  static const std::vector<DownloadSource> sources = {
      {"mnist",
       "mnist",
       {"https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/"},
       {{"train-images-idx3-ubyte.gz", 9912422, 47040016},
        {"train-labels-idx1-ubyte.gz", 28881, 60008},
        {"t10k-images-idx3-ubyte.gz", 1648877, 7840016},
        {"t10k-labels-idx1-ubyte.gz", 4542, 10008}},
       ""},
      {"fashion-mnist",
       "fashion-mnist",
       {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"},
       {{"train-images-idx3-ubyte.gz", 26421880, 47040016},
        {"train-labels-idx1-ubyte.gz", 29515, 60008},
        {"t10k-images-idx3-ubyte.gz", 4422102, 7840016},
        {"t10k-labels-idx1-ubyte.gz", 5148, 10008}},
       "Debian's package dataset-fashion-mnist has the same images: apt-get install "
       "dataset-fashion-mnist"},
      {"cifar10",
       "",
       {"https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"},
       {{"cifar-10-binary.tar.gz", 170052171, kCifar10Members,
         "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}},
       ""},
      {"cifar100",
       "",
       {"https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"},
       {{"cifar-100-binary.tar.gz", 168513733, kCifar100Members,
         "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"}},
       ""},
  };
  return sources;
}

const DownloadSource& FindDownloadSource(std::string_view dataset) {
  std::vector<std::string> names;
  for (const DownloadSource& source : DownloadSources()) {
    if (source.dataset == FilesOf(dataset)) return source;
    names.emplace_back(source.dataset);
  }
  throw UsageError(fmt::format("{} cannot be fetched: expected one of {}", Printable(dataset, 200),
                               Join(names)));
}

}  // namespace normlab
