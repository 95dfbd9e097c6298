// A system that has few threads to give, or none (ulimit -u, a container's limit of pids): the
// program goes on with those that come, to the same bits, and says where that cannot be.
//
// Root has no limit of processes, so threads fail here for want of memory: new ones get a stack of
// the size that RLIMIT_STACK says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <optional>

#include "tests/app/program.h"
#include "tests/app/same_bits.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

// For the programs that are begun while it lives.
class Limits {
 public:
  Limits(rlim_t stack, rlim_t memory) {
    getrlimit(RLIMIT_STACK, &stack_before_);
    getrlimit(RLIMIT_AS, &memory_before_);
    const rlimit new_stack = {stack, stack_before_.rlim_max};
    const rlimit new_memory = {memory, memory_before_.rlim_max};
    set_ = setrlimit(RLIMIT_STACK, &new_stack) == 0 && setrlimit(RLIMIT_AS, &new_memory) == 0;
  }
  ~Limits() {
    setrlimit(RLIMIT_STACK, &stack_before_);
    setrlimit(RLIMIT_AS, &memory_before_);
  }
  bool set() const { return set_; }

 private:
  rlimit stack_before_{}, memory_before_{};
  bool set_ = false;
};

constexpr rlim_t kGiB = rlim_t{1} << 30;

class FewThreads : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    NORMLAB_LEFT_OUT(
        "a sanitizer's memory has no room beside such a stack; the Release build of ./check");
#endif
  }
  void Limit(rlim_t stack, rlim_t memory) {
    limits_.emplace(stack, memory);
    ASSERT_TRUE(limits_->set()) << "the hard limits are too low";
  }
  void LimitToNone() { Limit(rlim_t{1} << 47, RLIM_INFINITY); }  // all that a process can address
  void LimitToSome() { Limit(kGiB, 3 * kGiB + kGiB / 2); }
  Outcome Try(const std::vector<std::string>& arguments) { return RunProgram(folder_, arguments); }

  std::vector<std::string> Training(const std::string& out) const {
    return {"run",     "fashion",     "--set",       "model=C2v P P GAP c10!",
            "--set",   "groups=1",    "--set",       "max_steps=3",
            "--norms", "batch,layer", "--log-steps", "--jobs",
            "2",       "--threads",   "3",           "--out",
            out};
  }

  TemporaryFolder folder_;
  std::optional<Limits> limits_;
};

TEST_F(FewThreads, ATrainingGivesTheSameBits) {
  LimitToNone();
  const Outcome alone = Try(Training("alone"));
  ASSERT_EQ(alone.code, 0) << alone.err;
  const Outcome evaluation = Try({"evaluate", "alone/batch-seed1", "--threads", "4"});
  EXPECT_EQ(evaluation.code, 0) << evaluation.err;
  LimitToSome();
  const Outcome some = Try(Training("some"));
  ASSERT_EQ(some.code, 0) << some.err;
  limits_.reset();
  const Outcome together = Try(Training("together"));
  ASSERT_EQ(together.code, 0) << together.err;
  for (const std::string arm : {"/batch-seed1", "/layer-seed1"}) {
    ExpectSameBits(folder_ / ("alone" + arm), folder_ / ("together" + arm));
    ExpectSameBits(folder_ / ("some" + arm), folder_ / ("together" + arm));
  }
}

TEST_F(FewThreads, BenchMeasuresTheOneThatThereIs) {
  LimitToNone();
  const Outcome outcome =
      Try({"bench", "--json", "--model", "C2v P P GAP c10!", "--dataset", "mnist", "--batch", "32",
           "--threads", "3", "--rounds", "1", "--bandwidth-mib", "1"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"threads\": 1"));
}

TEST_F(FewThreads, ServeSaysThatItNeedsThem) {
  LimitToNone();
  const Outcome outcome = Try({"serve", "not/there", "--port", "0"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("serve: cannot begin a thread ("));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

}  // namespace
}  // namespace normlab
