#include "engine/fast/fast_network.h"

#include <algorithm>
#include <cassert>

#include "engine/broken_layer.h"
#include "engine/fast/block_values.h"
#include "operations/fast/pack.h"
#include "operations/mixed_image.h"

namespace normlab {
namespace {

// Takes a block's images from the batch's source, each with its mix, and packs them into lanes.
class Input : public BlockOperation {
 public:
  Input(Simd simd, const BlockTensor* map, Workspace* workspace)
      : simd_(simd), map_(map), workspace_(workspace) {
    workspace_->Reserve((kBlock + 1) * PackStride(map_->shape()));  // a block, and a partner
  }
  void Forward(const Pass& pass, WorkUnit unit) override {
    const Shape& shape = map_->shape();
    const int live = pass.live_lanes(unit.block);
    const std::size_t stride = PackStride(shape);
    float* images = workspace_->of(unit);
    float* partner = images + kBlock * stride;
    for (int lane = 0; lane < live; ++lane) {
      FillMixed(*pass.batch, shape, unit.block * kBlock + lane,
                images + static_cast<std::size_t>(lane) * stride, partner);
    }
    PackBlock(simd_, images, stride, live, map_->block(unit));
  }
  void Backward(const Pass&, WorkUnit) override {}

 private:
  Simd simd_;
  const BlockTensor* map_;
  Workspace* workspace_;
};

MapLayout LayoutOf(const Plan& plan, const FusedPlan& fused) {
  return LayOut(plan, fused, TimelineOf(plan, fused));
}

}  // namespace

FastNetwork::FastNetwork(std::shared_ptr<const Plan> plan, int max_batch,
                         const FastOptions& options)
    : plan_(std::move(plan)),
      max_batch_(max_batch),
      fused_(Fuse(*plan_, options.simd)),
      layout_(LayoutOf(*plan_, fused_)),
      pool_(options.threads),
      parameters_(*plan_),
      state_(StateOf<float>(*plan_)),
      partial_gradients_(parameters_.all_gradients().size() * At(BlocksFor(max_batch))) {
  for (const MapMemory& map : layout_.memory) {
    const int copies = map.held == Held::kPerBlock ? max_blocks() : pool_.threads();
    memory_.push_back(std::make_unique<BlockTensor>(map.shape, copies, map.border, map.held));
  }
  MakeOperations(options.simd);
  workspace_.Allocate(pool_.threads());
  const std::vector<bool> all(steps_.size(), true);
  train_ = PlanSchedule(*plan_, fused_, layout_, Mode::kTrain, all);
  evaluate_ = PlanSchedule(*plan_, fused_, layout_, Mode::kEvaluate, all);
  evaluate_on_batch_ = PlanSchedule(*plan_, fused_, layout_, Mode::kEvaluateOnBatch, all);
}

void FastNetwork::MakeOperations(Simd simd) {
  steps_.push_back(std::make_unique<Input>(simd, Place(0).values, &workspace_));
  // The gradient of a parameter is the sum over its operations; the last of them in the order of
  // the forward pass is the first to write.
  std::vector<bool> written(plan_->parameters.size() + plan_->derived.size());
  for (std::size_t i = 0; i < plan_->operations.size(); ++i) steps_.push_back(nullptr);
  for (std::size_t i = plan_->operations.size(); i-- > 0;) {
    const FusedOperation& fused = fused_.operations[i];
    const Placement placement = PlacementOf(i, written, simd);
    if (!fused.forward && !fused.backward) continue;
    steps_[i + 1] = plan_->operations[i].kind->make_fast(placement);
  }
  const PlacedMap logits = Place(plan_->output);
  auto loss = std::make_unique<LogSoftmaxLoss>(*logits.values, *logits.gradient, max_blocks());
  loss_ = loss.get();
  steps_.push_back(std::move(loss));
}

const BlockTensor* FastNetwork::Memory(int index) const {
  return index < 0 ? nullptr : memory_[At(index)].get();
}

// As its readers meet it.
PlacedMap FastNetwork::Place(int value) const {
  const int source = SourceOf(*plan_, fused_, value);
  return {Memory(layout_.values[At(source)]), Memory(layout_.affine[At(value)]),
          Memory(layout_.gradients[At(value)]), fused_.rectified[At(value)]};
}

Placement FastNetwork::PlacementOf(std::size_t index, std::vector<bool>& written, Simd simd) {
  const PlanOperation& operation = plan_->operations[index];
  const FusedOperation& fused = fused_.operations[index];
  Placement placement;
  placement.attributes = operation.attributes;
  placement.simd = simd;
  placement.max_blocks = max_blocks();
  for (std::size_t k = 0; k < operation.inputs.size(); ++k) {
    placement.inputs.push_back(Place(operation.inputs[k]));
    const int added = layout_.added[index][k];
    if (added >= 0) placement.inputs.back().gradient = Memory(added);
  }
  placement.output = Place(operation.output);
  if (placement.output.affine != nullptr) placement.output.values = nullptr;
  for (const int parameter : operation.parameters) {
    placement.parameters.push_back(parameters_.value(parameter).data());
    placement.gradients.push_back({partial_gradients_.data() + parameters_.offset(parameter),
                                   parameters_.all_gradients().size(), written[At(parameter)]});
    written[At(parameter)] = true;
  }
  for (const int buffer : operation.states) {
    placement.states.push_back(state_.buffers.data() + plan_->buffers[At(buffer)].offset);
  }
  if (operation.counter >= 0) placement.counter = &state_.counters[At(operation.counter)].value;
  if (operation.site >= 0) {
    placement.batch_statistics = state_.batch.data() + plan_->sites[At(operation.site)].batch();
  }
  placement.workspace = &workspace_;
  placement.store = fused.store;
  placement.gate = fused.gate;
  placement.adds_gradient = fused.adds_gradient;
  placement.rectified_by_readers = fused.rectified_by_readers;
  if (fused.pooled >= 0) placement.pooled = Place(fused.pooled).values;
  placement.has_backward = fused.backward;
  return placement;
}

void FastNetwork::Run(const Task& task, const Pass& pass, WorkUnit unit) {
  BlockOperation& operation = *steps_[At(task.step)];
  switch (task.phase) {
    case Phase::kBegin:
      return operation.Begin(pass);
    case Phase::kGatherForward:
      return operation.GatherForward(pass, unit, task.round);
    case Phase::kCombineForward:
      return operation.CombineForward(pass, task.round);
    case Phase::kForward:
      return operation.Forward(pass, unit);
    case Phase::kGatherBackward:
      return operation.GatherBackward(pass, unit, task.round);
    case Phase::kCombineBackward:
      return operation.CombineBackward(pass, task.round);
    case Phase::kRestore:
      return operation.Restore(pass, unit);
    case Phase::kWeightGradient:
      return operation.WeightGradient(pass, unit);
    case Phase::kBackward:
      return operation.Backward(pass, unit);
    case Phase::kAdd:
      return AddGradient(task, unit);
    case Phase::kUpdateStates:
      return operation.UpdateStates(pass);
  }
}

void FastNetwork::AddGradient(const Task& task, WorkUnit unit) const {
  const std::size_t operation = At(task.step - 1);
  const int value = plan_->operations[operation].inputs[At(task.round)];
  AddMap(Memory(layout_.added[operation][At(task.round)])->block(unit),
         Memory(layout_.gradients[At(value)])->block(unit));
}

template <class RunTask>
void FastNetwork::RunTasks(const Pass& pass, const PassSchedule& schedule,
                           const RunTask& run_task) {
  pool_.ForEach(static_cast<int>(schedule.begins.size()), ThreadPool::Order::kForwards,
                [&](int begin, int /*worker*/) { run_task(schedule.begins[At(begin)], 0); });
  // Back and forth: the block that a stage left last is the one still in cache when the next
  // begins.
  auto order = ThreadPool::Order::kForwards;
  for (const Stage& stage : schedule.stages) {
    pool_.ForEach(pass.blocks(), order, [&](int block, int worker) {
      for (const Task& task : stage.tasks) run_task(task, WorkUnit{block, worker});
    });
    order = order == ThreadPool::Order::kForwards ? ThreadPool::Order::kBackwards
                                                  : ThreadPool::Order::kForwards;
    if (stage.combination) run_task(*stage.combination, 0);
  }
  for (const Task& task : schedule.ends) run_task(task, 0);
}

void FastNetwork::RunPass(const Pass& pass, const PassSchedule& schedule) {
  assert(pass.batch->count > 0 && pass.batch->count <= max_batch_);
  last_count_ = pass.batch->count;
  last_mode_ = pass.mode;
  last_completed_steps_ = pass.batch->completed_steps;
  parameters_.MakeDerived();
  if (profile_ == nullptr) {
    RunTasks(pass, schedule, [&](const Task& task, WorkUnit unit) { Run(task, pass, unit); });
    return;
  }
  RunTasks(pass, schedule, [&](const Task& task, WorkUnit unit) {
    const StepProfile::Clock::time_point start = StepProfile::Clock::now();
    Run(task, pass, unit);
    profile_->Add(task.step, task.phase, unit.block, StepProfile::Clock::now() - start);
  });
}

BatchResult FastNetwork::Train(const Batch& batch, const DropoutAddress& dropout) {
  loss_->set_log_probabilities({});
  RunPass({Mode::kTrain, &batch, dropout}, train_);
  AddPartialGradients(BlocksFor(batch.count));
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
  std::vector<OperationInfo> infos = {{.layer = "input", .name = "input"}};
  for (const PlanOperation& operation : plan_->operations) {
    OperationInfo info = {.layer = operation.layer,
                          .name = operation.kind->name,
                          .application = operation.application};
    const std::size_t once = MultiplyAdds(*plan_, operation);
    info.of(Phase::kForward) = once;
    const bool apart = plan_->HasWeightGradient(operation);
    if (apart) info.of(Phase::kWeightGradient) = once;
    if (plan_->HasInputGradient(operation)) info.of(Phase::kBackward) = apart ? once : 2 * once;
    infos.push_back(info);
  }
  infos.push_back({.layer = "loss", .name = "log-softmax loss"});
  return infos;
}

void FastNetwork::ChooseOperations(const std::vector<bool>& chosen) {
  assert(chosen.size() == steps_.size());
  chosen_ = PlanSchedule(*plan_, fused_, layout_, Mode::kTrain, chosen);
}

void FastNetwork::RunChosen(const Batch& batch) { RunPass({Mode::kTrain, &batch, {}}, chosen_); }

// In the order of blocks, whichever thread adds a piece.
void FastNetwork::AddPartialGradients(int blocks) {
  constexpr std::size_t kPiece = 2048;  // 8 KiB stay in the first-level cache
  const std::span<float> gradients = parameters_.all_gradients();
  const std::size_t size = gradients.size();
  const auto pieces = static_cast<int>((size + kPiece - 1) / kPiece);
  pool_.ForEach(pieces, ThreadPool::Order::kForwards, [&](int piece, int /*worker*/) {
    const std::size_t first = At(piece) * kPiece, end = std::min(first + kPiece, size);
    std::copy(partial_gradients_.data() + first, partial_gradients_.data() + end,
              gradients.data() + first);
    for (int block = 1; block < blocks; ++block) {
      const float* partial = partial_gradients_.data() + At(block) * size;
      for (std::size_t i = first; i < end; ++i) gradients[i] += partial[i];
    }
  });
  parameters_.DerivedBackward();
}

void FastNetwork::Restore(int value, WorkUnit unit) const {
  const Pass pass = {last_mode_, nullptr, {}};
  for (const int operation : RestorersOf(*plan_, fused_, layout_, value)) {
    steps_[At(StepOf(operation))]->Restore(pass, unit);
  }
}

std::string FastNetwork::FirstNonFiniteLayer() const {
  for (std::size_t value = 0; value < plan_->values.size(); ++value) {
    const PlacedMap map = Place(static_cast<int>(value));
    for (int block = 0; block < BlocksFor(last_count_); ++block) {
      Restore(static_cast<int>(value), block);
      const int lanes = std::min(last_count_ - block * kBlock, kBlock);
      const BlockTensor* looked_at = map.affine != nullptr ? map.affine : map.values;
      if (IsFinite(looked_at->block(block), lanes)) continue;
      const PlanOperation* writer = plan_->WriterOf(static_cast<int>(value));
      return writer == nullptr ? "input" : BrokenLayerOf(*writer);
    }
  }
  return {};
}

std::string FastNetwork::BrokenLayerOf(const PlanOperation& operation) const {
  BrokenPass pass = {.on_batch = last_mode_ != Mode::kEvaluate,
                     .completed_steps = last_completed_steps_,
                     .images = last_count_};
  if (operation.kind->first_non_finite != nullptr) {
    const std::vector<float> x = CopyOf(operation.inputs.front());
    pass.x.assign(x.begin(), x.end());
  }
  return BrokenLayer<float>(*plan_, operation, parameters_.all(), state_.buffers, std::move(pass));
}

// [N][C][H][W].
std::vector<float> FastNetwork::CopyOf(int value) const {
  const PlacedMap map = Place(value);
  const Shape& shape = plan_->ShapeOf(value);
  std::vector<float> values(shape.size() * At(last_count_));
  for (int image = 0; image < last_count_; ++image) {
    const int block = image / kBlock;
    if (image % kBlock == 0) Restore(value, block);
    float* to = values.data() + At(image) * shape.size();
    CopyImage(map.values->block(block), image % kBlock, to);
    if (map.affine == nullptr) continue;
    Normalize(map.affine->block(block), shape, image % kBlock, to);
    if (map.rectified) Rectify({to, shape.size()});
  }
  return values;
}

void FastNetwork::VisitUnits(const std::function<void(const UnitValues<float>&)>& visit) const {
  for (const PlanUnit& unit : plan_->units) {
    if (plan_->operations[At(unit.first)].parameters.empty()) continue;
    visit({unit.layer, unit.application, last_count_, plan_->ShapeOf(unit.before),
           CopyOf(unit.before),
           unit.before == unit.after ? std::vector<float>() : CopyOf(unit.after)});
  }
}

std::unique_ptr<Network<float>> MakeFastNetwork(std::shared_ptr<const Plan> plan, int max_batch,
                                                const FastOptions& options) {
  return std::make_unique<FastNetwork>(std::move(plan), max_batch, options);
}

std::unique_ptr<Network<float>> MakeFastNetwork(const Architecture& architecture, int max_batch,
                                                const FastOptions& options) {
  return MakeFastNetwork(architecture.plan, max_batch, options);
}

}  // namespace normlab
