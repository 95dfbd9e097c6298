#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "model/architecture.h"

namespace normlab {
namespace {

using BlockOrder = std::array<BlockStep, 3>;

std::string_view StepName(BlockStep step) {
  switch (step) {
    case BlockStep::kRelu:
      return "relu";
    case BlockStep::kNorm:
      return "norm";
    case BlockStep::kDropout:
      return "dropout";
  }
  return "";
}

std::vector<BlockOrder> AllOrders() {
  BlockOrder order{BlockStep::kRelu, BlockStep::kNorm, BlockStep::kDropout};
  std::sort(order.begin(), order.end());
  std::vector<BlockOrder> orders;
  do {
    orders.push_back(order);
  } while (std::next_permutation(order.begin(), order.end()));
  return orders;
}

}  // namespace

std::string OrderText(const BlockOrder& order) {
  return fmt::format("conv-{}-{}-{}", StepName(order[0]), StepName(order[1]), StepName(order[2]));
}

BlockOrder ParseOrder(std::string_view text) {
  std::vector<std::string> names;
  for (const BlockOrder& order : AllOrders()) {
    names.push_back(OrderText(order));
    if (text == names.back()) return order;
  }
  throw UsageError(fmt::format("order: unknown order '{}', expected one of {}; the nearest is {}",
                               Printable(text), Join(names), NearestName(text, names)));
}

}  // namespace normlab
