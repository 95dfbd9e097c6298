#include "app/interrupt.h"

#include <csignal>

namespace normlab {
namespace {

std::atomic<bool> stop{false};
std::atomic<int> caught{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void Handle(int signal) {
  caught = signal;
  stop = true;
}

}  // namespace

void CatchInterrupts() {
  struct sigaction action {};
  action.sa_handler = Handle;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void HoldInterrupts() {
  sigset_t held;
  sigemptyset(&held);
  sigaddset(&held, SIGINT);
  sigaddset(&held, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &held, nullptr);
}

// sigsuspend lets a signal in and returns after it, in one step: none can come in between unseen.
void AwaitInterrupt() {
  sigset_t open;
  pthread_sigmask(SIG_BLOCK, nullptr, &open);
  sigdelset(&open, SIGINT);
  sigdelset(&open, SIGTERM);
  while (!stop) sigsuspend(&open);
}

const std::atomic<bool>& StopRequested() { return stop; }
int CaughtSignal() { return caught; }

}  // namespace normlab
