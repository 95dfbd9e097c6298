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
};

// Of every option.
bool SameOptions(const ModelOptions& a, const ModelOptions& b);
bool operator==(const NetworkSettings& a, const NetworkSettings& b);

// The one way from a record's settings to a network. What is not said, or not of its kind, is the
// default. Throws UsageError for an order that is none.
NetworkSettings NetworkSettingsOf(const std::map<std::string, std::string>& settings);

}  // namespace normlab
