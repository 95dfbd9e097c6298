#include "train/conditions.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "train/batches.h"

namespace normlab {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr int kFirstImages = 128;

template <typename Value>
std::string HashOf(const std::vector<Value>& values) {
  return Sha256({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)});
}

template <typename T>
std::vector<float> ConvolutionWeights(Network<T>& network) {
  std::vector<float> weights;
  for (const ParameterInfo& info : network.parameter_infos()) {
    if (info.role != ParameterRole::kFilter) continue;
    for (const T value : network.parameters().subspan(info.offset, info.size)) {
      weights.push_back(static_cast<float>(value));
    }
  }
  return weights;
}

std::vector<float> PixelsOf(const Batch& batch, Shape shape) {
  std::vector<float> pixels(shape.size() * static_cast<std::size_t>(batch.count));
  batch.source->Fill(0, batch.count, pixels.data());
  return pixels;
}

}  // namespace

template <typename T>
TrainingConditions MeasureConditions(Network<T>& network, const Dataset& dataset,
                                     const Augmentation* augmentation,
                                     const TrainOptions& options) {
  const auto images = static_cast<std::uint32_t>(dataset.train.size());
  const HoldOut split =
      ChooseHoldOut(images, static_cast<std::uint32_t>(options.validation), options.seed);
  std::vector<std::uint32_t> order;
  for (int epoch = 1; epoch <= std::min(options.epochs, kHashedEpochs); ++epoch) {
    const auto next = EpochOrder(split.training, options.shuffle, options.seed,
                                 static_cast<std::uint32_t>(epoch));
    order.insert(order.end(), next.begin(), next.end());
  }
  const PixelTable table(dataset.statistics);
  ImageBatch training(dataset.train, dataset.shape, table, augmentation, options.seed);
  const int first = std::min<int>(kFirstImages, static_cast<int>(split.training.size()));
  TrainingConditions conditions;
  conditions.parameters = network.parameters().size();
  conditions.batch_size = options.batch_size;
  conditions.steps = TotalSteps(options, images);
  conditions.initial_weights = HashOf(ConvolutionWeights(network));
  conditions.data_order = HashOf(order);
  conditions.first_images = HashOf(PixelsOf(training.Take(order.data(), first, 1), dataset.shape));
  return conditions;
}

template TrainingConditions MeasureConditions(Network<float>&, const Dataset&, const Augmentation*,
                                              const TrainOptions&);
template TrainingConditions MeasureConditions(Network<double>&, const Dataset&, const Augmentation*,
                                              const TrainOptions&);

}  // namespace normlab
