#include "engine/fast/fast_network.h"

#include <algorithm>
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

// The image in one lane, as [C][H][W].
void CopyImage(const BlockView& view, int lane, float* image) {
  for (int c = 0; c < view.shape.channels; ++c) {
    for (int row = 0; row < view.shape.height; ++row) {
      for (int column = 0; column < view.shape.width; ++column) {
        *image++ = view.at(c, row, column)[lane];
      }
    }
  }
}

void Run(BlockOperation& operation, Phase phase, const Pass& pass, WorkUnit unit) {
  switch (phase) {
    case Phase::kBegin:
      return operation.Begin(pass);
    case Phase::kGatherForward:
      return operation.GatherForward(pass, unit);
    case Phase::kCombineForward:
      return operation.CombineForward(pass);
    case Phase::kForward:
      return operation.Forward(pass, unit);
    case Phase::kGatherBackward:
      return operation.GatherBackward(pass, unit);
    case Phase::kCombineBackward:
      return operation.CombineBackward(pass);
    case Phase::kRestore:
      return operation.Restore(pass, unit);
    case Phase::kBackward:
      return operation.Backward(pass, unit);
    case Phase::kWeightGradient:
      return operation.WeightGradient(pass, unit);
  }
}

}  // namespace

FastNetwork::FastNetwork(std::vector<ParameterInfo> parameters, std::vector<BufferInfo> buffers,
                         std::vector<CounterInfo> counters, std::vector<StatisticsSite> sites,
                         int max_batch, int threads)
    : parameter_infos_(std::move(parameters)),
      buffer_infos_(std::move(buffers)),
      counters_(std::move(counters)),
      sites_(std::move(sites)),
      max_batch_(max_batch),
      parameters_(TotalSize(parameter_infos_)),
      gradients_(parameters_.size()),
      buffers_(TotalSize(buffer_infos_)),
      batch_statistics_(sites_.empty() ? 0 : sites_.back().batch + 2 * sites_.back().channels),
      partial_gradients_(parameters_.size() * static_cast<std::size_t>(BlocksFor(max_batch))),
      pool_(threads) {}

const BlockTensor* FastNetwork::AddMap(Shape shape, int border, Held held) {
  const int copies = held == Held::kPerBlock ? max_blocks() : pool_.threads();
  maps_.push_back(std::make_unique<BlockTensor>(shape, copies, border, held));
  return maps_.back().get();
}

void FastNetwork::AddOperation(const OperationInfo& info, std::unique_ptr<BlockOperation> operation,
                               const BlockTensor* output, const BlockTensor* input) {
  steps_.push_back({info, std::move(operation), output, WritersOf(input), {}});
  steps_.back().output_writers = WritersOf(output);
}

void FastNetwork::AddBlock(const std::string& layer, int application, const BlockTensor* map) {
  assert(map->held() == Held::kPerBlock);
  blocks_.push_back({layer, application, map});
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
  steps_.insert(
      steps_.begin(),
      {{.layer = "input", .name = "input"}, std::make_unique<Input>(input), input, {}, {}});
  auto loss = std::make_unique<LogSoftmaxLoss>(*logits, *logits_gradient, max_blocks());
  loss_ = loss.get();
  workspace_.Allocate(pool_.threads());
  steps_.push_back(
      {{.layer = "loss", .name = "log-softmax loss"}, std::move(loss), logits, {}, {}});
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    index_of_[steps_[i].operation.get()] = static_cast<int>(i);
  }
  train_ = PlanSchedule(Mode::kTrain, std::vector<bool>(steps_.size(), true));
  evaluate_ = PlanSchedule(Mode::kEvaluate, std::vector<bool>(steps_.size(), true));
  evaluate_on_batch_ = PlanSchedule(Mode::kEvaluateOnBatch, std::vector<bool>(steps_.size(), true));
}

const float* FastNetwork::parameter(std::size_t index) const {
  return parameters_.data() + parameter_infos_[index].offset;
}

PartialGradient FastNetwork::partial_gradient(std::size_t index, bool accumulate) {
  return {partial_gradients_.data() + parameter_infos_[index].offset, parameters_.size(),
          accumulate};
}

FastNetwork::Task FastNetwork::MakeTask(BlockOperation* operation, Phase phase) const {
  return {operation, phase, index_of_.at(operation)};
}

FastNetwork::Schedule FastNetwork::PlanSchedule(Mode mode, const std::vector<bool>& chosen) const {
  Schedule schedule;
  std::vector<Stage>& stages = schedule.stages;
  stages.resize(1);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (!chosen[i]) continue;
    BlockOperation* operation = steps_[i].operation.get();
    schedule.begins.push_back(MakeTask(operation, Phase::kBegin));
    if (operation->CrossesImages(mode)) {
      stages.back().tasks.push_back(MakeTask(operation, Phase::kGatherForward));
      stages.back().combination = MakeTask(operation, Phase::kCombineForward);
      stages.emplace_back();
    }
    stages.back().tasks.push_back(MakeTask(operation, Phase::kForward));
  }
  if (mode == Mode::kTrain) PlanBackward(chosen, stages);
  return schedule;
}

