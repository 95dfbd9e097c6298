// Methods on the weights, which the key `weights` names: equations over a filter w[O I Y X], a file
// each in weights/. `none` stands before them and does nothing.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "norm/equation/method.h"
#include "norm/shipped_methods.h"
#include "operations/parameter_operation.h"

namespace normlab {

struct FilterMethod {
  std::string name;   // what a recipe says; of a user's its title or own-<hash8>
  std::string title;  // "Weight standardization"
  bool shipped = true;
  // Null of `none`.
  std::shared_ptr<const equation::Method> equation = {};
  ParameterOperationKind operation = {};

  bool acts() const { return equation != nullptr; }
};

// weights/*.toml, compiled into the program.
struct ShippedFilterFile {
  std::string_view name;  // the file's, without .toml
  std::string_view text;
};
const std::vector<ShippedFilterFile>& ShippedFilterFiles();

// The shipped ones, `none` first.
const std::vector<FilterMethod>& FilterMethods();
std::vector<std::string> FilterNames();

// Of a shipped one's name, or of a user's text (IsOwnNorm, norm/norm.h), which is kept for as long
// as the program runs. Throws UsageError naming the nearest method, or what is wrong in the text.
const FilterMethod& FindFilterMethod(std::string_view weights);

// What it is called in tables, figures and folders, as NormLabel and DistinctNormLabel say.
std::string FilterLabel(std::string_view weights);
std::string DistinctFilterLabel(std::string_view weights);

// What a model's settings say of its weights, looked up once.
class FilterChoice {
 public:
  FilterChoice(std::string_view name) : method_(&FindFilterMethod(name)) {}        // NOLINT
  FilterChoice(const std::string& name) : FilterChoice(std::string_view(name)) {}  // NOLINT
  FilterChoice(const char* name) : FilterChoice(std::string_view(name)) {}         // NOLINT

  const FilterMethod& method() const { return *method_; }
  const FilterMethod* operator->() const { return method_; }
  friend bool operator==(const FilterChoice&, const FilterChoice&) = default;

 private:
  const FilterMethod* method_;
};

}  // namespace normlab
