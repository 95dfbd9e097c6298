#include "study/job_split.h"

#include <algorithm>

#include "base/cores.h"
#include "config/check.h"
#include "config/training_engine.h"
#include "engine/opencl/devices.h"
#include "engine/opencl/opencl_network.h"
#include "study/memory.h"

namespace normlab {
namespace {

// What is left of a step when threads divide the rest of it, by Amdahl's law: an assumption on the
// side of jobs. On two cores cifar-37k gains as much from a second thread (1.98) as from a second
// job (1.92, docs/performance.md), but smaller networks, more cores and the time between epochs
// gain less from threads.
constexpr double kUndividedShare = 0.08;

// A training takes 1 on one thread.
double TimeOf(const JobSplit& split, int arms) {
  const int rounds = (arms - split.last_arms + split.jobs - 1) / split.jobs;
  return rounds / ThreadSpeedup(split.threads) +
         (split.last_arms > 0 ? 1 / ThreadSpeedup(split.last_threads) : 0);
}

// Trainings that a device has at once, where nobody says how many: their launches are one, and a
// small network does not fill a GPU. A processor is full of one.
int JobsOfDevice(const StudyPlan& plan, const std::vector<std::size_t>& places) {
  constexpr std::size_t kMost = 8;
  constexpr double kShareOfMemory = 0.8;
  const opencl::Device device = opencl::UsableDevice(ParseDevice(plan.execution.device).number);
  if (device.is_cpu) return 1;
  double largest = 1;
  for (const std::size_t place : places) {
    const Config& config = plan.arms[place].config;
    largest = std::max(
        largest, static_cast<double>(OpenClBytes(MakeArchitecture(config), config.batch_size)));
  }
  const double fit = kShareOfMemory * static_cast<double>(device.memory) / largest;
  return std::max(1, static_cast<int>(std::min<double>(kMost, fit)));
}

JobSplit MakeSplit(const JobRequest& request, int jobs) {
  JobSplit split;
  split.jobs = jobs;
  if (!request.has_threads) return split;
  if (request.threads > 0) {
    split.threads = request.threads;
    return split;
  }
  split.threads = std::max(1, request.cores / jobs);
  const int last = request.arms % jobs;
  split.last_threads = last == 0 ? split.threads : std::max(split.threads, request.cores / last);
  split.last_arms = split.last_threads > split.threads ? last : 0;
  return split;
}

}  // namespace

double ThreadSpeedup(int threads) {
  return 1 / (kUndividedShare + (1 - kUndividedShare) / threads);
}

JobSplit ChooseJobSplit(const JobRequest& request) {
  if (request.jobs > 0) return MakeSplit(request, std::min(request.jobs, request.arms));
  const int threads = request.has_threads ? std::max(1, request.threads) : 1;
  const int most = std::clamp(request.cores / threads, 1,
                              std::max(1, std::min(request.arms, request.most_jobs)));
  if (request.threads > 0) return MakeSplit(request, most);
  JobSplit best = MakeSplit(request, 1);
  for (int jobs = 2; jobs <= most; ++jobs) {
    const JobSplit split = MakeSplit(request, jobs);
    if (TimeOf(split, request.arms) < TimeOf(best, request.arms)) best = split;
  }
  return best;
}

JobSplit ChooseJobSplit(const StudyPlan& plan, const std::vector<std::size_t>& places) {
  JobRequest request;
  request.jobs = plan.execution.jobs;
  request.threads = plan.execution.threads;
  request.arms = std::max(1, static_cast<int>(places.size()));
  request.cores = Cores();
  request.most_jobs = std::max(1, TrainingsThatFit(plan, places));
  request.jobs = std::min(request.jobs, request.most_jobs);
  const Engine& engine = EngineOf(plan.execution);
  request.has_threads = engine.threads;
  if (engine.on_device && request.jobs == 0) request.jobs = JobsOfDevice(plan, places);
  return ChooseJobSplit(request);
}

double SecondsSideBySide(const std::vector<double>& arms, int jobs) {
  std::vector<double> ends(static_cast<std::size_t>(jobs), 0);
  for (const double seconds : arms) *std::ranges::min_element(ends) += seconds;
  return std::ranges::max(ends);
}

}  // namespace normlab
