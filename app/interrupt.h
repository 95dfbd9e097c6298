// Ctrl-C and kill, a terminal that is closed, a batch system that needs the machine: the first
// signal finishes the batch.
#pragma once

#include <atomic>

#include "base/error.h"

namespace normlab {

// Installs the handlers for SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2, but not for those that
// the program was started with as ignored (nohup, a shell's background). A second SIGINT or SIGTERM
// ends at once. A second of the others does not: a terminal that is closed sends SIGHUP twice, a
// batch system its own again and again.
void CatchInterrupts();

const std::atomic<bool>& StopRequested();
int CaughtSignal();  // the first; 0: none

// 128 + CaughtSignal(), where there is one.
ExitCode InterruptedCode();

// For a program that does its work in other threads. Between the two the signals of CatchInterrupts
// wait, in this thread and in those that it starts.
void HoldInterrupts();
void AwaitInterrupt();  // returns when one came

}  // namespace normlab
