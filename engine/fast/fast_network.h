// The fast engine: a plan, fused, laid out in memory once, and the stages in which a pass runs its
// operations. Knows nothing of layers and no kind of operation by its name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/fast/schedule.h"
#include "engine/fast/step_profile.h"
#include "engine/fast/thread_pool.h"
#include "engine/make_network.h"
#include "engine/parameters.h"
#include "operations/fast/loss.h"
#include "operations/fast/workspace.h"

namespace normlab {

class FastNetwork final : public Network<float> {
 public:
  FastNetwork(std::shared_ptr<const Plan> plan, int max_batch, const FastOptions& options);

  BatchResult Train(const Batch& batch, const DropoutAddress& dropout) override;
  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities) override;
  BatchResult EvaluateOnBatchStatistics(const Batch& batch,
                                        std::span<float> log_probabilities) override;
  std::string FirstNonFiniteLayer() const override;
  void VisitUnits(const std::function<void(const UnitValues<float>&)>& visit) const override;

  // For measuring (measure/). Every operation in the order of the forward pass, from the input to
  // the loss.
  std::vector<OperationInfo> operation_infos() const;
  // Passes from now on leave the time of every task there; null, as at first: nowhere, at no cost.
  void set_profile(StepProfile* profile) { profile_ = profile; }
  // RunChosen: a training pass over the chosen operations alone, on the maps as the last Train left
  // them. What it leaves in maps and gradients means nothing; the next Train starts afresh.
  void ChooseOperations(const std::vector<bool>& chosen);
  void RunChosen(const Batch& batch);

  using Network<float>::state;
  int max_batch() const override { return max_batch_; }
  int max_blocks() const { return BlocksFor(max_batch_); }
  int classes() const override { return plan_->ShapeOf(plan_->output).channels; }
  const std::vector<ParameterInfo>& parameter_infos() const override { return plan_->parameters; }
  std::span<float> parameters() override { return parameters_.learned(); }
  std::span<float> gradients() override { return parameters_.learned_gradients(); }
  const NetworkState<float>* state() const override {
    return state_.infos.empty() ? nullptr : &state_;
  }

 private:
  const BlockTensor* Memory(int index) const;
  PlacedMap Place(int value) const;
  Placement PlacementOf(std::size_t operation, std::vector<bool>& written, Simd simd);
  void MakeOperations(Simd simd);

  void RunPass(const Pass& pass, const PassSchedule& schedule);
  template <class RunTask>
  void RunTasks(const Pass& pass, const PassSchedule& schedule, const RunTask& run_task);
  void Run(const Task& task, const Pass& pass, WorkUnit unit);
  void AddGradient(const Task& task, WorkUnit unit) const;
  void AddPartialGradients(int blocks);
  void Restore(int value, WorkUnit unit) const;
  std::vector<float> CopyOf(int value) const;
  std::string BrokenLayerOf(const PlanOperation& operation) const;

  const std::shared_ptr<const Plan> plan_;
  const int max_batch_;
  const FusedPlan fused_;
  const MapLayout layout_;
  ThreadPool pool_;
  Parameters<float> parameters_;
  NetworkState<float> state_;
  std::vector<float> partial_gradients_;  // [block][parameter], derived ones behind the learned
  std::vector<std::unique_ptr<BlockTensor>> memory_;
  Workspace workspace_;
  std::vector<std::unique_ptr<BlockOperation>> steps_;  // null where a fusion has left no work
  LogSoftmaxLoss* loss_ = nullptr;
  PassSchedule train_, evaluate_, evaluate_on_batch_, chosen_;
  StepProfile* profile_ = nullptr;
  int last_count_ = 0;
  Mode last_mode_ = Mode::kTrain;
  std::int64_t last_completed_steps_ = 0;
};

}  // namespace normlab
