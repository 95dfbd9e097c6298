#include "train/whitening.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "train/batches.h"

namespace normlab {
namespace {

// The patch [I k k] of an image, its upper left corner at (row, column).
void TakePatch(const float* image, Shape shape, int kernel, int row, int column,
               Eigen::VectorXf& patch) {
  Eigen::Index at = 0;
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < kernel; ++y) {
      const float* from = image + (c * shape.height + row + y) * shape.width + column;
      for (int x = 0; x < kernel; ++x) patch[at++] = from[x];
    }
  }
}

Eigen::MatrixXd PatchCovariance(const WhiteningImages& training, int kernel) {
  const Dataset& dataset = training.dataset;
  const Shape shape = dataset.shape;
  const HoldOut split =
      ChooseHoldOut(static_cast<std::uint32_t>(dataset.train.size()),
                    static_cast<std::uint32_t>(training.validation), training.seed);
  std::vector<std::uint32_t> images = CleanTrainImages(dataset.train, split);
  images.resize(std::min(images.size(), kWhiteningImages));
  const PixelTable table(dataset.statistics);
  ImageBatch source(dataset.train, shape, table, nullptr, training.seed);
  source.Take(images.data(), static_cast<int>(images.size()), 0);
  const Eigen::Index size = static_cast<Eigen::Index>(shape.channels) * kernel * kernel;
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(size, size);
  std::vector<float> image(shape.size());
  Eigen::VectorXf patch(size);
  // Of one image in float, of all in double.
  Eigen::MatrixXf of_image(size, size);
  double patches = 0;
  for (int i = 0; i < static_cast<int>(images.size()); ++i) {
    source.Fill(i, 1, image.data());
    of_image.setZero();
    for (int row = 0; row + kernel <= shape.height; ++row) {
      for (int column = 0; column + kernel <= shape.width; ++column) {
        TakePatch(image.data(), shape, kernel, row, column, patch);
        of_image.selfadjointView<Eigen::Lower>().rankUpdate(patch);
        ++patches;
      }
    }
    sum += of_image.cast<double>();
  }
  return sum / std::max(patches, 1.0);
}

}  // namespace

std::vector<double> WhiteningFilters(const WhiteningImages& training, const std::vector<int>& shape,
                                     double eps, std::vector<double> drawn) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(PatchCovariance(training, shape[2]));
  const Eigen::Index size = solver.eigenvalues().size();
  const Eigen::Index filters = std::min<Eigen::Index>(shape[0], 2 * size);
  for (Eigen::Index filter = 0; filter < filters; ++filter) {
    const Eigen::Index of = size - 1 - filter / 2;  // eigenvalues ascend
    Eigen::VectorXd vector = solver.eigenvectors().col(of);
    Eigen::Index largest = 0;
    vector.cwiseAbs().maxCoeff(&largest);
    const double sign = (vector[largest] > 0) == (filter % 2 == 0) ? 1 : -1;
    vector *= sign / std::sqrt(std::max(solver.eigenvalues()[of], 0.0) + eps);
    std::copy(vector.data(), vector.data() + size, drawn.begin() + filter * size);
  }
  return drawn;
}

}  // namespace normlab
