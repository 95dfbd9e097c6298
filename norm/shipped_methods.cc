#include "norm/shipped_methods.h"

#include <string>

#include "norm/equation/method_file.h"

namespace normlab {

const std::vector<std::shared_ptr<const equation::Method>>& ShippedMethods() {
  static const auto methods = [] {
    std::vector<std::shared_ptr<const equation::Method>> parsed;
    for (const ShippedMethodFile& file : ShippedMethodFiles()) {
      const std::string name(file.name);
      equation::Method method =
          equation::ParseMethod(std::string(file.text), "norms/" + name + ".toml");
      method.name = name;
      parsed.push_back(std::make_shared<const equation::Method>(std::move(method)));
    }
    return parsed;
  }();
  return methods;
}

}  // namespace normlab
