#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "engine/make_network.h"
#include "norm/reference/norm.h"
#include "operations/reference/average_pool.h"
#include "operations/reference/convolution.h"
#include "operations/reference/dropout.h"
#include "operations/reference/log_softmax.h"
#include "operations/reference/max_pool.h"
#include "operations/reference/relu.h"

namespace normlab {
namespace {

using reference::Operation;
using reference::Tensor;

// The flat vectors and where each named tensor stands in them.
template <typename T>
class Storage {
 public:
  explicit Storage(const Architecture& architecture)
      : parameter_infos(ParameterInfos(architecture)),
        buffer_infos(BufferInfos(architecture)),
        counters(CounterInfos(architecture)),
        sites(StatisticsSites(architecture)) {
    if (!parameter_infos.empty()) {
      parameters.resize(parameter_infos.back().offset + parameter_infos.back().size);
    }
    if (!buffer_infos.empty()) {
      buffers.resize(buffer_infos.back().offset + buffer_infos.back().size);
    }
    if (!sites.empty()) {
      batch_statistics.resize(sites.back().batch + 2 * sites.back().channels);
    }
    gradients.resize(parameters.size());
    InitialValues();
  }

  std::vector<ParameterInfo> parameter_infos;
  std::vector<BufferInfo> buffer_infos;
  std::vector<CounterInfo> counters;
  std::vector<StatisticsSite> sites;
  std::vector<T> parameters, gradients, buffers;
  std::vector<double> batch_statistics;

  // Null when there is no tensor of that name.
  T* Parameter(const std::string& name) { return In(parameter_infos, parameters, name); }
  T* Gradient(const std::string& name) { return In(parameter_infos, gradients, name); }
  // Null where the layer keeps no running statistics.
  const StatisticsSite* Site(const std::string& layer, int application) const {
    for (const StatisticsSite& site : sites) {
      if (site.layer == layer && site.application == application) return &site;
    }
    return nullptr;
  }

 private:
  template <typename Info>
  static T* In(const std::vector<Info>& infos, std::vector<T>& values, const std::string& name) {
    for (const Info& info : infos) {
      if (info.name == name) return values.data() + info.offset;
    }
    return nullptr;
  }

  // As norms start; convolutions are zero until they are initialized.
  void InitialValues() {
    for (const ParameterInfo& info : parameter_infos) {
      const T value = info.kind == ParameterKind::kNormWeight ? T{1} : T{0};
      std::fill_n(parameters.begin() + static_cast<std::ptrdiff_t>(info.offset), info.size, value);
    }
    for (const BufferInfo& info : buffer_infos) {
      const bool variance = info.name.find(".running_var") != std::string::npos;
      const T value = variance ? T{1} : T{0};
      std::fill_n(buffers.begin() + static_cast<std::ptrdiff_t>(info.offset), info.size, value);
    }
  }
};

// The operations of an architecture in the order of the forward pass, each with the name of its
// layer.
template <typename T>
class Sequence {
 public:
  struct Step {
    std::string layer;
    std::unique_ptr<Operation<T>> operation;
  };

  Sequence(const Architecture& architecture, Storage<T>& storage)
      : architecture_(architecture), options_(architecture.options), storage_(storage) {
    for (const Layer& layer : architecture.layers) AddLayer(layer);
  }

  // Where a block's values lie (VisitBlocks): the input of step `map`.
  struct Block {
    std::string layer;
    int application;
    std::size_t map;
  };

  std::vector<Step> steps;
  std::vector<Block> blocks;

 private:
  void Add(const Layer& layer, std::unique_ptr<Operation<T>> operation) {
    steps.push_back({layer.name, std::move(operation)});
  }

  void AddLayer(const Layer& layer) {
    switch (layer.kind) {
      case LayerKind::kConvolution:
        for (int time = 0; time < layer.repeat; ++time) AddBlock(layer, time);
        break;
      case LayerKind::kMaxPool:
        assert(layer.kernel == 2);
        Add(layer, std::make_unique<reference::MaxPool<T>>());
        break;
      case LayerKind::kAveragePool:
        Add(layer, std::make_unique<reference::AveragePool<T>>(layer.kernel));
        break;
      case LayerKind::kGlobalAveragePool:
        Add(layer, std::make_unique<reference::AveragePool<T>>(0));
        break;
    }
  }

