#include "study/job_split.h"

#include <gtest/gtest.h>

namespace normlab {
namespace {

JobSplit Chosen(int arms, int cores, int jobs = 0, int threads = 0) {
  JobRequest request;
  request.arms = arms;
  request.cores = cores;
  request.jobs = jobs;
  request.threads = threads;
  request.most_jobs = arms;
  return ChooseJobSplit(request);
}

void ExpectSplit(const JobSplit& split, int jobs, int threads, int last_arms, int last_threads) {
  EXPECT_EQ(split.jobs, jobs);
  EXPECT_EQ(split.threads, threads);
  EXPECT_EQ(split.last_arms, last_arms);
  EXPECT_EQ(last_arms > 0 ? split.last_threads : 0, last_threads);
}

TEST(JobSplit, ThreadsScaleAsTheyWereMeasured) {
  EXPECT_EQ(ThreadSpeedup(1), 1);
  EXPECT_NEAR(ThreadSpeedup(2), 1.85, 0.01);
  EXPECT_GT(ThreadSpeedup(16), ThreadSpeedup(8));
}

TEST(JobSplit, TrainingsAtOnceComeFirst) {
  ExpectSplit(Chosen(1, 2), 1, 2, 0, 0);
  ExpectSplit(Chosen(2, 2), 2, 1, 0, 0);
  ExpectSplit(Chosen(3, 2), 2, 1, 1, 2);
  ExpectSplit(Chosen(4, 2), 2, 1, 0, 0);
  ExpectSplit(Chosen(15, 2), 2, 1, 1, 2);
  ExpectSplit(Chosen(3, 16), 3, 5, 0, 0);
  ExpectSplit(Chosen(3, 1), 1, 1, 0, 0);
}

// Nine at once would leave seven of sixteen cores idle: eight, then the last one on all cores.
TEST(JobSplit, IdleCoresAreCounted) { ExpectSplit(Chosen(9, 16), 8, 2, 1, 16); }

TEST(JobSplit, WhatIsGivenHolds) {
  ExpectSplit(Chosen(3, 2, 1, 1), 1, 1, 0, 0);
  ExpectSplit(Chosen(3, 2, 3, 4), 3, 4, 0, 0);
  ExpectSplit(Chosen(3, 16, 2), 2, 8, 1, 16);
  ExpectSplit(Chosen(5, 16, 0, 4), 4, 4, 0, 0);
  ExpectSplit(Chosen(3, 2, 0, 2), 1, 2, 0, 0);
  ExpectSplit(Chosen(3, 2, 0, 64), 1, 64, 0, 0);
  ExpectSplit(Chosen(3, 2, 8), 3, 1, 0, 0);  // no more than there are arms
}

TEST(JobSplit, AChoiceFitsIntoMemory) {
  JobRequest request{.arms = 4, .cores = 4, .most_jobs = 2};
  ExpectSplit(ChooseJobSplit(request), 2, 2, 0, 0);
}

TEST(JobSplit, AnEngineOfOneThreadHasJobsAlone) {
  JobRequest request{.threads = 4, .arms = 3, .cores = 2, .most_jobs = 3, .has_threads = false};
  ExpectSplit(ChooseJobSplit(request), 2, 1, 0, 0);
}

TEST(JobSplit, TheLastArmsToBeginHaveTheirThreads) {
  const JobSplit wider{2, 1, 1, 2};
  EXPECT_EQ(wider.ThreadsOf(0, 3), 1);
  EXPECT_EQ(wider.ThreadsOf(1, 3), 1);
  EXPECT_EQ(wider.ThreadsOf(2, 3), 2);
}

TEST(JobSplit, ArmsBeginAsSoonAsAJobIsFree) {
  EXPECT_EQ(SecondsSideBySide({}, 2), 0);
  EXPECT_EQ(SecondsSideBySide({3, 1, 1}, 1), 5);
  EXPECT_EQ(SecondsSideBySide({3, 1, 1}, 2), 3);
  EXPECT_EQ(SecondsSideBySide({3, 1, 1, 4}, 2), 6);
  EXPECT_EQ(SecondsSideBySide({3, 1}, 8), 3);
}

}  // namespace
}  // namespace normlab
