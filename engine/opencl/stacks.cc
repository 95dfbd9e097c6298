// The stacks of a process.
#include <fmt/format.h>

#include <map>

#include "engine/opencl/stack.h"

namespace normlab::opencl {
namespace {

// Equal where one launch can be for both.
std::string KeyOf(const Plan& plan, int max_batch, int device, int vector) {
  std::string key = fmt::format("{} {} {}", max_batch, device, vector);
  for (const PlanOperation& operation : plan.operations) {
    key += fmt::format("\n{} {}:", static_cast<const void*>(operation.kind), operation.output);
    for (const auto& [name, value] : operation.attributes)
      key += fmt::format(" {}={}", name, value);
    for (const int input : operation.inputs) key += fmt::format(" {}", input);
    key += " of";
    for (const int parameter : operation.parameters) {
      const FlatRange range = plan.RangeOf(parameter);
      key += fmt::format(" {}+{}", range.offset, range.size);
    }
    for (const int state : operation.states) key += fmt::format(" s{}", state);
  }
  for (const DerivedParameter& derived : plan.derived) {
    key += fmt::format("\n{} {}:", static_cast<const void*>(derived.kind), derived.offset);
    for (const int extent : derived.shape) key += fmt::format(" {}", extent);
    key += " of";
    for (const int from : derived.from) key += fmt::format(" {}", plan.RangeOf(from).offset);
  }
  for (const PlanValue& value : plan.values) {
    key += fmt::format("\n{} {} {}", value.shape.channels, value.shape.height, value.shape.width);
  }
  return key;
}

}  // namespace

std::shared_ptr<Stack> JoinStack(const std::shared_ptr<const Plan>& plan, int max_batch, int device,
                                 int vector, int capacity, int* model) {
  static std::mutex mutex;
  static std::multimap<std::string, std::weak_ptr<Stack>> stacks;
  const auto make = [&] {
    auto made = std::make_shared<Stack>(plan, max_batch, device, vector, capacity);
    *model = made->Join();
    return made;
  };
  if (capacity == 1) return make();
  const std::lock_guard lock(mutex);
  std::erase_if(stacks, [](const auto& each) { return each.second.expired(); });
  const std::string key = KeyOf(*plan, max_batch, device, vector);
  const auto [first, end] = stacks.equal_range(key);
  for (auto each = first; each != end; ++each) {
    std::shared_ptr<Stack> stack = each->second.lock();
    if (stack == nullptr) continue;
    *model = stack->Join();
    if (*model >= 0) return stack;
  }
  const std::shared_ptr<Stack> made = make();
  stacks.emplace(key, made);
  return made;
}

}  // namespace normlab::opencl
