#include "report/readme.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "report/escape.h"
#include "report/findings.h"
#include "report/results_table.h"
#include "report/summary.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

std::string ModelNames(const RunRecord& run) {
  std::vector<std::string> names;
  for (const Model& model : GroupArms(run)) names.push_back(MarkdownText(model.label));
  return Join(names, "; ");
}

std::string Seeds(const RunRecord& run) {
  std::set<std::uint64_t> seeds;
  for (const ArmRecord& arm : run.arms) seeds.insert(arm.seed);
  std::vector<std::string> words;
  for (std::uint64_t seed : seeds) words.push_back(fmt::to_string(seed));
  return Join(words);
}

std::string Row(const std::string& name, const std::string& value) {
  return fmt::format("| {} | {} |\n", name, value);
}

std::string WhatWasTrained(const RunRecord& run, const Dataset& dataset) {
  std::string text = "| | |\n|:---|:---|\n";
  text += Row("recipe", MarkdownText(run.recipe) + ", [resolved](recipe.toml)");
  text += Row("data", fmt::format("{}: {} training and {} test images, {} x {} x {}, {} classes",
                                  MarkdownText(dataset.title), dataset.train.size(),
                                  dataset.test.size(), dataset.shape.channels, dataset.shape.height,
                                  dataset.shape.width, dataset.classes()));
  text += Row("models", ModelNames(run));
  text += Row("seeds", Seeds(run));
  for (const char* key :
       {"model", "order", "groups", "epochs", "max_steps", "batch_size", "optimizer", "lr",
        "momentum", "nesterov", "schedule", "l1", "l2", "dropout", "augment", "validation"}) {
    const std::string value = RecipeValue(run.recipe_text, key);
    if (!value.empty()) text += Row(fmt::format("`{}`", key), MarkdownText(value));
  }
  if (!run.started.empty()) text += Row("started", MarkdownText(run.started));
  if (!run.finished.empty()) text += Row("finished", MarkdownText(run.finished));
  return text +
         "\nKeys that are not listed here differ between the models, or are in the recipe. "
         "The models share the initial weights of\ntheir convolutions, the order of the "
         "images, and the augmentation of every image, wherever their keys agree.\n";
}

// The number of a figure is its place in the README, drawn or not, so that links stay right.
std::string FigureSection(const std::vector<Figure>& figures, int& number) {
  std::string text;
  for (const Figure& figure : figures) {
    ++number;
    const std::string stem = "figures/" + LinkTarget(figure.name);
    if (figure.drawn) {
      text += fmt::format("\n[![{}]({}.png)]({}.svg)\n", MarkdownText(figure.alt), stem, stem);
    } else {
      text += fmt::format("\n({} is not drawn.)\n", MarkdownText(figure.alt));
    }
    text += fmt::format("\n**Figure {}.** {} ([script]({}.gp), [data]({}.csv))\n", number,
                        MarkdownText(figure.caption), stem, stem);
  }
  return text;
}

std::string Logs(const RunRecord& run) {
  std::string text =
      "\n| model | seed | log | numbers of each epoch | misses | weights |\n"
      "|:---|---:|:---|:---|:---|:---|\n";
  for (const ArmRecord& arm : run.arms) {
    if (arm.metrics.empty()) continue;
    const std::string folder = LinkTarget(arm.folder);
    text += fmt::format("| {0} | {1} | [log.txt]({2}/log.txt) | [metrics.csv]({2}/metrics.csv) | ",
                        MarkdownText(arm.label), arm.seed, folder);
    text += arm.state == "finished"
                ? fmt::format(
                      "[errors.csv]({0}/errors.csv) | [last]({0}/last.safetensors), "
                      "[best]({0}/best.safetensors) |\n",
                      folder)
                : "- | - |\n";
  }
  return text;
}

