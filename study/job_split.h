// How a run shares the cores: so many trainings at once, so many threads for each.
//
// Results are the same bits for any split. Side by side, trainings take almost nothing from each
// other; the threads of one wait for each other several times a step. So trainings at once come
// first, and threads where fewer trainings are left than there are cores.
#pragma once

#include <cstddef>
#include <vector>

#include "config/plan.h"

namespace normlab {

struct JobSplit {
  int jobs = 1;
  int threads = 1;  // of each training
  // When the last arms do not fill all jobs, these many of them, the last ones to begin, have more
  // threads instead.
  int last_arms = 0;
  int last_threads = 1;

  // `place` of `arms`, in the order in which they begin, from 0.
  int ThreadsOf(int place, int arms) const {
    return place >= arms - last_arms ? last_threads : threads;
  }
};

struct JobRequest {
  int jobs = 0;     // 0: chosen
  int threads = 0;  // 0: chosen
  int arms = 1;     // to be trained, >= 1
  int cores = 1;
  int most_jobs = 1;        // that fit into memory; holds for a choice, not for jobs that are given
  bool has_threads = true;  // the engine can use more than one
};

// How many times as fast one training is on so many threads.
double ThreadSpeedup(int threads);

// What is given holds; when jobs or threads are, the other makes jobs x threads = cores, as far as
// there are arms and memory. Else the split that finishes first, if all arms take the same time; of
// equals, the one with more threads, which has less work lying half done when the run is stopped.
JobSplit ChooseJobSplit(const JobRequest& request);

// Of this plan's arms at `places`, on this machine; no more jobs than fit into memory.
JobSplit ChooseJobSplit(const StudyPlan& plan, const std::vector<std::size_t>& places);

// Until the last of trainings that take so long each has ended, when each begins as soon as one of
// the jobs, >= 1, is free.
double SecondsSideBySide(const std::vector<double>& arms, int jobs);

}  // namespace normlab
