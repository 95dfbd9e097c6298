#include "report/recipe_value.h"

namespace normlab {
namespace {

std::string Trim(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Up to a comment, which a '#' outside of a string begins.
std::string WithoutComment(const std::string& text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (text[i] == '"' || text[i] == '\'') {
      quote = text[i];
    } else if (text[i] == '#') {
      return text.substr(0, i);
    }
  }
  return text;
}

}  // namespace

std::string RecipeValue(const std::string& recipe_text, const std::string& key) {
  for (std::size_t start = 0; start < recipe_text.size();) {
    const std::size_t end = std::min(recipe_text.find('\n', start), recipe_text.size());
    const std::string line = Trim(recipe_text.substr(start, end - start));
    start = end + 1;
    if (line.starts_with("[")) break;
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || Trim(line.substr(0, equals)) != key) continue;
    const std::string value = Trim(WithoutComment(line.substr(equals + 1)));
    const bool quoted = value.size() >= 2 && value.front() == value.back() &&
                        (value.front() == '"' || value.front() == '\'');
    return quoted ? value.substr(1, value.size() - 2) : value;
  }
  return "";
}

}  // namespace normlab