  // A repeated block's later applications read what the first one wrote, so their input has the
  // output's channels; the parser allows a repeat only where the two agree.
  void AddBlock(const Layer& layer, int time) {
    const typename reference::Convolution<T>::Options convolution{
        time == 0 ? layer.input.channels : layer.output.channels, layer.output.channels,
        layer.kernel, layer.padding};
    const std::size_t size = static_cast<std::size_t>(convolution.input_channels) *
                             convolution.output_channels * layer.kernel * layer.kernel;
    const std::string name = layer.name + ".conv.weight";
    Add(layer, std::make_unique<reference::Convolution<T>>(
                   convolution, std::span<const T>(storage_.Parameter(name), size),
                   std::span<T>(storage_.Gradient(name), size)));
    blocks.push_back({layer.name, time + 1, steps.size()});
    if (!layer.bare) AddBlockSteps(layer, time + 1);
    if (!HasNorm(architecture_, layer)) blocks.back().map = steps.size();
  }

  void AddBlockSteps(const Layer& layer, int application) {
    for (const BlockStep step : options_.order) {
      if (step == BlockStep::kRelu) Add(layer, std::make_unique<reference::Relu<T>>());
      if (step == BlockStep::kNorm) {
        blocks.back().map = steps.size();
        AddNorm(layer, application);
      }
      if (step == BlockStep::kDropout) {
        Add(layer, std::make_unique<reference::Dropout<T>>(options_.dropout, dropouts_++));
      }
    }
  }

  void AddNorm(const Layer& layer, int application) {
    const std::string norm = layer.name + ".norm.";
    reference::NormOptions<T> options;
    options.groups = layer.groups;
    options.eps = options_.norm_eps;
    options.momentum = options_.norm_momentum;
    options.weight = storage_.Parameter(norm + "weight");
    options.bias = storage_.Parameter(norm + "bias");
    options.gradient = {storage_.Gradient(norm + "weight"), storage_.Gradient(norm + "bias")};
    if (const StatisticsSite* site = storage_.Site(layer.name, application)) {
      options.running_mean = storage_.buffers.data() + site->running_mean;
      options.running_variance = storage_.buffers.data() + site->running_var;
      options.batches_tracked = &storage_.counters[site->counter].value;
      options.batch_statistics = storage_.batch_statistics.data() + site->batch;
    }
    Add(layer, reference::MakeNorm(FindNormMethod(options_.norm).kind, options));
  }

  const Architecture& architecture_;
  const ModelOptions& options_;
  Storage<T>& storage_;
  std::uint32_t dropouts_ = 0;  // numbered in the order of the forward pass
};

// [block][C][H][W][16] of float -> [N][C][H][W] of T.
template <typename T>
class BatchReader {
 public:
  explicit BatchReader(const Shape& shape) : lanes_(shape.size() * kBlock) {}

  void Read(const Batch& batch, Tensor<T>& images) {
    const std::size_t pixels = images.shape.size();
    const BlockView view{lanes_.data(), images.shape,
                         static_cast<std::size_t>(images.shape.width) * kBlock,
                         images.shape.pixels() * kBlock};
    for (int block = 0; block < batch.blocks(); ++block) {
      batch.source->FillBlock(block, view);
      for (int n = block * kBlock; n < std::min(batch.count, (block + 1) * kBlock); ++n) {
        const float* lane = lanes_.data() + n % kBlock;
        T* image = images.image(n);
        for (std::size_t e = 0; e < pixels; ++e) image[e] = static_cast<T>(lane[e * kBlock]);
      }
    }
  }

 private:
  std::vector<float> lanes_;
};

template <typename T>
class ReferenceNetwork : public Network<T> {
 public:
  ReferenceNetwork(const Architecture& architecture, int max_batch)
      : architecture_(architecture),
        max_batch_(max_batch),
        storage_(architecture_),
        sequence_(architecture_, storage_),
        reader_(architecture_.input),
        maps_(sequence_.steps.size() + 1),
        map_gradients_(sequence_.steps.size() + 1) {}

  BatchResult Train(const Batch& batch, const DropoutAddress& dropout) override {
    const reference::Pass pass{true, dropout, batch.image_ids};
    const BatchResult result = Forward(batch, pass);
    Backward(batch, pass);
    return result;
  }

  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities) override {
    return Evaluate(batch, log_probabilities, reference::Pass{});
  }

  BatchResult EvaluateOnBatchStatistics(const Batch& batch,
                                        std::span<float> log_probabilities) override {
    reference::Pass pass;
    pass.batch_statistics = true;
    return Evaluate(batch, log_probabilities, pass);
  }

