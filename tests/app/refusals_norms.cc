// What a user's own normalization is refused for.
#include "tests/app/refusals.h"

namespace normlab {
namespace {

// As the key, inline.
Refusal OfEquation(const std::string& equation, const std::string& where,
                   const std::string& expected, const std::string& found,
                   const std::string& advice) {
  return {{"run", "--dry-run", "--set", "norm=" + equation},
          2,
          "flag --set: norm: equation, " + where,
          expected,
          found,
          advice,
          {}};
}

// As a file.
Refusal OfMethod(const std::string& text, const std::string& where, const std::string& expected,
                 const std::string& found, const std::string& advice) {
  return {{"run", "--dry-run", "--norms", "batch,./mine.toml"},
          2,
          "flag --norms: norm: ./mine.toml" + where,
          expected,
          found,
          advice,
          {{"mine.toml", text}}};
}

// That the network or the batch does not fit.
Refusal OfShape(const std::string& equation, const std::vector<std::string>& settings,
                const std::string& where, const std::string& expected, const std::string& found,
                const std::string& advice) {
  std::vector<std::string> arguments = {"run", "--dry-run", "--set", "norm=" + equation};
  for (const std::string& setting : settings) {
    arguments.emplace_back("--set");
    arguments.push_back(setting);
  }
  return {arguments, 2, where, expected, found, advice, {}};
}

std::string Statements(int count) {
  std::string text = "s0 = x\n";
  for (int i = 1; i < count; ++i) {
    text += "s" + std::to_string(i) + " = s" + std::to_string(i - 1) + "\n";
  }
  return text + "y = s" + std::to_string(count - 1);
}

}  // namespace

std::vector<Refusal> NormRefusals() {
  const std::string frame = "equation = '''\nm = avg[H W](x)\n";
  return {
      OfEquation("y = x - mean", "line 1, column 9", "its axes", "'mean'", "mean[C]"),
      OfEquation("m = avg[H W](x); y = x - mm", "line 1, column 26", "unknown name", "'mm'",
                 "the nearest is 'm'"),
      OfEquation("m = avg[H Q](x); y = x - m", "line 1, column 11", "expected", "Q", "C"),
      OfEquation("m = avg[H H](x); y = x - m", "line 1, column 11", "expected", "H", "H"),
      OfEquation("m = avg[H](x); n = avg[H](m); y = x - n", "line 1, column 20", "axes of what",
                 "avg[H]", "[N C W]"),
      OfEquation("y = avg[H](x)", "line 1, column 1", "all axes of x", "no H", "y"),
      OfEquation("y = w[C] * x + w[H]", "line 1, column 16", "w[C]", "[H]", "first named"),
      OfEquation("m = avg[H W](x); y = x", "line 1, column 1", "nothing reads", "'m'",
                 "take it away"),
      OfEquation("y = x - avg[N H W](x)", "line 1, column 9", "a statement of its own",
                 "keeps a running value", "s = avg[N H W]"),
      OfEquation("m = avg[H W](x); y = x - m.running", "line 1, column 26", "reduces over images",
                 "'m'", "m = avg[N H W](x)"),
      OfEquation(Statements(200), "line 201", "200", "201", "statements"),
      OfEquation("y = " + std::string(40, '(') + "x" + std::string(40, ')'), "line 1, column", "32",
                 "brackets", "most"),
      {{"run", "--dry-run", "--set", "norm=y = x #" + std::string(17000, 'c')},
       2,
       "flag --set: norm",
       "at most",
       "bytes",
       "brackets"},
      OfShape("v = var[H W](x); y = x / sqrt(v + eps)", {"model=C4 P P P P c6 GAP c10!"}, "layer",
              "variance of one value", "var[H W]", "pool more axes"),
      OfShape("m = avg[K H W](x); y = x - m", {"groups=3"}, "C1", "divide", "3", "groups"),
      OfMethod("title = 'x'\n", "", "the key equation", "none", "normlab norms batch"),
      OfMethod("titel = 'x'\nequation = 'y = x'\n", ", line 1, column 1", "one of title", "'titel'",
               "nearest is 'title'"),
      OfMethod("equation = y\n", ", line 1", "a word in quotes", "y", "write equation ="),
      OfMethod(frame + "y = x - mm\n'''\n", ", line 3, column 9", "unknown name", "'mm'",
               "y = x - \u2038mm"),
      OfMethod(frame + "y = w[C] * x - m\n'''\n[learned.v]\ninitial = 1\n", ", line 5, column 10",
               "the equation has w", "'v'", "nearest is 'w'"),
      OfMethod(frame + "y = x - m\n'''\n[running.m]\nstart = 1\n", ", line 5, column 10",
               "reductions over images", "'m'", "the equation has none"),
      OfMethod("equation = 'y = w[C] * x'\n[learned.w]\nbounds = [1, 2]\n", ", line 3, column 10",
               "low <= initial <= high", "0 in [1, 2]", "bounds"),
      OfMethod("\x89PNG\r\n\x1a\n", "", "a method", "a PNG", "normlab norms batch > mine.toml"),
      OfMethod("equation = 'y = x'\n# caf\xe9\n", "", "text in UTF-8", "0xe9", "save it as UTF-8"),
      {{"run", "--dry-run", "--norms", "batch,./mine.toml"},
       2,
       "flag --norms: norm",
       "mine.toml",
       "No such file",
       "look at its name",
       {}},
      {{"run", "--dry-run", "--norms", "batch,./set"},
       2,
       "flag --norms: norm: ./set",
       "a method's file",
       "a folder",
       "name a file in it",
       {}},
      {{"run", "mine.toml", "--dry-run"},
       2,
       "recipe mine.toml, line 2: norm: own.toml, line 1, column 21",
       "unknown name",
       "'tau'",
       "tau[C]",
       {{"mine.toml", "epochs = 1\nnorm = \"own.toml\"\n"},
        {"own.toml", "equation = 'y = x * tau'\n"}}},
      {{"norms", "bacth"}, 2, "norm", "one of none", "'bacth'", "nearest is 'batch'", {}},
      {{"norms", "./mine.toml"}, 2, "norms: norm", "mine.toml", "No such file", "name", {}},
      {{"summary", "mnist-8k", "--norm", "batch,./mine.toml"},
       2,
       "flag --norm: norm",
       "mine.toml",
       "No such file",
       "look at its name",
       {}},
      {{"bench", "--norm", "./mine.toml"},
       2,
       "flag --norm: norm",
       "mine.toml",
       "No such file",
       "look at its name",
       {}},
      {{"run", "--dry-run", "--set", "weights=standardised"},
       2,
       "flag --set: weights = standardised",
       "one of none, scaled, standardized, weight-norm",
       "standardised",
       "or your own",
       {}},
      {{"run", "--dry-run", "--norms", "weight-norm"},
       2,
       "flag --norms: norm = weight-norm",
       "one of none, batch",
       "weight-norm",
       "acts on the weights: weights = \"weight-norm\"",
       {}},
      {{"run", "--dry-run", "--norms", "IterNorm"},
       2,
       "flag --norms: norm = IterNorm",
       "one of none, batch",
       "IterNorm",
       "not shipped; docs/conventions.md says why",
       {}},
      {{"run", "--dry-run", "--set", "weights=y = w / norm[H W](w)"},
       2,
       "flag --set: weights: equation, line 1, column 14",
       "an axis (O I Y X of a filter",
       "'H'",
       "with spaces between",
       {}},
      {{"run", "--dry-run", "--set", "weights=./mine.toml"},
       2,
       "flag --set: weights: ./mine.toml",
       "over the filter w",
       "one over the map x",
       "the key norm takes it",
       {{"mine.toml", "equation = 'm = avg[H W](x); y = x - m'\n"}}},
      OfMethod("equation = 'y = w / norm[I Y X](w)'\n", "", "over the map x", "over the filter w",
               "--set weights=FILE"),
      {{"run", "--dry-run", "--set", "norm=mean-only-batch", "--set", "weights=scaled"},
       2,
       "weights = scaled",
       "acts on the weights already",
       "mean-only-batch",
       "leave weights out",
       {}},
      {{"run", "--dry-run", "--set", "weights=standardized", "--set", "model=c4 C6 GAP c10!"},
       2,
       "layer c1",
       "over one value of its filter",
       "[4 1 1 1]",
       "mark the layer bare",
       {}},
      {{"summary", "mnist-8k", "--weights", "./mine.toml"},
       2,
       "flag --weights: weights",
       "mine.toml",
       "No such file",
       "look at its name",
       {}},
      {{"explain", "./mine.toml"}, 2, "explain", "mine.toml", "No such file", "name", {}},
      {{"explain", "./mine.toml"},
       2,
       "explain",
       "mine.toml",
       "unknown name 'z'",
       "line 1",
       {{"mine.toml", "equation = 'y = z'\n"}}},
  };
}

}  // namespace normlab
