// The keys of an arm that its network follows from.
#pragma once

#include <map>
#include <string>

#include "model/architecture.h"

namespace normlab {

struct NetworkSettings {
  std::string model;     // empty: not known
  ModelOptions options;  // without its norm
  int batch_size = 64;
  std::string optimizer;  // empty: not known
  friend bool operator==(const NetworkSettings& a, const NetworkSettings& b) {
    return a.model == b.model && a.options.groups == b.options.groups &&
           a.options.dropout == b.options.dropout && a.options.order == b.options.order &&
           a.batch_size == b.batch_size && a.optimizer == b.optimizer;
  }
};

// What is not said, or not a number, is the default. Throws UsageError for an order that is none.
NetworkSettings NetworkSettingsOf(const std::map<std::string, std::string>& settings);

}  // namespace normlab
