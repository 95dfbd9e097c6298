// Names of an equation and words about it in Python's text.
#pragma once

#include <string>
#include <string_view>

namespace normlab::equation {

// The attribute that holds a learned or a running value: its name, with "learned_" before those
// that Python or nn.Module have taken.
std::string PytorchName(std::string_view name);

// "filter-response" to "FilterResponse"; never begins with a digit.
std::string PytorchWords(std::string_view name);

std::string PytorchDocumentation(std::string_view text);  // inside a docstring

}  // namespace normlab::equation
