#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "model/architecture.h"

namespace normlab {
namespace {

using UnitOrder = std::array<UnitStep, 3>;

std::string_view StepName(UnitStep step) {
  switch (step) {
    case UnitStep::kRelu:
      return "relu";
    case UnitStep::kNorm:
      return "norm";
    case UnitStep::kDropout:
      return "dropout";
  }
  return "";
}

std::vector<UnitOrder> AllOrders() {
  UnitOrder order{UnitStep::kRelu, UnitStep::kNorm, UnitStep::kDropout};
  std::sort(order.begin(), order.end());
  std::vector<UnitOrder> orders;
  do {
    orders.push_back(order);
  } while (std::next_permutation(order.begin(), order.end()));
  return orders;
}

}  // namespace

std::string OrderText(const UnitOrder& order) {
  return fmt::format("conv-{}-{}-{}", StepName(order[0]), StepName(order[1]), StepName(order[2]));
}

UnitOrder ParseOrder(std::string_view text) {
  std::vector<std::string> names;
  for (const UnitOrder& order : AllOrders()) {
    names.push_back(OrderText(order));
    if (text == names.back()) return order;
  }
  throw UsageError(fmt::format("order: unknown order '{}', expected one of {}{}", Printable(text),
                               Join(names), NearestWords(text, names)));
}

}  // namespace normlab
