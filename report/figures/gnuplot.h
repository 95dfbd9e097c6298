// The gnuplot process, started without a shell.
#pragma once

#include <string>

namespace normlab {

// Runs `gnuplot --default-settings <script>` in `folder`. Empty on success, else one line that says
// what is wrong and what to do: the package that is missing, or gnuplot's own first complaint.
std::string RunGnuplot(const std::string& folder, const std::string& script);

}  // namespace normlab
