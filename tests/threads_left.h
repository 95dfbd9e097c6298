// A system that has few threads to give, or none, for as long as this lives: new ones get a stack
// so large, and the process so little memory beside what it has, that no more of them fit. Then
// pthread_create fails with EAGAIN as it does at a limit of processes, for root as well.
#pragma once

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>

namespace normlab {

// A sanitizer takes memory of its own for each thread: there only `none` is to be relied on.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadsCanBeCounted = false;
#else
inline constexpr bool kThreadsCanBeCounted = true;
#endif

class ThreadsLeft {
 public:
  explicit ThreadsLeft(int count) {
    pthread_getattr_default_np(&before_);
    getrlimit(RLIMIT_AS, &memory_before_);
    if (count == 0) {
      SetStack(std::size_t{1} << 47);  // all that a process can address
      return;
    }
    constexpr std::size_t kStack = std::size_t{1} << 30;
    rlimit memory = memory_before_;
    memory.rlim_cur = MemoryInUse() + static_cast<std::size_t>(count) * kStack + kStack / 2;
    EXPECT_EQ(setrlimit(RLIMIT_AS, &memory), 0);
    SetStack(kStack);
  }
  ~ThreadsLeft() {
    EXPECT_EQ(setrlimit(RLIMIT_AS, &memory_before_), 0);
    EXPECT_EQ(pthread_setattr_default_np(&before_), 0);
    pthread_attr_destroy(&before_);
  }
  ThreadsLeft(const ThreadsLeft&) = delete;
  ThreadsLeft& operator=(const ThreadsLeft&) = delete;

 private:
  static std::size_t MemoryInUse() {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  }

  static void SetStack(std::size_t size) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size);
    EXPECT_EQ(pthread_setattr_default_np(&attributes), 0);
    pthread_attr_destroy(&attributes);
  }

  pthread_attr_t before_;
  rlimit memory_before_{};
};

}  // namespace normlab
