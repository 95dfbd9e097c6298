#include "study/arm_queue.h"

namespace normlab {

std::vector<std::size_t> UnsettledArms(const StudyIndex& index) {
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < index.arms.size(); ++place) {
    if (!index.arms[place].settled()) places.push_back(place);
  }
  return places;
}

std::optional<Turn> ArmQueue::Begin() {
  const std::lock_guard lock(mutex_);
  if (begun_ == places_.size()) return std::nullopt;
  const int order = static_cast<int>(begun_);
  const std::size_t place = places_[begun_++];
  index_.arms[place].state = "interrupted";
  Write();
  return Turn{place, order, index_.arms[place]};
}

void ArmQueue::End(const Turn& turn) {
  const std::lock_guard lock(mutex_);
  index_.arms[turn.place] = turn.entry;
  Write();
}

void ArmQueue::Fail(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
}

void ArmQueue::RethrowError() const {
  if (error_) std::rethrow_exception(error_);
}

void ArmQueue::Write() {
  try {
    WriteStudyIndex(folder_, index_);
  } catch (...) {
    begun_ = places_.size();
    throw;
  }
}

}  // namespace normlab
