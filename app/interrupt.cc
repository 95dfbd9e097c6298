#include "app/interrupt.h"

#include <csignal>

namespace normlab {
namespace {

std::atomic<bool> stop{false};
std::atomic<int> caught{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

struct Interrupt {
  int signal;
  bool ends_at_once;  // the second
};
constexpr Interrupt kInterrupts[] = {
    {SIGINT, true}, {SIGTERM, true}, {SIGHUP, false}, {SIGUSR1, false}, {SIGUSR2, false}};

void Handle(int signal) {
  int none = 0;
  caught.compare_exchange_strong(none, signal);
  stop = true;
}

bool IsIgnored(int signal) {
  struct sigaction now {};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

void CatchInterrupts() {
  for (const auto& [signal, ends_at_once] : kInterrupts) {
    if (IsIgnored(signal)) continue;
    struct sigaction action {};
    action.sa_handler = Handle;
    action.sa_flags = SA_RESTART | (ends_at_once ? static_cast<int>(SA_RESETHAND) : 0);
    sigaction(signal, &action, nullptr);
  }
}

void HoldInterrupts() {
  sigset_t held;
  sigemptyset(&held);
  for (const Interrupt& each : kInterrupts) sigaddset(&held, each.signal);
  pthread_sigmask(SIG_BLOCK, &held, nullptr);
}

// sigsuspend lets a signal in and returns after it, in one step: none can come in between unseen.
void AwaitInterrupt() {
  sigset_t open;
  pthread_sigmask(SIG_BLOCK, nullptr, &open);
  for (const Interrupt& each : kInterrupts) sigdelset(&open, each.signal);
  while (!stop) sigsuspend(&open);
}

const std::atomic<bool>& StopRequested() { return stop; }
int CaughtSignal() { return caught; }
ExitCode InterruptedCode() { return static_cast<ExitCode>(128 + CaughtSignal()); }

}  // namespace normlab
