#include "engine/fast_network.h"

#include <cassert>
#include <cmath>

namespace normlab {
namespace {

class Input : public BlockOperation {
 public:
  explicit Input(const BlockTensor* map) : map_(map) {}
  void Forward(const Pass& pass, WorkUnit unit) override {
    pass.batch->source->FillBlock(unit.block, map_->block(unit));
  }
  void Backward(const Pass&, WorkUnit) override {}

 private:
  const BlockTensor* map_;
};

template <class Info>
std::size_t TotalSize(const std::vector<Info>& infos) {
  return infos.empty() ? 0 : infos.back().offset + infos.back().size;
}

bool IsFinite(const BlockView& view, int lanes) {
  for (int c = 0; c < view.shape.channels; ++c) {
    for (int row = 0; row < view.shape.height; ++row) {
      for (int column = 0; column < view.shape.width; ++column) {
        for (int lane = 0; lane < lanes; ++lane) {
          if (!std::isfinite(view.at(c, row, column)[lane])) return false;
        }
      }
    }
  }
  return true;
}

}  // namespace

FastNetwork::FastNetwork(std::vector<ParameterInfo> parameters, std::vector<BufferInfo> buffers,
                         std::vector<CounterInfo> counters, int max_batch, int threads)
    : parameter_infos_(std::move(parameters)),
      buffer_infos_(std::move(buffers)),
      counters_(std::move(counters)),
      max_batch_(max_batch),
      parameters_(TotalSize(parameter_infos_)),
      gradients_(parameters_.size()),
      buffers_(TotalSize(buffer_infos_)),
      partial_gradients_(parameters_.size() * static_cast<std::size_t>(BlocksFor(max_batch))),
      pool_(threads) {}

const BlockTensor* FastNetwork::AddMap(Shape shape, int border, Held held) {
  const int copies = held == Held::kPerBlock ? max_blocks() : pool_.threads();
  maps_.push_back(std::make_unique<BlockTensor>(shape, copies, border, held));
  return maps_.back().get();
}

void FastNetwork::AddOperation(const std::string& layer, std::unique_ptr<BlockOperation> operation,
                               const BlockTensor* output, const BlockTensor* input) {
  steps_.push_back({layer, std::move(operation), output, WritersOf(input), {}});
  steps_.back().output_writers = WritersOf(output);
}

std::vector<BlockOperation*> FastNetwork::WritersOf(const BlockTensor* map) const {
  std::vector<BlockOperation*> writers;
  if (map == nullptr || map->held() == Held::kPerBlock) return writers;
  for (auto step = steps_.rbegin(); step != steps_.rend() && step->output == map; ++step) {
    writers.insert(writers.begin(), step->operation.get());
  }
  return writers;
}

void FastNetwork::Finish(const BlockTensor* input, const BlockTensor* logits,
                         const BlockTensor* logits_gradient) {
  classes_ = logits->shape().channels;
  steps_.insert(steps_.begin(), {"input", std::make_unique<Input>(input), input, {}, {}});
  auto loss = std::make_unique<LogSoftmaxLoss>(*logits, *logits_gradient, max_blocks());
  loss_ = loss.get();
  steps_.push_back({"loss", std::move(loss), logits, {}, {}});
  workspace_.Allocate(pool_.threads());
  train_stages_ = PlanStages(Mode::kTrain);
  evaluate_stages_ = PlanStages(Mode::kEvaluate);
}

const float* FastNetwork::parameter(std::size_t index) const {
  return parameters_.data() + parameter_infos_[index].offset;
}

PartialGradient FastNetwork::partial_gradient(std::size_t index, bool accumulate) {
  return {partial_gradients_.data() + parameter_infos_[index].offset, parameters_.size(),
          accumulate};
}

float* FastNetwork::buffer(std::size_t index) {
  return buffers_.data() + buffer_infos_[index].offset;
}

std::vector<FastNetwork::Stage> FastNetwork::PlanStages(Mode mode) const {
  std::vector<Stage> stages(1);
  const auto wait_for_all = [&](BlockOperation* operation, Phase gather) {
    stages.back().tasks.push_back({operation, gather});
    stages.back().combines = operation;
    stages.back().backward = gather == Phase::kGatherBackward;
    stages.emplace_back();
  };
  for (const Step& step : steps_) {
    BlockOperation* operation = step.operation.get();
    if (operation->CrossesImages(mode)) wait_for_all(operation, Phase::kGatherForward);
    stages.back().tasks.push_back({operation, Phase::kForward});
  }
  if (mode == Mode::kEvaluate) return stages;
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    BlockOperation* operation = step->operation.get();
    if (operation->CrossesImages(mode)) wait_for_all(operation, Phase::kGatherBackward);
    for (BlockOperation* writer : step->input_writers) {
      stages.back().tasks.push_back({writer, Phase::kRestore});
    }
    stages.back().tasks.push_back({operation, Phase::kBackward});
  }
  return stages;
}

