#include "engine/fast/timeline.h"

namespace normlab {
namespace {

class Clock {
 public:
  Visit Come(int rounds) {
    Visit visit{.first = {task_, stage_}, .last = {}, .takes_place = true};
    stage_ += rounds;
    visit.last = {task_, stage_};
    ++task_;
    return visit;
  }

 private:
  int task_ = 0, stage_ = 0;
};

}  // namespace

Timeline TimelineOf(const Plan& plan, const FusedPlan& fused) {
  const std::size_t count = plan.operations.size();
  Timeline timeline{std::vector<Visit>(count), std::vector<Visit>(count), {}};
  Clock clock;
  for (std::size_t i = 0; i < count; ++i) {
    timeline.forward[i] = clock.Come(plan.operations[i].kind->rounds().forward);
  }
  timeline.loss = clock.Come(0).last;
  for (std::size_t i = count; i-- > 0;) {
    const PlanOperation& operation = plan.operations[i];
    if (!plan.HasBackward(operation) || !fused.operations[i].backward) continue;
    timeline.backward[i] = clock.Come(operation.kind->rounds().backward);
  }
  return timeline;
}

}  // namespace normlab
