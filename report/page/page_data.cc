#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/escape.h"
#include "base/html.h"
#include "base/text.h"
#include "explain/page_writer.h"
#include "report/figures/chart.h"
#include "report/page/arm_json.h"
#include "report/page/missed_images.h"
#include "report/page/page.h"
#include "report/page/quantities_json.h"
#include "report/page/study_json.h"
#include "report/sources/report_data.h"
#include "report/summary/summary.h"

namespace normlab {
namespace {

constexpr std::size_t kMostCurveNumbers = 120'000, kMostLayerNumbers = 200'000;
constexpr std::size_t kMostLearnedNumbers = 120'000;
constexpr std::size_t kMostMissRows = 200'000;
constexpr std::size_t kFewestStyles = 24;  // layers need theirs too

// One data set, and what all studies of the page miss of it.
struct PageDataset {
  std::string name;
  const Dataset* dataset = nullptr;  // may be null
  const RunRecord* run = nullptr;    // the first on it
  std::vector<MissedImage> images;   // ranked
  std::size_t listed = 0;            // the first images whose misses are on the page
};

// Of the others the misses are not known, or not those of a whole training.
bool Counts(const ArmRecord& arm) { return arm.state == "finished" && !arm.errors_missing; }

void CheckDataset(const PageStudy& study) {
  const RunRecord& run = *study.run;
  if (study.dataset == nullptr) return;
  if (run.dataset != study.dataset->name ||
      run.class_names.size() != study.dataset->class_names.size()) {
    throw DataError(fmt::format(
        "{}/study.json: dataset: expected {} with {} classes, which was "
        "loaded, found {} with {}",
        PlainLine(run.path), PlainLine(study.dataset->name), study.dataset->class_names.size(),
        PlainLine(run.dataset), run.class_names.size()));
  }
  CheckMisses(run, *study.dataset);
}

std::size_t Place(const std::vector<PageDataset>& datasets, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(datasets, name, &PageDataset::name) -
                                  datasets.begin());
}

std::vector<PageDataset> CollectDatasets(const std::vector<PageStudy>& studies) {
  std::vector<PageDataset> datasets;
  std::vector<std::vector<const ArmRecord*>> arms;
  for (const PageStudy& study : studies) {
    CheckDataset(study);
    const std::size_t place = Place(datasets, study.run->dataset);
    if (place == datasets.size()) {
      datasets.push_back({study.run->dataset, nullptr, study.run, {}, 0});
      arms.emplace_back();
    }
    if (datasets[place].dataset == nullptr) datasets[place].dataset = study.dataset;
    for (const ArmRecord& arm : study.run->arms) {
      if (Counts(arm)) arms[place].push_back(&arm);
    }
  }
  for (std::size_t d = 0; d < datasets.size(); ++d) {
    datasets[d].images = RankMisses(arms[d]);
    datasets[d].listed = ImagesWithin(datasets[d].images, kMostMissRows / datasets.size());
  }
  return datasets;
}

PageJson ClassCounts(const Dataset& dataset) {
  std::vector<int> counts(dataset.class_names.size(), 0);
  for (const std::uint8_t label : dataset.test.labels) ++counts[label];
  return counts;
}

PageJson DatasetJson(const PageDataset& each) {
  PageJson names = PageJson::array(), index = PageJson::array(), truth = PageJson::array();
  for (const std::string& name : each.run->class_names) names.push_back(PlainLine(name));
  for (std::size_t i = 0; i < each.listed; ++i) {
    index.push_back(each.images[i].index);
    truth.push_back(each.images[i].truth);
  }
  PageJson json = {{"name", PlainLine(each.name)},
                   {"title", PlainLine(each.dataset ? each.dataset->title : each.name)},
                   {"classes", names},
                   {"missed", each.images.size()},
                   {"images", {{"index", index}, {"truth", truth}}},
                   {"pictures", PageJson::array()}};
  if (each.dataset != nullptr) {
    json["class_counts"] = ClassCounts(*each.dataset);
    json["shape"] = {each.dataset->shape.channels, each.dataset->shape.height,
                     each.dataset->shape.width};
  }
  return json;
}

int Permille(double probability) {
  return probability >= 0 && probability <= 1 ? static_cast<int>(probability * 1000 + 0.5) : 0;
}

// By image: its place among the page's, less that of the one before. Misses of images that are not
// on the page are counted by truth and prediction.
PageJson MissesJson(const ArmRecord& arm, const std::map<int, std::size_t>& places) {
  std::vector<std::pair<std::size_t, const ErrorRow*>> rows;
  std::map<std::pair<int, int>, int> unlisted;
  for (const ErrorRow& row : arm.errors) {
    const auto place = places.find(row.index);
    if (place == places.end()) {
      ++unlisted[{row.truth, row.prediction}];
    } else {
      rows.emplace_back(place->second, &row);
    }
  }
  std::ranges::sort(rows, {}, &std::pair<std::size_t, const ErrorRow*>::first);
  PageJson image = PageJson::array(), prediction = PageJson::array(),
           confidence = PageJson::array(), truth = PageJson::array(), rest = PageJson::array();
  std::size_t before = 0;
  for (const auto& [place, row] : rows) {
    image.push_back(place - before);
    before = place;
    prediction.push_back(row->prediction);
    confidence.push_back(Permille(row->prediction_probability));
    truth.push_back(Permille(row->truth_probability));
  }
  for (const auto& [pair, count] : unlisted) rest.push_back({pair.first, pair.second, count});
  return {{"image", image},
          {"prediction", prediction},
          {"confidence", confidence},
          {"truth_probability", truth},
          {"unlisted", rest}};
}

// Studies of one recipe are told apart by their folders, and those of equal folders by a number.
std::vector<std::string> Titles(const std::vector<PageStudy>& studies) {
  std::vector<std::string> titles;
  for (const PageStudy& study : studies) titles.push_back(PlainLine(study.run->recipe));
  const std::vector<std::string> recipes = titles;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    if (std::ranges::count(recipes, recipes[i]) > 1) {
      std::string path = PlainLine(studies[i].run->path);
      while (path.size() > 1 && path.ends_with('/')) path.pop_back();
      titles[i] += fmt::format(" ({})", path.substr(path.find_last_of('/') + 1));
    }
  }
  std::set<std::string> used;
  for (std::string& title : titles) {
    const std::string stem = title;
    for (int i = 2; !used.insert(title).second; ++i) title = fmt::format("{} {}", stem, i);
  }
  return titles;
}