  std::string FirstNonFiniteLayer() const override {
    const auto finite = [](const Tensor<T>& map) {
      return std::all_of(map.values.begin(), map.values.end(),
                         [](T value) { return std::isfinite(value); });
    };
    for (std::size_t s = 0; s < sequence_.steps.size(); ++s) {
      if (!finite(maps_[s + 1])) return sequence_.steps[s].layer;
    }
    return finite(log_probabilities_) ? "" : "log-softmax";
  }

  void VisitBlocks(const std::function<void(const BlockValues<T>&)>& visit) const override {
    for (const auto& block : sequence_.blocks) {
      const Tensor<T>& map = maps_[block.map];
      visit({block.layer, block.application, map.images, map.shape, map.values});
    }
  }

  int max_batch() const override { return max_batch_; }
  int classes() const override { return architecture_.classes; }
  const std::vector<ParameterInfo>& parameter_infos() const override {
    return storage_.parameter_infos;
  }
  const std::vector<BufferInfo>& buffer_infos() const override { return storage_.buffer_infos; }
  std::vector<CounterInfo>& counters() override { return storage_.counters; }
  std::span<T> parameters() override { return storage_.parameters; }
  std::span<T> gradients() override { return storage_.gradients; }
  std::span<T> buffers() override { return storage_.buffers; }
  const std::vector<StatisticsSite>& statistics_sites() const override { return storage_.sites; }
  std::span<const double> batch_statistics() const override { return storage_.batch_statistics; }

 private:
  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities,
                       const reference::Pass& pass) {
    const BatchResult result = Forward(batch, pass);
    if (!log_probabilities.empty()) {
      assert(log_probabilities.size() == log_probabilities_.values.size());
      for (std::size_t e = 0; e < log_probabilities.size(); ++e) {
        log_probabilities[e] = static_cast<float>(log_probabilities_.values[e]);
      }
    }
    return result;
  }

  BatchResult Forward(const Batch& batch, const reference::Pass& pass) {
    assert(batch.count > 0 && batch.count <= max_batch_);
    maps_[0].Resize(batch.count, architecture_.input);
    reader_.Read(batch, maps_[0]);
    for (std::size_t s = 0; s < sequence_.steps.size(); ++s) {
      Operation<T>& operation = *sequence_.steps[s].operation;
      maps_[s + 1].Resize(batch.count, operation.OutputShape(maps_[s].shape));
      operation.Forward(pass, maps_[s], maps_[s + 1]);
    }
    assert(maps_.back().shape == (Shape{architecture_.classes, 1, 1}));
    log_probabilities_.Resize(batch.count, maps_.back().shape);
    LogSoftmax(maps_.back(), log_probabilities_);
    return NegativeLogLikelihood(log_probabilities_, batch.labels);
  }

  void Backward(const Batch& batch, const reference::Pass& pass) {
    std::fill(storage_.gradients.begin(), storage_.gradients.end(), T{0});
    map_gradients_.back().Resize(batch.count, maps_.back().shape);
    LogSoftmaxGradient(log_probabilities_, batch.labels, map_gradients_.back());
    for (std::size_t s = sequence_.steps.size(); s-- > 0;) {
      Tensor<T>* dx = nullptr;  // nobody reads the gradient of the images
      if (s > 0) {
        dx = &map_gradients_[s];
        dx->Resize(batch.count, maps_[s].shape);
      }
      sequence_.steps[s].operation->Backward(pass, maps_[s], maps_[s + 1], map_gradients_[s + 1],
                                             dx);
    }
  }

  const Architecture architecture_;
  const int max_batch_;
  Storage<T> storage_;
  Sequence<T> sequence_;
  BatchReader<T> reader_;
  std::vector<Tensor<T>> maps_;           // the input of each step, then the last output
  std::vector<Tensor<T>> map_gradients_;  // of maps_
  Tensor<T> log_probabilities_;
};

}  // namespace

template <typename T>
std::unique_ptr<Network<T>> MakeReferenceNetwork(const Architecture& architecture, int max_batch) {
  return std::make_unique<ReferenceNetwork<T>>(architecture, max_batch);
}

template std::unique_ptr<Network<float>> MakeReferenceNetwork(const Architecture&, int);
template std::unique_ptr<Network<double>> MakeReferenceNetwork(const Architecture&, int);

}  // namespace normlab
