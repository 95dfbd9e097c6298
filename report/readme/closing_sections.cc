#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/escape.h"
#include "base/text.h"
#include "records/environment.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"
#include "report/sources/combined_run.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

std::string ShellWord(const std::string& word) {
  const std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:+@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (char c : PlainLine(word)) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string Command(const RunRecord& source) {
  const Json environment = EnvironmentOf(source);
  if (!environment.contains("command")) return "";
  std::vector<std::string> words;
  for (const Json& word : environment["command"]) {
    if (word.is_string()) words.push_back(ShellWord(word.get<std::string>()));
  }
  return Join(words, " ");
}

std::string Row(const std::string& name, const std::string& value) {
  return fmt::format("| {} | {} |\n", name, value);
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

std::string Times(const RunRecord& source) {
  std::string rows;
  if (!source.started.empty()) rows += Row("started", MarkdownText(source.started));
  if (!source.finished.empty()) rows += Row("finished", MarkdownText(source.finished));
  return rows;
}

std::string OneEnvironment(const ReadmeContext& context, const RunRecord& source) {
  std::string rows = Times(source);
  Flatten(EnvironmentOf(source), "", rows);
  if (rows.empty()) return "";
  const std::string path = RelativePath(source.path + "/environment.json", context.run.path);
  std::string text = "| | |\n|:---|:---|\n" + rows;
  if (!source.environment_json.empty()) {
    text += fmt::format("\nAs JSON: [environment.json]({}).\n", LinkTarget(path));
  }
  return text;
}

}  // namespace

std::string AgainSection(const ReadmeContext& context) {
  std::string text =
      "In the folder of this page; the same configuration gives the same numbers for any number of "
      "threads:\n\n";
  for (const RunRecord& source : context.sources) {
    if (source.recipe_text.empty()) continue;
    const std::string path = RelativePath(source.path + "/recipe.toml", context.run.path);
    const std::string typed = path.starts_with('/') || path.starts_with('.') ? path : "./" + path;
    text += fmt::format(
        "    normlab run {} --out again{}\n", ShellWord(typed),
        context.several_sources() ? fmt::format("-{}", &source - context.sources.data() + 1) : "");
  }
  std::string commands;
  for (const RunRecord& source : context.sources) {
    const std::string command = Command(source);
    if (!command.empty()) commands += "    " + command + "\n";
  }
  if (!commands.empty()) text += "\nWhat was typed:\n\n" + commands;
  return text +
         "\nA figure is drawn again by `gnuplot <name>.gp` in the folder `figures`; this "
         "page is written anew by `normlab report`.\n";
}

std::string MissingSection(const ReadmeContext& context) {
  std::string text;
  for (const std::string& line : context.run.missing) text += "- " + MarkdownText(line) + "\n";
  if (context.data.dataset == nullptr) {
    text += fmt::format(
        "- the images: {}; samples, statistics of the pixels and the misclassified "
        "images are left out\n",
        MarkdownText(context.data.problem));
  }
  return text;
}

std::string EnvironmentSection(const ReadmeContext& context) {
  const std::vector<std::string> names = RunNames(context.sources);
  std::string text;
  for (std::size_t i = 0; i < context.sources.size(); ++i) {
    const std::string table = OneEnvironment(context, context.sources[i]);
    if (table.empty()) continue;
    text += Folded(context.several_sources() ? names[i] : "Versions, machine, data files", table);
  }
  return text;
}

}  // namespace normlab
