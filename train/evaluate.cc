#include "train/evaluate.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace normlab {
namespace {

// evaluate(batch, rows) for one batch after the other.
template <typename T, typename EvaluateBatch>
Evaluation OverBatches(const Network<T>& network, ImageBatch& source,
                       const std::vector<std::uint32_t>& images,
                       std::vector<float>* log_probabilities, const EvaluateBatch& evaluate) {
  const std::size_t largest = static_cast<std::size_t>(network.max_batch());
  const std::size_t classes = static_cast<std::size_t>(network.classes());
  if (log_probabilities != nullptr) log_probabilities->resize(images.size() * classes);
  BatchResult sum;
  for (std::size_t first = 0; first < images.size(); first += largest) {
    const std::size_t count = std::min(largest, images.size() - first);
    std::span<float> rows;
    if (log_probabilities != nullptr) {
      rows = std::span(*log_probabilities).subspan(first * classes, count * classes);
    }
    const Batch batch = source.Take(&images[first], static_cast<int>(count), 0);
    const BatchResult result = evaluate(batch, rows);
    sum.loss_sum += result.loss_sum;
    sum.correct += result.correct;
    if (!std::isfinite(result.loss_sum)) break;
  }
  const double count = static_cast<double>(std::max<std::size_t>(images.size(), 1));
  return {sum.loss_sum / count, 100.0 * sum.correct / count, sum.correct};
}

}  // namespace

template <typename T>
Evaluation Evaluate(Network<T>& network, ImageBatch& source,
                    const std::vector<std::uint32_t>& images,
                    std::vector<float>* log_probabilities) {
  return OverBatches(
      network, source, images, log_probabilities,
      [&](const Batch& batch, std::span<float> rows) { return network.Evaluate(batch, rows); });
}

template <typename T>
Evaluation EvaluateOnBatchStatistics(Network<T>& network, ImageBatch& source,
                                     const std::vector<std::uint32_t>& images,
                                     std::vector<float>* log_probabilities) {
  return OverBatches(network, source, images, log_probabilities,
                     [&](const Batch& batch, std::span<float> rows) {
                       return network.EvaluateOnBatchStatistics(batch, rows);
                     });
}

template Evaluation Evaluate(Network<float>&, ImageBatch&, const std::vector<std::uint32_t>&,
                             std::vector<float>*);
template Evaluation Evaluate(Network<double>&, ImageBatch&, const std::vector<std::uint32_t>&,
                             std::vector<float>*);
template Evaluation EvaluateOnBatchStatistics(Network<float>&, ImageBatch&,
                                              const std::vector<std::uint32_t>&,
                                              std::vector<float>*);
template Evaluation EvaluateOnBatchStatistics(Network<double>&, ImageBatch&,
                                              const std::vector<std::uint32_t>&,
                                              std::vector<float>*);

}  // namespace normlab
