#include "norm/own_method.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "base/error.h"
#include "norm/equation/method_file.h"
#include "norm/equation/same_trees.h"
#include "norm/equation_operation.h"
#include "norm/method_label.h"
#include "norm/shipped_methods.h"

namespace normlab {
namespace {

using MethodPointer = std::shared_ptr<const equation::Method>;

NormMethod MakeOwnMethod(std::string_view text) {
  equation::Method parsed = equation::ParseMethod(std::string(text), "norm");
  parsed.name = OwnMethodName(parsed, NormNames());
  if (parsed.title.empty()) parsed.title = parsed.name;
  const MethodPointer method = std::make_shared<const equation::Method>(std::move(parsed));
  const auto twin = std::ranges::find_if(NormMethods(), [&](const NormMethod& shipped) {
    return !shipped.room.empty() && SameMethod(*shipped.equation, *method);
  });
  if (twin == NormMethods().end()) return MethodByEquation(method);
  NormMethod row = *twin;
  row.place = 0;
  row.name = method->name;
  AddEquation(method, row);
  if (row.pytorch.empty()) row.pytorch = twin->pytorch;
  if (row.normalizes()) AddProgramByEquation(row);
  return row;
}

}  // namespace

void AddEquation(MethodPointer equation, NormMethod& row) {
  row.title = equation->title;
  row.source = equation->source;
  row.pytorch = equation->pytorch;
  row.equation = std::move(equation);
}

void AddProgramByEquation(NormMethod& row) {
  row.by_equation = std::make_shared<const OperationKind>(EquationOperation(row.equation));
  row.operation.doubts = row.by_equation->doubts;
  row.operation.make_opencl = row.by_equation->make_opencl;
}

NormMethod MethodByEquation(MethodPointer equation) {
  NormMethod row;
  row.name = equation->name;
  row.is_activation = equation->is_activation;
  row.running_statistics = std::ranges::any_of(
      equation->equation.statements, [](const auto& each) { return each.running.has_value(); });
  row.pools_images = equation->equation.PoolsImages();
  row.pools_over = "what its equation says";
  row.operation = EquationOperation(equation);
  row.by_equation = std::make_shared<const OperationKind>(row.operation);
  AddEquation(std::move(equation), row);
  return row;
}

const NormMethod& OwnMethod(std::string_view text) {
  static std::mutex mutex;
  static std::map<std::string, NormMethod, std::less<>> methods;  // nodes stay where they are
  const std::scoped_lock lock(mutex);
  auto found = methods.find(text);
  if (found == methods.end()) {
    found = methods.emplace(std::string(text), MakeOwnMethod(text)).first;
  }
  return found->second;
}

bool IsOwnNorm(std::string_view norm) { return norm.find('=') != std::string_view::npos; }

std::string NormLabel(std::string_view norm) {
  if (!IsOwnNorm(norm)) return std::string(norm);
  try {
    return std::string(OwnMethod(norm).name);
  } catch (const UsageError&) {
    return UnreadableMethodName(norm);
  }
}

std::string DistinctNormLabel(std::string_view norm) {
  const std::string label = NormLabel(norm);
  return IsOwnNorm(norm) ? WithHash(label, norm) : label;
}

}  // namespace normlab
