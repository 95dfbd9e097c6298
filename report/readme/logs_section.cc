#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/escape.h"
#include "base/html.h"
#include "base/regular_file.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"

namespace normlab {
namespace {

constexpr std::size_t kFewestBytes = 300;     // less than an epoch is worth nothing
constexpr std::size_t kMostBytes = 64 << 10;  // of one log
constexpr std::size_t kFrame = 400;           // what stands around a log

struct LogEnd {
  std::string text;    // whole epochs, or what fits
  bool whole = false;  // from the first line on
};

// The file's last bytes, as many as `most`; from the beginning of an epoch where one is in them.
LogEnd ReadLogEnd(const std::string& path, std::size_t most) {
  LogEnd end;
  try {
    RegularFile file(path);
    end.whole = file.size() <= most;
    if (!end.whole) file.Seek(file.size() - most);
    end.text = file.Read(most);
  } catch (const DataError&) {  // said in the log's place
    return {};
  }
  if (end.whole) return end;
  std::size_t start = end.text.find("\nEpoch ");
  if (start == std::string::npos) start = end.text.find('\n');
  end.text = start == std::string::npos ? "" : end.text.substr(start + 1);
  return end;
}

std::string Escaped(const std::string& log) {
  std::string text;
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t end = std::min(log.find('\n', at), log.size());
    text += HtmlText(PlainLine(std::string_view(log).substr(at, end - at))) + "\n";
    at = end + 1;
  }
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

std::string Links(const ArmRecord& arm) {
  const std::string folder = LinkTarget(arm.folder);
  std::string text = fmt::format("[log.txt]({0}/log.txt), [metrics.csv]({0}/metrics.csv)", folder);
  if (arm.state != "finished") return text;
  return text + fmt::format(
                    ", [errors.csv]({0}/errors.csv), weights [last]({0}/last.safetensors) "
                    "and [best]({0}/best.safetensors)",
                    folder);
}

// At most `share` bytes. A tenth is left for escapes, which are longer than what they stand for.
std::string OneLog(const ReadmeContext& context, const ArmRecord& arm, std::size_t share) {
  const std::size_t room = std::min(kMostBytes, share - kFrame);
  const LogEnd end = ReadLogEnd(context.run.path + "/" + arm.folder + "/log.txt", room / 10 * 9);
  const std::string log = Escaped(end.text);
  std::string body = Links(arm) + "\n";
  if (end.text.empty()) {
    body += "\nThe log is missing here, or has no lines.\n";
  } else if (log.size() > room) {
    body += "\nThe log is in the file.\n";
  } else {
    body += fmt::format("\n<pre>\n{}</pre>\n", log);
    if (!end.whole) body += "\nThe last epochs; the whole log is in the file.\n";
  }
  return Folded(fmt::format("{}, seed {}: {}", Shortened(arm.label, 100), arm.seed, arm.state),
                body);
}

}  // namespace

std::string LogsSection(const ReadmeContext& context, std::size_t budget) {
  std::vector<const ArmRecord*> arms;
  for (const ArmRecord& arm : context.run.arms) {
    if (!arm.metrics.empty()) arms.push_back(&arm);
  }
  if (arms.empty()) return "";
  std::string text, note;
  std::size_t shown = 0;
  for (; shown < arms.size(); ++shown) {
    const std::size_t left = budget - std::min(budget, text.size());
    const std::size_t share = left / (arms.size() - shown);
    if (share < kFrame + kFewestBytes) break;
    text += OneLog(context, *arms[shown], share);
  }
  if (shown < arms.size()) {
    note = fmt::format("\nOf {} more trainings the log is in the file log.txt of their folder.\n",
                       arms.size() - shown);
  }
  return text + note;
}

}  // namespace normlab
