// What other programs call a key or a value: PyTorch's and Keras's words and those of notebooks.
#pragma once

#include <string>
#include <string_view>

namespace normlab {

// "it is called lr here", of a name that is no key; empty where the name is not known.
std::string OtherWordAdvice(std::string_view name);

// "; the nearest is 'sgd'", "; BatchNorm2d is called batch here", of a value that the key does not
// take; empty where nothing is near. `allowed` lists its words, "one of sgd, adam".
std::string ValueAdvice(std::string_view key, std::string_view value, const std::string& allowed);

}  // namespace normlab
