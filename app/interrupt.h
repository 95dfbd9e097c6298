// Ctrl-C and kill: the first finishes the batch, a second ends at once.
#pragma once

#include <atomic>

namespace normlab {

// Installs the handlers for SIGINT and SIGTERM.
void CatchInterrupts();

const std::atomic<bool>& StopRequested();
int CaughtSignal();  // 0: none

// For a program that does its work in other threads. Between the two the signals of CatchInterrupts
// wait, in this thread and in those that it starts.
void HoldInterrupts();
void AwaitInterrupt();  // returns when one came

}  // namespace normlab
