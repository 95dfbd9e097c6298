// A method that is written as an equation: what a file of norms/, of weights/ or of a user says.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "norm/equation/equation.h"

namespace normlab::equation {

// What a learned value's table says; without one `weight` begins at 1 and every other at 0.
struct LearnedRow {
  double initial = 0;
  // Of a filter's: an expression of the initial w instead.
  std::optional<Equation> initial_of_filter = std::nullopt;
  bool decays = true;  // weight decay and penalties that take all parameters touch it
  // Its values are moved into [lowest, highest] after every update.
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
};

struct Method {
  std::string name;    // what a recipe says of a shipped one; of a user's: its title or own-<hash8>
  std::string title;   // "Batch normalization"; of a user's it may be empty
  std::string source;  // paper and equation
  std::string pytorch;  // the module that computes the same, where there is one
  std::string notes;
  bool is_activation = false;       // too: no ReLU stands beside it
  std::string weights;              // of a map's: what it does to the filters before it; or empty
  Equation equation;                // with what the tables say of running values
  std::vector<LearnedRow> learned;  // beside equation.learned
  // Beside equation.statements, what its running value is called in a checkpoint ("running_mean");
  // empty where none is kept.
  std::vector<std::string> states;
  std::string text;  // the file, or the bare equation
};

}  // namespace normlab::equation
