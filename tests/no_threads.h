// A system that has no thread to give, for as long as this lives: no memory holds a stack of the
// size that new threads ask for, and pthread_create fails with EAGAIN as it does at a limit of
// processes, for root as well.
#pragma once

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstddef>

namespace normlab {

class NoThreads {
 public:
  NoThreads() {
    pthread_attr_init(&before_);
    pthread_getattr_default_np(&before_);
    Set(std::size_t{1} << 47);  // all that a process can address
  }
  ~NoThreads() {
    EXPECT_EQ(pthread_setattr_default_np(&before_), 0);
    pthread_attr_destroy(&before_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  static void Set(std::size_t stack) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack);
    EXPECT_EQ(pthread_setattr_default_np(&attributes), 0);
    pthread_attr_destroy(&attributes);
  }

  pthread_attr_t before_;
};

}  // namespace normlab
