// The fast engine: a list of block operations, memory planned once, and the stages in which a pass
// runs them. Knows nothing of layers; engine/fast/build.cc says which operations stand in the
// list.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/fast/step_profile.h"
#include "engine/fast/thread_pool.h"
#include "engine/network.h"
#include "operations/fast/block_tensor.h"
#include "operations/fast/loss.h"
#include "operations/fast/operation.h"
#include "operations/fast/workspace.h"

namespace normlab {

class FastNetwork final : public Network<float> {
 public:
  FastNetwork(std::vector<ParameterInfo> parameters, std::vector<BufferInfo> buffers,
              std::vector<CounterInfo> counters, std::vector<StatisticsSite> sites, int max_batch,
              int threads);

  // Building, in the order of the forward pass: maps, then the operations between them, then
  // Finish.
  const BlockTensor* AddMap(Shape shape, int border, Held held);
  // `output` is the map that the operation leaves, looked at when a value is not finite. `input` is
  // the map whose values its backward pass reads, null where it reads none: if that is held per
  // worker, the operations that wrote it (those at the end of the list with it as output) restore
  // it there.
  void AddOperation(const OperationInfo& info, std::unique_ptr<BlockOperation> operation,
                    const BlockTensor* output, const BlockTensor* input);
  // For VisitBlocks: the map, held per block, that a block's normalization reads or, without one,
  // that its steps leave.
  void AddBlock(const std::string& layer, int application, const BlockTensor* map);
  void Finish(const BlockTensor* input, const BlockTensor* logits,
              const BlockTensor* logits_gradient);
  const float* parameter(std::size_t index) const;
  PartialGradient partial_gradient(std::size_t index, bool accumulate);
  float* buffer_at(std::size_t offset) { return buffers_.data() + offset; }
  std::int64_t* counter(std::size_t index) { return &counters_[index].value; }
  double* batch_statistics_at(std::size_t offset) { return batch_statistics_.data() + offset; }
  Workspace& workspace() { return workspace_; }
  int max_blocks() const { return BlocksFor(max_batch_); }

  BatchResult Train(const Batch& batch, const DropoutAddress& dropout) override;
  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities) override;
  BatchResult EvaluateOnBatchStatistics(const Batch& batch,
                                        std::span<float> log_probabilities) override;
  std::string FirstNonFiniteLayer() const override;
  void VisitBlocks(const std::function<void(const BlockValues<float>&)>& visit) const override;

  // For measuring (measure/). Every operation in the order of the forward pass, from the input to
  // the loss.
  std::vector<OperationInfo> operation_infos() const;
  // Passes from now on leave the time of every task there; null, as at first: nowhere, at no cost.
  void set_profile(StepProfile* profile) { profile_ = profile; }
  // RunChosen: a training pass over the chosen operations alone, on the maps as the last Train left
  // them. What it leaves in maps and gradients means nothing; the next Train starts afresh.
  void ChooseOperations(const std::vector<bool>& chosen);
  void RunChosen(const Batch& batch);

  int max_batch() const override { return max_batch_; }
  int classes() const override { return classes_; }
  const std::vector<ParameterInfo>& parameter_infos() const override { return parameter_infos_; }
  const std::vector<BufferInfo>& buffer_infos() const override { return buffer_infos_; }
  std::vector<CounterInfo>& counters() override { return counters_; }
  std::span<float> parameters() override { return parameters_; }
  std::span<float> gradients() override { return gradients_; }
  std::span<float> buffers() override { return buffers_; }
  const std::vector<StatisticsSite>& statistics_sites() const override { return sites_; }
  std::span<const double> batch_statistics() const override { return batch_statistics_; }

 private:
  struct Task {
    BlockOperation* operation;
    Phase phase;
    int index;  // of the operation in the list
  };
  // Tasks that run on a block one after the other; then, where statistics cross images, a wait for
  // all blocks and the combination.
  struct Stage {
    std::vector<Task> tasks;
    std::optional<Task> combination;
  };
  struct Schedule {
    std::vector<Task> begins;
    std::vector<Stage> stages;
  };
  struct Step {
    OperationInfo info;
    std::unique_ptr<BlockOperation> operation;
    const BlockTensor* output;
    // In the order of the forward pass; empty where the map is held per block.
    std::vector<BlockOperation*> input_writers, output_writers;
  };

  struct Block {
    std::string layer;
    int application;
    const BlockTensor* map;
  };

  std::vector<BlockOperation*> WritersOf(const BlockTensor* map) const;
  Task MakeTask(BlockOperation* operation, Phase phase) const;
  Schedule PlanSchedule(Mode mode, const std::vector<bool>& chosen) const;
  void PlanBackward(const std::vector<bool>& chosen, std::vector<Stage>& stages) const;
  void RunPass(const Pass& pass, const Schedule& schedule);
  template <class RunTask>
  void RunTasks(const Pass& pass, const Schedule& schedule, const RunTask& run_task);
  void AddPartialGradients(int blocks);

  std::vector<ParameterInfo> parameter_infos_;
  std::vector<BufferInfo> buffer_infos_;
  std::vector<CounterInfo> counters_;
  std::vector<StatisticsSite> sites_;
  int max_batch_;
  int classes_ = 0;
  int last_count_ = 0;
  Mode last_mode_ = Mode::kTrain;
  std::vector<float> parameters_, gradients_, buffers_;
  std::vector<double> batch_statistics_;
  std::vector<float> partial_gradients_;  // [block][parameter]
  std::vector<std::unique_ptr<BlockTensor>> maps_;
  std::vector<Step> steps_;
  std::unordered_map<const BlockOperation*, int> index_of_;  // in steps_
  std::vector<Block> blocks_;
  LogSoftmaxLoss* loss_ = nullptr;
  Workspace workspace_;
  Schedule train_, evaluate_, evaluate_on_batch_, chosen_;
  StepProfile* profile_ = nullptr;
  ThreadPool pool_;
};

}  // namespace normlab