// "(12,4)" -> [12,4]; a full line has no dashes.
PageJson Dashes(const std::string& dashtype) {
  PageJson dashes = PageJson::array();
  int number = 0;
  for (const char c : dashtype.starts_with('(') ? dashtype.substr(1) : std::string()) {
    if (c >= '0' && c <= '9') {
      number = 10 * number + (c - '0');
    } else {
      dashes.push_back(number);
      number = 0;
    }
  }
  return dashes;
}

PageJson StylesJson(const std::vector<PageStudy>& studies) {
  std::size_t lines = 0;
  for (const PageStudy& study : studies) lines += GroupArms(*study.run).size();
  lines = std::max(lines, kFewestStyles);
  PageJson styles = PageJson::array();
  for (std::size_t i = 0; i < lines; ++i) {
    const LineStyle style = ModelStyle(i);
    styles.push_back({{"color", style.color}, {"dash", Dashes(style.dash)}});
  }
  return styles;
}

// The example that `normlab explain` works out when nothing is said, with the page's first norm.
PageJson ExampleJsonOf(const std::vector<PageStudy>& studies) {
  const std::string& norm = studies.front().run->arms.front().norm;
  ExampleInput input;
  input.method = &FindNormMethod("batch");
  for (const NormMethod& method : NormMethods()) {
    if (method.name == norm) input.method = &method;
  }
  input.extents = {
      .images = 2, .ghost = DefaultGhost(2), .channels = 4, .groups = 2, .rows = 2, .columns = 2};
  DrawExample(input, 1);
  return PageJson::parse(ExamplePageData(Work(input)));
}

