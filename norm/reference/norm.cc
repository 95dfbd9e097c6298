#include "norm/reference/norm.h"

#include <algorithm>
#include <cassert>

namespace normlab::reference {
namespace {

template <typename T>
class NoNorm : public Operation<T> {
 public:
  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) override { y.values = x.values; }

  void Backward(const Pass&, const Tensor<T>&, const Tensor<T>&, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    if (dx != nullptr) dx->values = dy.values;
  }
};

// Every method with statistics: a row of the registry is all that tells them apart.
template <typename T>
class Normalization : public Operation<T> {
 public:
  Normalization(const NormMethod& method, const NormOptions<T>& options)
      : method_(method), options_(options) {}

  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const Pass& pass, const Tensor<T>& x, Tensor<T>& y) override {
    Pool(x);
    if (pass.training || pass.batch_statistics || !method_.running_statistics) {
      moments_ = PooledMoments(x, pooling_, method_.centered);
    } else {
      moments_.mean.assign(options_.running_mean, options_.running_mean + pooling_.sets);
      moments_.variance.assign(options_.running_variance,
                               options_.running_variance + pooling_.sets);
      moments_.count = static_cast<double>(x.values.size()) / pooling_.sets;
      moments_.of_the_input = false;
    }
    if (method_.running_statistics && (pass.training || pass.batch_statistics)) {
      if (options_.batch_statistics != nullptr) WriteBatchStatistics();
    }
    Normalize(x, pooling_, moments_, options_.eps, affine(), y);
  }

  void Backward(const Pass&, const Tensor<T>& x, const Tensor<T>&, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    NormalizeBackward(x, pooling_, moments_, method_.centered, options_.eps, affine(), dy,
                      options_.gradient, dx);
  }

  // PyTorch's: running = (1 - momentum) running + momentum value.
  void UpdateStates() override {
    if (!method_.running_statistics) return;
    assert(moments_.count > 1);  // CheckBatchStatistics refuses one value per channel beforehand
    const double momentum = options_.momentum;
    for (int s = 0; s < pooling_.sets; ++s) {
      const auto set = static_cast<std::size_t>(s);
      T& mean = options_.running_mean[set];
      T& variance = options_.running_variance[set];
      mean = static_cast<T>((1 - momentum) * mean + momentum * moments_.mean[set]);
      variance = static_cast<T>((1 - momentum) * variance + momentum * Unbiased(set));
    }
    ++*options_.batches_tracked;
  }

 private:
  Affine<T> affine() const { return {method_.affine, options_.weight, options_.bias}; }

  void Pool(const Tensor<T>& x) {
    if (pooled_images_ == x.images && pooled_shape_ == x.shape) return;
    pooling_ = PoolValues(method_, x.images, x.shape, options_.groups);
    pooled_images_ = x.images;
    pooled_shape_ = x.shape;
  }

  // Over |S| - 1; a lone value has the variance 0.
  double Unbiased(std::size_t set) const {
    return moments_.variance[set] * (moments_.count / std::max(moments_.count - 1, 1.0));
  }

  void WriteBatchStatistics() {
    const auto sets = static_cast<std::size_t>(pooling_.sets);
    for (std::size_t set = 0; set < sets; ++set) {
      options_.batch_statistics[set] = moments_.mean[set];
      options_.batch_statistics[sets + set] = Unbiased(set);
    }
  }

  const NormMethod& method_;
  NormOptions<T> options_;
  int pooled_images_ = 0;
  Shape pooled_shape_;
  Pooling pooling_;
  Moments moments_;
};

}  // namespace

template <typename T>
std::unique_ptr<Operation<T>> MakeNorm(const NormMethod& method, const NormOptions<T>& options) {
  if (!method.has_statistics) return std::make_unique<NoNorm<T>>();
  return std::make_unique<Normalization<T>>(method, options);
}

template std::unique_ptr<Operation<float>> MakeNorm(const NormMethod&, const NormOptions<float>&);
template std::unique_ptr<Operation<double>> MakeNorm(const NormMethod&, const NormOptions<double>&);

}  // namespace normlab::reference
