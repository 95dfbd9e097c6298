#include "engine/opencl/weight_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "engine/opencl/program_text.h"
#include "operations/opencl/kernel_text.h"
#include "operations/opencl/launches.h"

namespace normlab::opencl {
namespace {

// The squares of the gradients are added by so many work items, and then by one.
constexpr std::size_t kMostSquares = 256;

// "LOAD" or "STORE" of an element's states.
std::string States(int count, const char* each) {
  std::string text;
  for (int s = 0; s < count; ++s) text += fmt::format(fmt::runtime(each), s) + " ";
  return text;
}

std::string InOneLine(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::vector<Argument> StateArguments(int count) {
  std::vector<Argument> arguments;
  for (int s = 0; s < count; ++s) {
    arguments.push_back({fmt::format("state{}", s), Slot::kScratch, s});
  }
  return arguments;
}

}  // namespace

WeightSteps::WeightSteps(const Plan& plan, const DeviceShape& device,
                         const ParameterBuffers& buffers, DeviceQueue& queue)
    : queue_(queue),
      device_(device),
      size_(plan.parameter_count()),
      tensor_count_(plan.parameters.size()),
      buffers_(buffers),
      waiting_(At(buffers.capacity)) {
  std::vector<std::uint32_t> tensors(size_);
  for (std::size_t t = 0; t < tensor_count_; ++t) {
    const ParameterInfo& info = plan.parameters[t];
    std::fill_n(tensors.begin() + static_cast<std::ptrdiff_t>(info.offset), info.size,
                static_cast<std::uint32_t>(t));
  }
  tensors_ = queue_.Allocate(size_ * sizeof(tensors[0]));
  models_ = Allocate(1);
  queue_.Write(tensors_, tensors.data(), size_ * sizeof(tensors[0]));
}

// For all models.
int WeightSteps::Allocate(std::size_t floats) {
  return queue_.Allocate(floats * At(buffers_.capacity) * sizeof(float));
}

int WeightSteps::Rule(const UpdateRule& rule) {
  const std::string key =
      fmt::format("{} {} {} {}", rule.states, rule.numbers, rule.clip_norm, rule.statements);
  const auto found = rules_.find(key);
  if (found != rules_.end()) return found->second;
  compiled_.push_back(Compile(rule));
  return rules_[key] = static_cast<int>(compiled_.size()) - 1;
}

// Neighbouring work items have neighbouring elements on a GPU; on a processor each has a run of
// its own.
Launch WeightSteps::OverElements(const std::string& kernel, std::size_t most_items) const {
  const bool gpu = device_.vector == 1;
  const std::size_t whole = gpu ? 64 : 1;
  const std::size_t wanted = std::min({device_.wanted, most_items, size_});
  const std::size_t items = (wanted + whole - 1) / whole * whole;
  const std::size_t chunk = (size_ + items - 1) / items;
  Launch launch;
  launch.body = KernelText(kernel);
  launch.arguments = {{"weights", Slot::kGradients, 0},
                      {"gradients", Slot::kParameters, 0},
                      {"tensors", Slot::kImageIds, 0},
                      {"table", Slot::kParameters, 1}};
  launch.sizes = {{"SIZE", static_cast<int>(size_)},
                  {"CHUNK", static_cast<int>(chunk)},
                  {"FIRST", static_cast<int>(gpu ? 1 : chunk)},
                  {"APART", static_cast<int>(gpu ? items : 1)}};
  launch.constants = {{"L1", fmt::to_string(static_cast<int>(kL1))},
                      {"LOWEST", fmt::to_string(static_cast<int>(kLowest))},
                      {"HIGHEST", fmt::to_string(static_cast<int>(kHighest))},
                      {"RULE_NUMBERS", fmt::to_string(static_cast<int>(kRuleNumbers))}};
  launch.across = Across::kOne;
  launch.tiles = items;
  return launch;
}

std::vector<Launch> WeightSteps::LaunchesOf(const UpdateRule& rule) const {
  const int row = static_cast<int>(kRuleNumbers) + rule.numbers;
  Launch step = OverElements("weight_step", size_);
  std::ranges::copy(StateArguments(rule.states), std::back_inserter(step.arguments));
  step.sizes.emplace_back("ROW", row);
  step.constants.emplace_back("LOAD", States(rule.states, "float s{0} = state{0}[i];"));
  step.constants.emplace_back("STATEMENTS", InOneLine(rule.statements));
  step.constants.emplace_back("STORE", States(rule.states, "state{0}[i] = s{0};"));
  if (rule.clip_norm <= 0) {
    step.constants.emplace_back("CLIPPED(g)", "(g)");
    return {std::move(step)};
  }
  step.constants.emplace_back("CLIPPED(g)", "((g) * factor[0])");
  step.arguments.push_back({"factor", Slot::kParameters, 2});
  Launch squares = OverElements("gradient_squares", kMostSquares);
  squares.arguments.push_back({"squares", Slot::kScratch, rule.states});
  squares.sizes.emplace_back("ROW", row);
  Launch factor;
  factor.body = KernelText("clip_factor");
  factor.arguments = {{"squares", Slot::kScratch, rule.states},
                      {"factor", Slot::kScratch, rule.states + 1}};
  factor.sizes = {{"PARTS", static_cast<int>(squares.tiles)}};
  factor.numbers = {{"LARGEST", static_cast<float>(rule.clip_norm)}};
  factor.across = Across::kOne;
  return {std::move(squares), std::move(factor), std::move(step)};
}

Bound WeightSteps::BoundOf(const Argument& argument, const Compiled& compiled) const {
  const int floats = static_cast<int>(buffers_.floats);
  const std::string& name = argument.name;
  if (name == "weights") return {buffers_.values, 0, floats};
  if (name == "gradients") return {buffers_.gradients, 0, floats};
  if (name == "tensors") return {tensors_, 0, 0};
  if (name == "table") return {compiled.table, 0, static_cast<int>(compiled.table_floats)};
  if (name == "squares") return {compiled.squares, 0, static_cast<int>(compiled.squares_floats)};
  if (name == "factor") return {compiled.factor, 0, 1};
  return {compiled.states[At(argument.index)], 0, floats};
}

WeightSteps::Compiled WeightSteps::Compile(const UpdateRule& rule) {
  Compiled compiled;
  for (int s = 0; s < rule.states; ++s) compiled.states.push_back(Allocate(buffers_.floats));
  compiled.table_floats = tensor_count_ * (static_cast<std::size_t>(kRuleNumbers) +
                                           static_cast<std::size_t>(rule.numbers));
  compiled.table = Allocate(compiled.table_floats);
  if (rule.clip_norm > 0) {
    compiled.squares_floats = kMostSquares;
    compiled.squares = Allocate(kMostSquares);
    compiled.factor = Allocate(1);
  }
  ProgramText text(device_);
  const std::vector<Launch> launches = LaunchesOf(rule);
  std::vector<std::string> names;
  for (const Launch& launch : launches) names.push_back(text.Add(launch));
  queue_.Build(text.text(), BuildOptions(queue_.device()));
  for (std::size_t i = 0; i < launches.size(); ++i) {
    compiled.commands.push_back(
        MakeCommand(queue_, device_, launches[i], names[i], models_,
                    [&](const Argument& argument) { return BoundOf(argument, compiled); }));
  }
  return compiled;
}

void WeightSteps::Queue(int model, int rule, std::span<const float> table) {
  assert(table.size() == compiled_[At(rule)].table_floats && !waiting_[At(model)]);
  waiting_[At(model)] = Waiting{rule, {table.begin(), table.end()}};
}

void WeightSteps::Run(const std::vector<int>& models) {
  for (std::size_t rule = 0; rule < compiled_.size(); ++rule) {
    std::vector<int> those;
    for (const int model : models) {
      const auto& waiting = waiting_[At(model)];
      if (waiting && At(waiting->rule) == rule) those.push_back(model);
    }
    if (!those.empty()) RunRule(rule, those);
  }
}

void WeightSteps::RunRule(std::size_t rule, const std::vector<int>& models) {
  const Compiled& compiled = compiled_[rule];
  for (const int model : models) {
    const std::vector<float>& table = waiting_[At(model)]->table;
    queue_.Write(compiled.table, table.data(), table.size() * sizeof(float),
                 At(model) * compiled.table_floats * sizeof(float));
    waiting_[At(model)].reset();
  }
  queue_.Write(models_, models.data(), models.size() * sizeof(models[0]));
  for (const Command& command : compiled.commands) command.Run(queue_, models.size());
}

std::size_t WeightSteps::PlaceOf(int model) const {
  return At(model) * buffers_.floats * sizeof(float);
}

void WeightSteps::ReadState(int model, int rule, int index, std::span<float> to) {
  const int buffer = compiled_[At(rule)].states[At(index)];
  queue_.Read(buffer, to.data(), to.size_bytes(), PlaceOf(model));
}

void WeightSteps::WriteState(int model, int rule, int index, std::span<const float> from) {
  const int buffer = compiled_[At(rule)].states[At(index)];
  queue_.Write(buffer, from.data(), from.size_bytes(), PlaceOf(model));
}

}  // namespace normlab::opencl
