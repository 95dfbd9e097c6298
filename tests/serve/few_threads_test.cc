// A server whose threads do not come says so, and leaves nothing that waits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "serve/server.h"
#include "tests/left_out.h"
#include "tests/threads_left.h"

namespace normlab {
namespace {

void ExpectRefused(int threads) {
  const ThreadsLeft left(threads);
  try {
    const LiveServer server({}, {"not/there"}, {});
    ADD_FAILURE() << "it serves with " << threads << " threads";
  } catch (const RunError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("serve: cannot begin a thread ("));
  }
}

TEST(LiveServer, NeedsTheThreadThatWatches) { ExpectRefused(0); }

TEST(LiveServer, NeedsTheThreadThatAcceptsToo) {
  if (!kThreadsCanBeCounted)
    NORMLAB_LEFT_OUT(
        "a sanitizer's threads take memory of their own; the Release build of ./check");
  ExpectRefused(1);
}

}  // namespace
}  // namespace normlab
