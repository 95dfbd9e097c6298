#include "app/command.h"

#include <sstream>

namespace normlab {

std::string ExamplesFirst::make_description(const CLI::App* app) const {
  std::istringstream examples(app->get_footer());
  std::string text = "Examples:\n";
  for (std::string line; std::getline(examples, line);) text += "  " + line + "\n";
  return text + "\n" + CLI::Formatter::make_description(app);
}

std::string ExamplesFirst::make_footer(const CLI::App*) const { return ""; }

}  // namespace normlab
