#include "engine/opencl/late_launches.h"

#include <algorithm>
#include <map>

#include "engine/opencl/program_text.h"

namespace normlab::opencl {
namespace {

using Batch = std::vector<LateLaunch>;

// Of a kernel's arguments; OpenCL 1.2 grants 1024.
constexpr std::size_t kMostBytes = 960;

std::size_t BytesOf(const Launch& launch) {
  return launch.arguments.size() * 16 + (launch.sizes.size() + launch.numbers.size() + 2) * 4;
}

bool HasRoomFor(const Batch& batch, const Launch& launch) {
  return (batch.size() + 1) * BytesOf(launch) <= kMostBytes;
}

// Launches in levels: those of a level wait for none but those of the levels before.
class Levels {
 public:
  explicit Levels(bool joins) : joins_(joins) {}

  void Add(const PlanOperation& operation, const LateLaunch& late) {
    std::size_t level = operation_levels_[late.operation];
    std::vector<int> parameters;
    for (const Argument& argument : late.launch->arguments) {
      if (argument.slot != Slot::kGradients) continue;
      parameters.push_back(operation.parameters[At(argument.index)]);
      level = std::max(level, parameter_levels_[parameters.back()]);
    }
    operation_levels_[late.operation] = level + 1;
    for (const int parameter : parameters) parameter_levels_[parameter] = level + 1;
    if (levels_.size() <= level) levels_.resize(level + 1);
    Put(late, levels_[level]);
  }

  std::vector<Batch> All() const {
    std::vector<Batch> all;
    for (const Level& level : levels_) {
      all.insert(all.end(), level.batches.begin(), level.batches.end());
    }
    return all;
  }

 private:
  struct Level {
    std::vector<Batch> batches;
    std::map<std::string, std::size_t> last;  // batch of a kind
  };

  void Put(const LateLaunch& late, Level& level) const {
    const auto [last, is_new] = level.last.try_emplace(ProgramText::KindOf(*late.launch), 0);
    if (is_new || !joins_ || !HasRoomFor(level.batches[last->second], *late.launch)) {
      last->second = level.batches.size();
      level.batches.emplace_back();
    }
    level.batches[last->second].push_back(late);
  }

  bool joins_;
  std::map<std::size_t, std::size_t> operation_levels_;
  std::map<int, std::size_t> parameter_levels_;
  std::vector<Level> levels_;
};

}  // namespace

std::vector<Batch> LateLaunches(const Plan& plan, const DeviceShape& device,
                                const std::vector<const DeviceWork*>& works) {
  Levels levels(device.vector == 1);
  for (std::size_t i = works.size(); i-- > 0;) {
    if (!plan.HasBackward(plan.operations[i])) continue;
    for (const Launch& launch : works[i]->backward) {
      if (launch.at_end) levels.Add(plan.operations[i], {i, &launch});
    }
  }
  return levels.All();
}

}  // namespace normlab::opencl
