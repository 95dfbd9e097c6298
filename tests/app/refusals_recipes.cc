// What a recipe is refused for.
#include "tests/app/refusals.h"

namespace normlab {
namespace {

using namespace std::string_literals;

Refusal OfRecipe(const std::string& text, const std::string& where, const std::string& expected,
                 const std::string& found, const std::string& advice) {
  return {
      {"run", "mine.toml", "--dry-run"}, 2, where, expected, found, advice, {{"mine.toml", text}}};
}

std::string InUtf16(const std::string& text) {
  std::string bytes = "\xff\xfe";
  for (const char c : text) (bytes += c) += '\0';
  return bytes;
}

}  // namespace

std::vector<Refusal> RecipeRefusals() {
  const std::string first = "recipe mine.toml, line 1", second = "recipe mine.toml, line 2";
  return {
      OfRecipe("epochs = = 3\n", first, "a value", "= 3", "true or false, a number"),
      OfRecipe("epochs =\n", first, "a value", "found none", "after epochs ="),
      OfRecipe("epochs = 1\nepochs = 2\n", second, "the key epochs once", "again", "keep one"),
      OfRecipe("epochs: 1\n", first, "key = value", "epochs: 1", "TOML has ="),
      OfRecipe("{\"epochs\": 1}\n", first, "TOML", "JSON", "normlab recipes mnist > mine.toml"),
      OfRecipe("import torch\n", first, "TOML", "a Python program", "normlab recipes mnist"),
      OfRecipe("norm = batch\n", first, "a word in quotes", "batch", "norm = \"batch\""),
      OfRecipe("shuffle = True\n", first, "true or false", "True", "write shuffle = true"),
      OfRecipe("model = \"C8\n", first, "a closing quote", "end of the line",
               "expected a closing quote"),
      OfRecipe("norm = \u201cbatch\u201d\n", first, "straight quotes", "typographic",
               "expected straight"),
      OfRecipe("lr = 1e999\n", first, "a number", "1e999", "such as 20, 0.05"),
      OfRecipe("epochs = 99999999999999999999\n", first, "a number", "99999999999999999999",
               "such as"),
      OfRecipe("epochs = \"20\"\n", first, "a whole number", "20", "from 1 to 100000"),
      OfRecipe("[epochs]\nx = 1\n", first, "one value", "a table", "a number or a word"),
      OfRecipe("epochs = 2020-01-01\n", first, "one value", "a date", "a number or a word"),
      OfRecipe("lr = [[1], [2]]\n", first, "one value", "a list", "a number or a word"),
      OfRecipe("norm = []\n", first, "one value at least", "an empty list", "nothing to run"),
      OfRecipe("run = \"x\"\n", first, "[[run]]", "a word", "arms written as"),
      OfRecipe("[[runs]]\n", first, "unknown key", "'runs'", "written as [[run]]"),
      OfRecipe("[[run]]\nengine = \"fast\"\n", second, "belongs to the whole run", "engine",
               "above the first [[run]]"),
      OfRecipe("exclude = \"x\"\n", first, "rules written as", "a word", "[{ norm ="),
      OfRecipe("[[exclude]]\n", first, "a key at least", "an empty rule", "leave out every run"),
      OfRecipe("norm = [\"batch\"]\n[[exclude]]\nnorm = \"batch\"\n", "recipe mine.toml", "exclude",
               "nothing to run", "take one away"),
      OfRecipe("limits = 1\n", first, "a table", "a number", "written as [limits]"),
      OfRecipe("[limits]\nepochs = \"x\"\n", second, "a number from 0", "a word", "to 1000000"),
      OfRecipe("[limits]\nepoch = 1\n", second, "parameters, epochs or accuracy", "'epoch'",
               "expected"),
      OfRecipe("recipe = \"a/b\"\n", "recipe 'a/b'", "letters, digits", "a/b", "1 to 64 letters"),
      OfRecipe("about = 3\n", first, "a word in quotes", "a number", "expected a word"),
      OfRecipe(std::string(20000, 'a'), first, "at most 16384", "20000 bytes", "is it a recipe?"),
      OfRecipe("schedule = { name = \"step\", step_size = -1 }\n", first, "a whole number", "-1",
               "from 1 to 1e9"),
      OfRecipe("schedule = { name = \"step\", verbose = true }\n", first, "no schedule has",
               "schedule.verbose", "leave it out"),
      OfRecipe("[schedule]\nstep_size = 3\n", second, "takes no arguments", "schedule constant",
               "name the schedule before it"),
      OfRecipe(InUtf16("epochs = 1\n"), "mine.toml", "text in UTF-8", "UTF-16",
               "iconv -f UTF-16LE"),
      OfRecipe("# caf\xe9\n", "mine.toml", "text in UTF-8", "0xe9 at byte 5", "save it as UTF-8"),
      OfRecipe("epochs = 1\0\n"s, "mine.toml", "text in UTF-8", "a byte 0", "is it text?"),
      OfRecipe("\x89PNG\r\n\x1a\n", "mine.toml", "a recipe", "a PNG", "normlab recipes mnist"),
      OfRecipe("<html></html>", "mine.toml", "a recipe", "an HTML page", "normlab recipes mnist"),
      OfRecipe("version https://git-lfs.github.com/spec/v1\n", "mine.toml", "a recipe",
               "a Git LFS pointer", "normlab recipes"),
      {{"run", "mine.yaml"},
       2,
       "recipe",
       "ends in .toml",
       "mine.yaml",
       "written in TOML",
       {{"mine.yaml", "epochs: 1\n"}}},
      {{"run", "fashon"},
       2,
       "recipe 'fashon'",
       "one of cifar10",
       "unknown",
       "the nearest is 'fashion'",
       {}},
      {{"run", "missing.toml"},
       2,
       "missing.toml",
       "recipe",
       "No such file",
       "look at its name",
       {}},
      {{"run", "set"}, 2, "recipe", "a file.toml", "the folder set", "set/mine.toml", {}},
      {{"run", "r"},
       2,
       "recipe",
       "expected a recipe",
       "the run folder r",
       "normlab run r/recipe.toml --out r",
       {},
       true},
      {{"run", "-"},
       2,
       "recipe",
       "a recipe",
       "is empty",
       "normlab recipes mnist | normlab run -",
       {}},
      {{"recipes", "mnsit"},
       2,
       "recipe 'mnsit'",
       "one of cifar10",
       "unknown",
       "the nearest is 'mnist'",
       {}},
      {{"run", "mine.toml", "--dry-run"},
       2,
       "share a data set",
       "hold out images all or none",
       "validation 5",
       "one run",
       {{"mine.toml", "validation = 5\n[[run]]\n[[run]]\nvalidation = 0\n"}}},
  };
}

}  // namespace normlab
