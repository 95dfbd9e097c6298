// A system that has no thread to give (ulimit -u, a container's limit of pids): the program goes on
// with the one that it is, to the same bits, and says where that cannot be.
//
// Root has no limit of processes, so threads fail here for want of memory: new ones get a stack of
// the size that RLIMIT_STACK says, and this one is all that a process can address.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <optional>

#include "tests/app/program.h"
#include "tests/app/same_bits.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

// For the programs that are begun while it lives.
class HugeStacks {
 public:
  HugeStacks() {
    getrlimit(RLIMIT_STACK, &before_);
    rlimit huge = before_;
    huge.rlim_cur = rlim_t{1} << 47;
    set_ = setrlimit(RLIMIT_STACK, &huge) == 0;
  }
  ~HugeStacks() { setrlimit(RLIMIT_STACK, &before_); }
  bool set() const { return set_; }

 private:
  rlimit before_{};
  bool set_ = false;
};

class NoThreads : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's memory has no room beside such a stack";
#endif
    stacks_.emplace();
    if (!stacks_->set()) GTEST_SKIP() << "the hard limit of stacks is too low";
  }
  Outcome Try(const std::vector<std::string>& arguments) { return RunProgram(folder_, arguments); }

  std::vector<std::string> Training(const std::string& out) const {
    return {"run",     "fashion",     "--set",       "model=C2v P P GAP c10!",
            "--set",   "groups=1",    "--set",       "max_steps=3",
            "--norms", "batch,layer", "--log-steps", "--jobs",
            "2",       "--threads",   "3",           "--out",
            out};
  }

  TemporaryFolder folder_;
  std::optional<HugeStacks> stacks_;
};

TEST_F(NoThreads, ATrainingGivesTheSameBits) {
  const Outcome alone = Try(Training("alone"));
  ASSERT_EQ(alone.code, 0) << alone.err;
  const Outcome evaluation = Try({"evaluate", "alone/batch-seed1", "--threads", "4"});
  EXPECT_EQ(evaluation.code, 0) << evaluation.err;
  stacks_.reset();
  const Outcome together = Try(Training("together"));
  ASSERT_EQ(together.code, 0) << together.err;
  for (const char* arm : {"/batch-seed1", "/layer-seed1"}) {
    ExpectSameBits(folder_ / ("alone" + std::string(arm)),
                   folder_ / ("together" + std::string(arm)));
  }
}

TEST_F(NoThreads, BenchMeasuresTheOneThatThereIs) {
  const Outcome outcome =
      Try({"bench", "--json", "--model", "C2v P P GAP c10!", "--dataset", "mnist", "--batch", "32",
           "--threads", "3", "--rounds", "1", "--bandwidth-mib", "1"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"threads\": 1"));
}

TEST_F(NoThreads, ServeSaysThatItNeedsThem) {
  const Outcome outcome = Try({"serve", "not/there", "--port", "0"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("serve: cannot begin a thread ("));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

}  // namespace
}  // namespace normlab
