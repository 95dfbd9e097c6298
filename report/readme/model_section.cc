#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/escape.h"
#include "report/readme/layer_table.h"
#include "report/readme/markdown.h"
#include "report/readme/network_settings.h"
#include "report/readme/sections.h"
#include "summary/markdown.h"

namespace normlab {
namespace {

constexpr std::size_t kMostNetworks = 4;

// Arms whose networks differ in their normalization alone.
struct TrainedNetwork {
  NetworkSettings settings;
  std::vector<std::string> norms;
};

std::vector<TrainedNetwork> Networks(const ReadmeContext& context) {
  std::vector<TrainedNetwork> networks;
  for (std::size_t i = 0; i < context.run.arms.size(); ++i) {
    const NetworkSettings settings = NetworkSettingsOf(context.settings[i]);
    if (settings.model.empty()) continue;
    auto network = std::find_if(networks.begin(), networks.end(), [&](const TrainedNetwork& known) {
      return known.settings == settings;
    });
    if (network == networks.end()) network = networks.insert(networks.end(), {settings, {}});
    const std::string norm = NormOf(context, i);
    if (std::find(network->norms.begin(), network->norms.end(), norm) == network->norms.end()) {
      network->norms.push_back(norm);
    }
  }
  return networks;
}

SummaryOptions OptionsOf(const ReadmeContext& context, const TrainedNetwork& network) {
  SummaryOptions options;
  options.model = network.settings.model;
  options.dataset = MarkdownText(context.images.title);
  options.input = context.images.shape;
  options.classes = static_cast<int>(context.run.class_names.size());
  options.options = network.settings.options;
  options.norms = network.norms;
  options.batch = network.settings.batch_size;
  if (!network.settings.optimizer.empty()) {
    options.optimizer = MarkdownText(network.settings.optimizer);
    options.optimizer_states = options.optimizer == "adam" ? 2 : 1;
  }
  return options;
}

std::string NetworkText(const Summary& summary) {
  const std::vector<std::string> heading = HeadingLines(summary);
  std::string text = fmt::format("`{}`\n\n{}.\n\n{}", heading[0], heading[1], LayerTable(summary));
  text += "\n" + ReachSentence(summary, ShownNorm(summary)) + "\n";
  if (summary.norms.size() > 1) text += "\n" + MarkdownTable(NormTable(summary));
  return text +
         Folded("Every module, memory, how many values enter each statistic (normlab summary)",
                SummaryMarkdown(summary, 3));
}

}  // namespace

std::string ModelSection(const ReadmeContext& context) {
  std::vector<TrainedNetwork> networks;
  try {
    networks = Networks(context);
  } catch (const Error& error) {
    return fmt::format("The recipe's network cannot be shown: {}\n", MarkdownText(error.what()));
  }
  if (networks.empty()) return "";
  if (!context.images.counted) {
    return "The layers are left out: the shape of the images is not known without the data set.\n";
  }
  std::string text;
  std::set<std::string> shown;  // an eps or a momentum makes another network, but no other table
  for (std::size_t i = 0; i < networks.size() && i < kMostNetworks; ++i) {
    try {
      const std::string network = NetworkText(Summarize(OptionsOf(context, networks[i])));
      if (!shown.insert(network).second) continue;
      text += i == 0 ? network : Folded("Another network: " + networks[i].settings.model, network);
    } catch (const Error& error) {
      text += fmt::format("\nThe network {} cannot be shown: {}\n",
                          MarkdownText(Shortened(networks[i].settings.model, 80)),
                          MarkdownText(error.what()));
    }
  }
  if (networks.size() > kMostNetworks) {
    text += fmt::format("\n{} more networks were trained; `normlab summary` shows them.\n",
                        networks.size() - kMostNetworks);
  }
  return text;
}

}  // namespace normlab