std::string ShellWord(const std::string& word) {
  const std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:+@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (char c : PlainLine(word)) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string RunAgain(const Json& environment) {
  std::string text =
      "\nIn this folder; the same configuration gives the same numbers for any number of "
      "threads:\n\n    normlab run ./recipe.toml --out again\n";
  if (!environment.is_object() || !environment.contains("command")) return text;
  std::vector<std::string> words;
  for (const Json& word : environment["command"]) {
    if (word.is_string()) words.push_back(ShellWord(word.get<std::string>()));
  }
  if (words.empty()) return text;
  return text + "\nThe command was:\n\n    " + Join(words, " ") + "\n";
}

// Nested fields as "outer inner"; what is not a word, number or truth is written as JSON.
void Flatten(const Json& value, const std::string& name, std::string& rows) {
  if (value.is_object() || (value.is_array() && !value.empty() && value[0].is_structured())) {
    for (const auto& item : value.items()) {
      Flatten(item.value(), name.empty() ? item.key() : name + " " + item.key(), rows);
    }
    return;
  }
  const std::string text = value.is_string()
                               ? value.get<std::string>()
                               : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  rows += Row(MarkdownText(name), MarkdownText(Shortened(text, 200)));
}

std::string EnvironmentTable(const Json& environment) {
  std::string rows;
  if (environment.is_object()) Flatten(environment, "", rows);
  return "\n| | |\n|:---|:---|\n" + rows + "\nAs JSON: [environment.json](environment.json).\n";
}

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

std::string FindingsMarkdown(const RunRecord& run, const Dataset& dataset) {
  const std::vector<FindingSection> sections = Findings(run, static_cast<int>(dataset.test.size()));
  if (sections.empty()) return "";
  std::string text = "\n## Findings\n";
  for (const FindingSection& section : sections) {
    text += fmt::format("\n### {}\n\n", section.title);
    for (const std::string& sentence : section.sentences) {
      text += "- " + MarkdownText(sentence) + "\n";
    }
  }
  return text +
         "\nOne model is said to beat another only where the difference, paired by seed, is tested "
         "against the noise between seeds and all\npairs together stay below a chance of 5 % of "
         "saying so without a difference; every other family of tests that is named likewise. "
         "Images are\ncounted from 0 in the test set.\n";
}

}  // namespace

std::string RecipeValue(const std::string& recipe_text, const std::string& key) {
  for (std::size_t start = 0; start < recipe_text.size();) {
    const std::size_t end = std::min(recipe_text.find('\n', start), recipe_text.size());
    const std::string line = Trim(recipe_text.substr(start, end - start));
    start = end + 1;
    if (line.starts_with("[[")) break;
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || Trim(line.substr(0, equals)) != key) continue;
    const std::string value = Trim(WithoutComment(line.substr(equals + 1)));
    const bool quoted = value.size() >= 2 && value.front() == value.back() &&
                        (value.front() == '"' || value.front() == '\'');
    return quoted ? value.substr(1, value.size() - 2) : value;
  }
  return "";
}

std::string RunSubject(const RunRecord& run, const Dataset& dataset) {
  const std::string model = RecipeValue(run.recipe_text, "model");
  return dataset.title + (model.empty() ? "" : ", " + Shortened(model, 36));
}

std::string RunReadme(const RunRecord& run, const Dataset& dataset, const ReportFigures& figures,
                      const std::vector<std::string>& warnings) {
  const Json environment = Json::parse(run.environment_json, nullptr, false);
  std::string text = fmt::format("# {}: {} on {}\n\n", MarkdownText(run.recipe), ModelNames(run),
                                 MarkdownText(dataset.title));
  text += WhatWasTrained(run, dataset);
  text += "\n## Results\n\n" + ResultsMarkdown(run);
  text += FindingsMarkdown(run, dataset);
  const std::string conditions = ConditionsMarkdown(run);
  if (!conditions.empty()) text += "\n## Conditions\n\n" + conditions;
  text += "\n## Curves\n";
  for (const std::string& warning : warnings) text += "\n> " + MarkdownText(warning) + "\n";
  int number = 0;
  text += FigureSection(figures.curves, number);
  text += "\n## Misclassified images\n";
  for (const Model& model : GroupArms(run)) {
    const ArmRecord& arm = *model.arms.front();
    if (arm.state == "finished" && arm.errors.empty()) {
      text += fmt::format("\n{}, seed {}: no test image is misclassified.\n",
                          MarkdownText(model.label), arm.seed);
    } else if (arm.errors.empty()) {
      text += fmt::format("\n{}, seed {}: {}, so there is nothing to show.\n",
                          MarkdownText(model.label), arm.seed, arm.state);
    }
  }
  text += FigureSection(figures.galleries, number);
  text += "\n## Training images\n" + FigureSection(figures.samples, number);
  text += "\n## Training logs\n" + Logs(run);
  text += "\n## Run it again\n" + RunAgain(environment);
  text += "\nA figure is drawn again by `gnuplot <name>.gp` in the folder `figures`.\n";
  return text + "\n## Environment\n" + EnvironmentTable(environment);
}

}  // namespace normlab
