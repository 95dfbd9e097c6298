// Which arms of a study wait, train and have ended: handed out one by one, and kept in study.json.
#pragma once

#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "records/study_index.h"

namespace normlab {

// The places of the arms that are neither finished nor diverged.
std::vector<std::size_t> UnsettledArms(const StudyIndex& index);

// An arm's turn to be trained.
struct Turn {
  std::size_t place;  // in the plan and in the index
  int order;          // among the arms of this run, from 0
  ArmEntry entry;
};

// For several threads. The one place where study.json is written while arms train; once it cannot
// be, no further arm begins, since a run folder without its index is not found again.
class ArmQueue {
 public:
  ArmQueue(std::string folder, StudyIndex& index)
      : folder_(std::move(folder)), index_(index), places_(UnsettledArms(index)) {}

  // The next arm, written down as begun; nothing when all have begun.
  std::optional<Turn> Begin();
  // Writes down what became of it.
  void End(const Turn& turn);
  // Keeps the first error of all.
  void Fail(std::exception_ptr error);

  int arms() const { return static_cast<int>(places_.size()); }  // of this run

  // When no arm trains any more.
  void RethrowError() const;
  bool whole() const { return UnsettledArms(index_).empty(); }

 private:
  void Write();

  const std::string folder_;
  StudyIndex& index_;
  const std::vector<std::size_t> places_;
  std::mutex mutex_;
  std::size_t begun_ = 0;
  std::exception_ptr error_;
};

}  // namespace normlab
