#include "engine/opencl/stack.h"

#include <algorithm>
#include <chrono>

#include "operations/opencl/images.h"

namespace normlab::opencl {
namespace {

// How long the models that are there wait for one that still prepares its images.
constexpr std::chrono::milliseconds kPatience(1);

}  // namespace

Stack::Stack(std::shared_ptr<const Plan> plan, int max_batch, int device, int vector, int capacity)
    : plan_(std::move(plan)),
      queue_(device),
      shape_(ShapeFor(queue_.device(), max_batch, vector)),
      area_(queue_, AreaSizes(), capacity),
      input_(queue_, plan_->ShapeOf(0), shape_, capacity),
      kernels_(*plan_, queue_, shape_, area_, input_, capacity),
      filters_(*plan_, shape_, kernels_.parameters(), queue_),
      weight_steps_(*plan_, shape_, kernels_.parameters(), queue_),
      taken_(At(capacity), false) {}

PassArea::Sizes Stack::AreaSizes() const {
  PassArea::Sizes sizes = {};
  sizes[PassArea::kWords] = kPassWords;
  sizes[PassArea::kIds] = At(shape_.images);
  sizes[PassArea::kTarget] = plan_->ShapeOf(plan_->output).size() * At(shape_.images);
  sizes[PassArea::kImages] = ImageWords(plan_->ShapeOf(0), shape_);
  sizes[PassArea::kStates] = plan_->buffer_count();
  return sizes;
}

int Stack::Join() {
  const std::lock_guard lock(mutex_);
  const auto free = std::ranges::find(taken_, false);
  if (free == taken_.end()) return -1;
  *free = true;
  ++members_;
  return static_cast<int>(free - taken_.begin());
}

void Stack::Leave(int model) {
  const std::lock_guard lock(mutex_);
  taken_[At(model)] = false;
  weight_steps_.Forget(model);
  --members_;
  changed_.notify_all();
}

// The first that finds all there, or has waited long enough, runs the passes of all that wait.
void Stack::Run(StackPass& pass) {
  Waiting mine = {&pass, false, nullptr};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&mine);
  const auto all_there = [&] { return static_cast<int>(waiting_.size()) >= members_; };
  changed_.wait_for(lock, kPatience, [&] { return mine.done || all_there(); });
  if (!mine.done) {
    RunAll(waiting_);
    waiting_.clear();
    changed_.notify_all();
  }
  lock.unlock();
  if (mine.error) std::rethrow_exception(mine.error);
}

void Stack::RunAll(const std::vector<Waiting*>& all) {
  for (const Mode mode : {Mode::kTrain, Mode::kEvaluate, Mode::kEvaluateOnBatch}) {
    std::vector<StackPass*> passes;
    for (const Waiting* waiting : all) {
      if (waiting->pass->mode == mode) passes.push_back(waiting->pass);
    }
    if (passes.empty()) continue;
    std::exception_ptr error;
    try {
      RunTogether(passes);
    } catch (...) {
      error = std::current_exception();
    }
    for (Waiting* waiting : all) {
      if (waiting->pass->mode == mode) waiting->error = error;
    }
  }
  for (Waiting* waiting : all) waiting->done = true;
}

void Stack::RunTogether(const std::vector<StackPass*>& passes) {
  std::vector<int> numbers;
  for (const StackPass* pass : passes) numbers.push_back(pass->model);
  weight_steps_.Run(numbers);
  Hand(passes);
  const std::size_t models = passes.size();
  const Mode mode = passes.front()->mode;
  filters_.Forward(models);
  kernels_.Forward(mode, models);
  if (mode == Mode::kTrain) {
    kernels_.Backward(models);
    filters_.Backward(models);
  }
  kernels_.results().Fetch(numbers);
  for (StackPass* pass : passes) Take(*pass);
}

void Stack::Hand(const std::vector<StackPass*>& passes) {
  std::vector<std::pair<int, int>> models;  // by what has their pixels
  for (const StackPass* each : passes) {
    const StackPass& pass = *each;
    if (!pass.parameters.empty()) {
      queue_.Write(kernels_.parameters().values, pass.parameters.data(),
                   pass.parameters.size_bytes(), PlaceOf(pass.model));
    }
    area_.Set(PassArea::kWords, pass.model, pass.words);
    area_.Set(PassArea::kIds, pass.model, pass.ids);
    area_.Set(PassArea::kTarget, pass.model, pass.target);
    area_.Set(PassArea::kImages, pass.model, pass.images.words);
    area_.Set(PassArea::kStates, pass.model, pass.states);
    models.emplace_back(input_.Hand(pass.model, pass.images), pass.model);
  }
  std::ranges::sort(models);
  std::vector<int> numbers, pixels;
  for (const auto& [buffer, model] : models) {
    pixels.push_back(buffer);
    numbers.push_back(model);
  }
  area_.Write(numbers);
  input_.Run(pixels);
}

void Stack::Take(StackPass& pass) {
  const std::span<const float> results = kernels_.results().Of(pass.model);
  std::ranges::copy(results.first(pass.log_probabilities.size()), pass.log_probabilities.begin());
  if (pass.mode != Mode::kTrain) return;
  pass.observed->resize(kernels_.operations());
  for (std::size_t i = 0; i < kernels_.operations(); ++i) {
    const std::span<const float> observed = kernels_.Observed(i, results);
    (*pass.observed)[i].assign(observed.begin(), observed.end());
  }
}

std::size_t Stack::PlaceOf(int model) const {
  return At(model) * kernels_.parameters().floats * sizeof(float);
}

std::vector<float> Stack::ReadMap(int value, int model) {
  const std::lock_guard lock(mutex_);
  return kernels_.ReadMap(value, model);
}

void Stack::ReadParameters(int model, std::span<float> to) {
  const std::lock_guard lock(mutex_);
  weight_steps_.Run({model});
  queue_.Read(kernels_.parameters().values, to.data(), to.size_bytes(), PlaceOf(model));
}

void Stack::ReadGradients(int model, std::span<float> to) {
  const std::lock_guard lock(mutex_);
  queue_.Read(kernels_.parameters().gradients, to.data(), to.size_bytes(), PlaceOf(model));
}

int Stack::UpdateRuleNumber(const UpdateRule& rule) {
  const std::lock_guard lock(mutex_);
  return weight_steps_.Rule(rule);
}

void Stack::QueueStep(int model, int rule, std::span<const float> table) {
  const std::lock_guard lock(mutex_);
  weight_steps_.Queue(model, rule, table);
}

void Stack::ReadState(int model, int rule, int index, std::span<float> to) {
  const std::lock_guard lock(mutex_);
  weight_steps_.Run({model});
  weight_steps_.ReadState(model, rule, index, to);
}

void Stack::WriteState(int model, int rule, int index, std::span<const float> from) {
  const std::lock_guard lock(mutex_);
  weight_steps_.WriteState(model, rule, index, from);
}

}  // namespace normlab::opencl
