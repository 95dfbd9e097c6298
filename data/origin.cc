#include "data/origin.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "data/published.h"

namespace normlab {
namespace {

// MNIST's terms are those that Keras's documentation gives (keras.io/api/datasets/mnist); its own
// page is gone. The page of CIFAR-10 names none.
const std::vector<DatasetOrigin>& Origins() {
  static const std::vector<DatasetOrigin> origins = {
      {"mnist",
       "Y. LeCun, C. Cortes, C. J. C. Burges, \"The MNIST database of handwritten digits\", 1998",
       "CC BY-SA 3.0", "https://ossci-datasets.s3.amazonaws.com/mnist/"},
      {"fashion-mnist",
       "H. Xiao, K. Rasul, R. Vollgraf, \"Fashion-MNIST: a Novel Image Dataset for Benchmarking "
       "Machine Learning Algorithms\", 2017",
       "MIT", "https://github.com/zalandoresearch/fashion-mnist"},
      {"cifar10", "A. Krizhevsky, \"Learning Multiple Layers of Features from Tiny Images\", 2009",
       "none stated; its page asks to cite the report",
       "https://www.cs.toronto.edu/~kriz/cifar.html"},
      {"cifar100", "A. Krizhevsky, \"Learning Multiple Layers of Features from Tiny Images\", 2009",
       "none stated; its page asks to cite the report",
       "https://www.cs.toronto.edu/~kriz/cifar.html"},
  };
  return origins;
}

}  // namespace

const DatasetOrigin& FindOrigin(std::string_view dataset) {
  const auto origin = std::find_if(Origins().begin(), Origins().end(), [&](const auto& each) {
    return each.dataset == FilesOf(dataset);
  });
  assert(origin != Origins().end());
  return *origin;
}

}  // namespace normlab