// Nothing before the first weights has anything to learn, so nobody asks for a gradient there: what
// pools or whatever stands in front of them has no backward pass, and the first weights' operation
// gives no gradient of its input.
void FastNetwork::PlanBackward(const std::vector<bool>& chosen, std::vector<Stage>& stages) const {
  const auto has_weights = [](const Step& step) { return step.operation->HasWeightGradient(); };
  const auto first =
      static_cast<std::size_t>(std::ranges::find_if(steps_, has_weights) - steps_.begin());
  for (std::size_t i = steps_.size(); i-- > first;) {
    if (!chosen[i]) continue;
    BlockOperation* operation = steps_[i].operation.get();
    if (operation->CrossesImages(Mode::kTrain)) {
      stages.back().tasks.push_back(MakeTask(operation, Phase::kGatherBackward));
      stages.back().combination = MakeTask(operation, Phase::kCombineBackward);
      stages.emplace_back();
    }
    for (BlockOperation* writer : steps_[i].input_writers) {
      const Task restore = MakeTask(writer, Phase::kRestore);
      if (chosen[restore.index]) stages.back().tasks.push_back(restore);
    }
    if (operation->HasWeightGradient()) {
      stages.back().tasks.push_back(MakeTask(operation, Phase::kWeightGradient));
    }
    if (i > first) stages.back().tasks.push_back(MakeTask(operation, Phase::kBackward));
  }
}

template <class RunTask>
void FastNetwork::RunTasks(const Pass& pass, const Schedule& schedule, const RunTask& run_task) {
  for (const Task& task : schedule.begins) run_task(task, 0);
  // Back and forth: the block that a stage left last is the one still in cache when the next
  // begins.
  auto order = ThreadPool::Order::kForwards;
  for (const Stage& stage : schedule.stages) {
    pool_.ForEach(pass.batch->blocks(), order, [&](int block, int worker) {
      for (const Task& task : stage.tasks) run_task(task, WorkUnit{block, worker});
    });
    order = order == ThreadPool::Order::kForwards ? ThreadPool::Order::kBackwards
                                                  : ThreadPool::Order::kForwards;
    if (stage.combination) run_task(*stage.combination, 0);
  }
}

void FastNetwork::RunPass(const Pass& pass, const Schedule& schedule) {
  assert(pass.batch->count > 0 && pass.batch->count <= max_batch_);
  last_count_ = pass.batch->count;
  last_mode_ = pass.mode;
  if (profile_ == nullptr) {
    RunTasks(pass, schedule, [&](const Task& task, WorkUnit unit) {
      Run(*task.operation, task.phase, pass, unit);
    });
    return;
  }
  RunTasks(pass, schedule, [&](const Task& task, WorkUnit unit) {
    const StepProfile::Clock::time_point start = StepProfile::Clock::now();
    Run(*task.operation, task.phase, pass, unit);
    profile_->Add(task.index, task.phase, unit.block, StepProfile::Clock::now() - start);
  });
}

BatchResult FastNetwork::Train(const Batch& batch, const DropoutAddress& dropout) {
  loss_->set_log_probabilities({});
  RunPass({Mode::kTrain, &batch, dropout}, train_);
  AddPartialGradients(batch.blocks());
  return loss_->Result(batch.count);
}

BatchResult FastNetwork::Evaluate(const Batch& batch, std::span<float> log_probabilities) {
  loss_->set_log_probabilities(log_probabilities);
  RunPass({Mode::kEvaluate, &batch, {}}, evaluate_);
  return loss_->Result(batch.count);
}

BatchResult FastNetwork::EvaluateOnBatchStatistics(const Batch& batch,
                                                   std::span<float> log_probabilities) {
  loss_->set_log_probabilities(log_probabilities);
  RunPass({Mode::kEvaluateOnBatch, &batch, {}}, evaluate_on_batch_);
  return loss_->Result(batch.count);
}

std::vector<OperationInfo> FastNetwork::operation_infos() const {
  std::vector<OperationInfo> infos;
  for (const Step& step : steps_) infos.push_back(step.info);
  return infos;
}

void FastNetwork::ChooseOperations(const std::vector<bool>& chosen) {
  assert(chosen.size() == steps_.size());
  chosen_ = PlanSchedule(Mode::kTrain, chosen);
}

void FastNetwork::RunChosen(const Batch& batch) { RunPass({Mode::kTrain, &batch, {}}, chosen_); }

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
      if (!IsFinite(step.output->block(block), std::min(left, kBlock))) return step.info.layer;
    }
  }
  return {};
}

void FastNetwork::VisitBlocks(const std::function<void(const BlockValues<float>&)>& visit) const {
  for (const Block& block : blocks_) {
    BlockValues<float> values{block.layer, block.application, last_count_, block.map->shape(), {}};
    values.values.resize(values.shape.size() * static_cast<std::size_t>(last_count_));
    for (int image = 0; image < last_count_; ++image) {
      CopyImage(block.map->block(image / kBlock), image % kBlock,
                values.values.data() + static_cast<std::size_t>(image) * values.shape.size());
    }
    visit(values);
  }
}

}  // namespace normlab
