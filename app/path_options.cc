#include "app/path_options.h"

#include <algorithm>

#include "base/home.h"

namespace normlab {

// `recipe` may be a name, which never begins with ~. Data sets' names, which hold a path after a
// colon, are data/dataset_spec.h's.
const std::vector<std::string>& PathOptions() {
  static const std::vector<std::string> options = {
      "checkpoint", "folder", "folders",   "images", "recipe",        "--data-dir",
      "--init",     "--out",  "--pytorch", "--to",   "--predictions", "--values"};
  return options;
}

void ExpandHomeInPaths(CLI::App& program) {
  for (CLI::Option* option : program.get_options()) {
    const std::string name = option->get_single_name();
    const bool is_path = std::ranges::any_of(PathOptions(), [&](const std::string& path) {
      return path.substr(std::min(path.find_first_not_of('-'), path.size())) == name;
    });
    if (is_path) option->transform([](const std::string& path) { return ExpandHome(path); });
  }
  for (CLI::App* command : program.get_subcommands({})) ExpandHomeInPaths(*command);
}

}  // namespace normlab