void FastNetwork::RunTask(const Task& task, const Pass& pass, WorkUnit unit) {
  switch (task.phase) {
    case Phase::kForward:
      return task.operation->Forward(pass, unit);
    case Phase::kGatherForward:
      return task.operation->GatherForward(pass, unit);
    case Phase::kGatherBackward:
      return task.operation->GatherBackward(pass, unit);
    case Phase::kRestore:
      return task.operation->Restore(pass, unit);
    case Phase::kBackward:
      return task.operation->Backward(pass, unit);
  }
}

BatchResult FastNetwork::RunPass(const Pass& pass, const std::vector<Stage>& stages) {
  assert(pass.batch->count > 0 && pass.batch->count <= max_batch_);
  last_count_ = pass.batch->count;
  last_mode_ = pass.mode;
  for (const Step& step : steps_) step.operation->Begin(pass);
  // Back and forth: the block that a stage left last is the one still in cache when the next
  // begins.
  auto order = ThreadPool::Order::kForwards;
  for (const Stage& stage : stages) {
    pool_.ForEach(pass.batch->blocks(), order, [&](int block, int worker) {
      for (const Task& task : stage.tasks) RunTask(task, pass, {block, worker});
    });
    order = order == ThreadPool::Order::kForwards ? ThreadPool::Order::kBackwards
                                                  : ThreadPool::Order::kForwards;
    if (stage.combines == nullptr) continue;
    if (stage.backward) {
      stage.combines->CombineBackward(pass);
    } else {
      stage.combines->CombineForward(pass);
    }
  }
  return loss_->Result(pass.batch->count);
}

BatchResult FastNetwork::Train(const Batch& batch, const DropoutAddress& dropout) {
  loss_->set_log_probabilities({});
  const BatchResult result = RunPass({Mode::kTrain, &batch, dropout}, train_stages_);
  AddPartialGradients(batch.blocks());
  return result;
}

BatchResult FastNetwork::Evaluate(const Batch& batch, std::span<float> log_probabilities) {
  loss_->set_log_probabilities(log_probabilities);
  return RunPass({Mode::kEvaluate, &batch, {}}, evaluate_stages_);
}

void FastNetwork::AddPartialGradients(int blocks) {
  const std::size_t size = parameters_.size();
  std::copy_n(partial_gradients_.data(), size, gradients_.data());
  for (int block = 1; block < blocks; ++block) {
    const float* partial = partial_gradients_.data() + static_cast<std::size_t>(block) * size;
    for (std::size_t i = 0; i < size; ++i) gradients_[i] += partial[i];
  }
}

std::string FastNetwork::FirstNonFiniteLayer() const {
  const Pass pass = {last_mode_, nullptr, {}};
  for (const Step& step : steps_) {
    for (int block = 0; block < BlocksFor(last_count_); ++block) {
      for (BlockOperation* writer : step.output_writers) writer->Restore(pass, block);
      const int left = last_count_ - block * kBlock;
      if (!IsFinite(step.output->block(block), std::min(left, kBlock))) return step.layer;
    }
  }
  return {};
}

}  // namespace normlab
