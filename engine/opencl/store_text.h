// What a kernel does with an element that it has computed, where that is more than to store it: the
// text of its STORE (operations/opencl/launch.h), statement by statement.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "operations/opencl/launch.h"

namespace normlab::opencl {

class StoreText {
 public:
  // The element of a map of the plan: "m0[store_at]".
  std::string Element(Slot slot, int value);

  // A new variable with a value, and a value stored.
  std::string Variable(const std::string& value);
  void Put(const std::string& element, const std::string& value, bool adds);

  // The output of an operation of these elements, and the gradients of its inputs; `parameters`:
  // of the plan, in the operation's order.
  std::string Output(const Elementwise& text, const std::vector<std::string>& inputs,
                     const std::vector<int>& parameters);
  std::vector<std::string> Gradients(const Elementwise& text,
                                     const std::vector<std::string>& inputs,
                                     const std::string& output, const std::string& gradient,
                                     const std::vector<int>& parameters);

  // The launch, with this for its STORE.
  void Give(Launch& launch) const;

 private:
  using Names = std::map<std::string, std::string>;
  void Furnish(const Elementwise& text, const std::vector<int>& parameters, Names& names);

  std::string statements_, declarations_;
  std::map<std::pair<Slot, int>, std::string> elements_;
  std::vector<Argument> arguments_;
  std::vector<std::pair<std::string, int>> sizes_;
  std::vector<std::pair<std::string, float>> numbers_;
  int variables_ = 0, furnished_ = 0;
};

}  // namespace normlab::opencl
