// A program that is asked on stdin and answers each line with one on stdout, so that another can
// race it in alternating rounds.
#pragma once

#include <iostream>
#include <string>

#include "base/error.h"

namespace normlab {

// make() gives what answers: a call with the command that returns the line, or throws an Error,
// which ends the program. Returns the exit code.
template <class Make>
int AnswerCommands(const std::string& program, const Make& make) {
  try {
    const auto answer = make();
    for (std::string command; std::getline(std::cin, command);) {
      std::cout << answer(command) << std::endl;
    }
    return 0;
  } catch (const Error& error) {
    std::cerr << program << ": " << error.what() << "\n";
    return static_cast<int>(error.code());
  }
}

}  // namespace normlab
