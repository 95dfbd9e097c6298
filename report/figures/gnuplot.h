// The gnuplot process, started without a shell.
#pragma once

#include <optional>
#include <string>

namespace normlab {

struct GnuplotFailure {
  std::string what;    // what is wrong: that it is missing, or its own complaint
  std::string remedy;  // what to do
};

// Runs `gnuplot --default-settings <script>` in `folder`. Nothing on success.
std::optional<GnuplotFailure> RunGnuplot(const std::string& folder, const std::string& script);

}  // namespace normlab
