#include <fmt/format.h>

#include <cmath>

#include "base/escape.h"
#include "inference/checkpoint_json.h"
#include "inference/prediction.h"
#include "study/build_info.h"

namespace normlab {

namespace {

// "24x16, colour, turned as its camera notes (EXIF)"
std::string DescribePicture(const Prediction& picture) {
  return fmt::format("{}x{}, {}{}", picture.shape.width, picture.shape.height,
                     picture.shape.channels == 1 ? "grey" : "colour",
                     picture.orientation == 1 ? "" : ", turned as its camera notes (EXIF)");
}

}  // namespace

std::string PredictionTable(const Checkpoint& checkpoint, const std::vector<Prediction>& pictures) {
  std::string text;
  for (const Prediction& picture : pictures) {
    if (!picture.error.empty()) continue;
    text += fmt::format("{} ({})\n", PlainLine(picture.path), DescribePicture(picture));
    for (const PredictedClass& each : picture.top) {
      text += fmt::format("{:>8.2f} %  {}\n", 100 * std::exp(double{each.log_probability}),
                          PlainLine(checkpoint.class_names[each.index]));
    }
  }
  return text;
}

std::string PredictionJson(const Checkpoint& checkpoint, const PredictionOptions& options,
                           const std::vector<Prediction>& pictures) {
  using Json = nlohmann::ordered_json;
  Json images = Json::array();
  for (const Prediction& picture : pictures) {
    Json image = {{"path", picture.path}};
    if (!picture.error.empty()) {
      image["error"] = picture.error;
      images.push_back(image);
      continue;
    }
    image["width"] = picture.shape.width;
    image["height"] = picture.shape.height;
    image["channels"] = picture.shape.channels;
    image["orientation"] = picture.orientation;
    if (!picture.warning.empty()) image["warning"] = picture.warning;
    image["classes"] = Json::array();
    for (const PredictedClass& each : picture.top) {
      image["classes"].push_back({{"index", each.index},
                                  {"name", checkpoint.class_names[each.index]},
                                  {"probability", std::exp(double{each.log_probability})},
                                  {"log_probability", each.log_probability}});
    }
    images.push_back(image);
  }
  return JsonText({{"schema", 1},
                   {"normlab", ThisBuild().version},
                   {"checkpoint", CheckpointJson(checkpoint)},
                   {"engine", EngineJson(options.engine)},
                   {"images", images}});
}

}  // namespace normlab
