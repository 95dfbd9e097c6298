#include "engine/opencl/fused_launches.h"

#include <algorithm>

#include "engine/opencl/store_text.h"

namespace normlab::opencl {
namespace {

bool Stores(const Launch& launch, Slot slot, int index) {
  return launch.stores && launch.stores->slot == slot && launch.stores->index == index;
}

bool AnyStores(const std::vector<Launch>& launches, Slot slot, int index) {
  return std::ranges::any_of(launches,
                             [&](const Launch& launch) { return Stores(launch, slot, index); });
}

// To every launch that stores a part of the map.
void Give(const StoreText& text, Slot slot, int index, std::vector<Launch>& launches) {
  for (Launch& launch : launches) {
    if (Stores(launch, slot, index)) text.Give(launch);
  }
}

class Forward {
 public:
  Forward(const Plan& plan, std::vector<DeviceWork>& works) : plan_(plan), works_(works) {}

  void Fuse() {
    std::vector<std::vector<int>> guests(works_.size());
    for (std::size_t i = 0; i < works_.size(); ++i) {
      const int host = HostOf(i);
      homes_.push_back(host < 0 ? static_cast<int>(i) : host);
      if (host >= 0) guests[At(host)].push_back(static_cast<int>(i));
    }
    for (std::size_t i = 0; i < works_.size(); ++i) {
      if (!guests[i].empty()) Add(guests[i], i);
    }
  }

 private:
  // By which operation's launches the last of the inputs is written; -1: it stays by itself.
  int HostOf(std::size_t index) const {
    if (!works_[index].elementwise) return -1;
    int host = -1;
    for (const int input : plan_.operations[index].inputs) {
      const int writer = plan_.values[At(input)].writer;
      if (writer >= 0) host = std::max(host, homes_[At(writer)]);
    }
    if (host < 0) return -1;
    const DeviceWork& work = works_[At(host)];
    const bool stores =
        AnyStores(work.training, Slot::kOutput, 0) && AnyStores(work.evaluation, Slot::kOutput, 0);
    return stores ? host : -1;
  }

  void Add(const std::vector<int>& guests, std::size_t host) {
    StoreText text;
    std::map<int, std::string> computed;
    const int output = plan_.operations[host].output;
    computed[output] = text.Variable("(value)");
    text.Put(text.Element(Slot::kMap, output), computed[output], false);
    for (const int guest : guests) {
      const PlanOperation& operation = plan_.operations[At(guest)];
      std::vector<std::string> inputs;
      for (const int input : operation.inputs) {
        const auto found = computed.find(input);
        inputs.push_back(found == computed.end() ? text.Element(Slot::kMap, input) : found->second);
      }
      DeviceWork& work = works_[At(guest)];
      const std::string value = text.Output(*work.elementwise, inputs, operation.parameters);
      text.Put(text.Element(Slot::kMap, operation.output), value, false);
      computed[operation.output] = value;
      work.training.clear();
      work.evaluation.clear();
    }
    Give(text, Slot::kOutput, 0, works_[host].training);
    Give(text, Slot::kOutput, 0, works_[host].evaluation);
  }

  const Plan& plan_;
  std::vector<DeviceWork>& works_;
  std::vector<int> homes_;  // beside operations: whose launches write their outputs
};

class Backward {
 public:
  Backward(const Plan& plan, std::vector<DeviceWork>& works)
      : plan_(plan),
        works_(works),
        awaited_(plan.values.size(), 0),
        written_(plan.values.size(), false),
        fused_(works.size(), false) {
    for (const PlanOperation& operation : plan.operations) {
      if (!plan.HasBackward(operation)) continue;
      for (const int input : operation.inputs) ++awaited_[At(input)];
    }
    written_[At(plan.output)] = true;
  }

  void Fuse() {
    for (std::size_t i = works_.size(); i-- > 0;) {
      const PlanOperation& operation = plan_.operations[i];
      if (fused_[i] || !plan_.HasBackward(operation)) continue;
      for (std::size_t k = 0; k < operation.inputs.size(); ++k) {
        if (!plan_.values[At(operation.inputs[k])].has_gradient) continue;
        StoreText text;
        Contribute(operation.inputs[k], text.Variable("(value)"), text);
        Give(text, Slot::kInputGradient, static_cast<int>(k), works_[i].backward);
      }
    }
  }

 private:
  // A part of the gradient of a value. The last one makes it whole, and then the gradients of an
  // elementwise writer's inputs follow at once.
  void Contribute(int value, const std::string& part, StoreText& text) {
    const bool adds = written_[At(value)];
    written_[At(value)] = true;
    const bool whole = --awaited_[At(value)] == 0;
    const auto element = [&] { return text.Element(Slot::kMapGradient, value); };
    const int writer = plan_.values[At(value)].writer;
    if (!whole || writer < 0 || !FollowsAtOnce(At(writer))) {
      text.Put(element(), part, adds);
      return;
    }
    fused_[At(writer)] = true;
    works_[At(writer)].backward.clear();
    const std::string gradient = adds ? text.Variable(element() + " + " + part) : part;
    const PlanOperation& operation = plan_.operations[At(writer)];
    std::vector<std::string> inputs;
    for (const int input : operation.inputs) inputs.push_back(text.Element(Slot::kMap, input));
    const std::vector<std::string> gradients =
        text.Gradients(*works_[At(writer)].elementwise, inputs, text.Element(Slot::kMap, value),
                       gradient, operation.parameters);
    for (std::size_t k = 0; k < operation.inputs.size(); ++k) {
      if (!plan_.values[At(operation.inputs[k])].has_gradient) continue;
      Contribute(operation.inputs[k], gradients[k], text);
    }
  }

  // One that has parameters reads the whole gradient once more.
  bool FollowsAtOnce(std::size_t writer) const {
    const PlanOperation& operation = plan_.operations[writer];
    return works_[writer].elementwise && plan_.HasBackward(operation) &&
           operation.parameters.empty();
  }

  const Plan& plan_;
  std::vector<DeviceWork>& works_;
  std::vector<int> awaited_;  // beside values: parts of its gradient that are to come
  std::vector<bool> written_, fused_;
};

}  // namespace

void FuseLaunches(const Plan& plan, std::vector<DeviceWork>& works) {
  Forward(plan, works).Fuse();
  Backward(plan, works).Fuse();
}

}  // namespace normlab::opencl
