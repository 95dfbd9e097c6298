#include "app/time_left.h"

#include <algorithm>
#include <numeric>

#include "study/job_split.h"

namespace normlab {

void TimeLeft::EndEpoch(int arm, double now) {
  timed_seconds_ += now - running_[arm];
  ++timed_epochs_;
  running_[arm] = now;
  if (Left(arm) > 0 && --Left(arm) == 0) ++arms_done_;
}

void TimeLeft::EndArm(int arm) {
  running_.erase(arm);
  Left(arm) = 0;
}

int TimeLeft::epochs_left() const {
  return std::accumulate(epochs_left_.begin(), epochs_left_.end(), 0);
}

double TimeLeft::Seconds(double now) const {
  if (!known()) return 0;
  const double epoch = timed_seconds_ / timed_epochs_;
  const auto whole = [&](int arm) {
    return epoch * epochs_left_[static_cast<std::size_t>(arm) - 1];
  };
  std::vector<double> arms;
  for (const auto& [arm, start] : running_) {
    arms.push_back(std::max(0.0, whole(arm) - std::min(now - start, epoch)));
  }
  for (int arm = 1; arm <= static_cast<int>(epochs_left_.size()); ++arm) {
    if (!running_.contains(arm)) arms.push_back(whole(arm));
  }
  return SecondsSideBySide(arms, jobs_);
}

}  // namespace normlab