std::size_t Step(std::size_t numbers, std::size_t most) { return 1 + (numbers - 1) / most; }

// 0 where nobody knows it: of a user's own data set that is not at hand.
int TestImages(const PageDataset& each) {
  if (each.dataset != nullptr) return static_cast<int>(each.dataset->test.size());
  const DatasetInfo* known = FindPublished(each.name);
  return known == nullptr ? 0 : known->test_images;
}

PageJson StudiesJson(const std::vector<PageStudy>& studies,
                     const std::vector<PageDataset>& datasets) {
  std::size_t metrics = 1, layers = 1, learned = 1;
  for (const PageStudy& study : studies) {
    for (const ArmRecord& arm : study.run->arms) {
      metrics += MetricsNumbers(arm);
      layers += LayersNumbers(arm);
      learned += LearnedNumbers(arm);
    }
  }
  std::vector<std::map<int, std::size_t>> places(datasets.size());
  for (std::size_t d = 0; d < datasets.size(); ++d) {
    for (std::size_t i = 0; i < datasets[d].listed; ++i) {
      places[d].emplace(datasets[d].images[i].index, i);
    }
  }
  const std::vector<std::string> titles = Titles(studies);
  PageJson list = PageJson::array();
  for (std::size_t s = 0; s < studies.size(); ++s) {
    const RunRecord& run = *studies[s].run;
    StudyPlace place;
    place.title = titles[s];
    place.dataset = Place(datasets, run.dataset);
    place.test_images = TestImages(datasets[place.dataset]);
    place.metrics_step = Step(metrics, kMostCurveNumbers);
    place.layers_step = Step(layers, kMostLayerNumbers);
    place.learned_step = Step(learned, kMostLearnedNumbers);
    PageJson json = StudyJson(run, place);
    for (std::size_t a = 0; a < run.arms.size(); ++a) {
      if (Counts(run.arms[a])) {
        json["arms"][a]["misses"] = MissesJson(run.arms[a], places[place.dataset]);
      }
    }
    list.push_back(std::move(json));
  }
  return list;
}

std::string Text(const PageJson& json) {
  return ScriptSafe(json.dump(-1, ' ', false, PageJson::error_handler_t::replace));
}

}  // namespace

std::string PageData(const std::vector<PageStudy>& studies) {
  const std::vector<PageDataset> datasets = CollectDatasets(studies);
  PageJson data = {{"schema", 1},
                   {"quantities", QuantitiesJson()},
                   {"styles", StylesJson(studies)},
                   {"datasets", PageJson::array()},
                   {"studies", StudiesJson(studies, datasets)},
                   {"example", ExampleJsonOf(studies)}};
  for (const PageDataset& each : datasets) data["datasets"].push_back(DatasetJson(each));
  std::string text = Text(data);
  if (text.size() > kMostPageDataBytes) {
    throw UsageError(fmt::format(
        "--html: a page holds at most {} bytes of data, found {} without any picture: report "
        "fewer folders at once",
        WithCommas(kMostPageDataBytes), WithCommas(text.size())));
  }
  std::size_t bytes = kMostPageDataBytes - text.size();
  for (std::size_t d = 0; d < datasets.size(); ++d) {
    if (datasets[d].dataset == nullptr) continue;
    std::vector<MissedImage> listed = datasets[d].images;
    listed.resize(datasets[d].listed);
    data["datasets"][d]["pictures"] =
        Pictures(listed, *datasets[d].dataset, bytes / (datasets.size() - d));
    for (const PageJson& picture : data["datasets"][d]["pictures"]) {
      bytes -= picture.get_ref<const std::string&>().size() + 3;
    }
  }
  return Text(data);
}

}  // namespace normlab
