#include "report/figures/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "base/cores.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/helpers.h"
#include "base/system_advice.h"
#include "base/text.h"
#include "report/figures/gnuplot.h"

namespace normlab {
namespace {

constexpr int kMostAtOnce = 8;  // programs of gnuplot
constexpr const char* kFormats[] = {".svg", ".png"};

// A new folder that gnuplot may write into, gone at the end: gnuplot's own files are never half
// there, and no folder of a user is taken for one of before.
class Scratch {
 public:
  explicit Scratch(const std::string& beginning) : path_(beginning + "-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) {
      throw RunError(fmt::format("cannot make the folder {}: {}", path_, SystemReason(errno)));
    }
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Nothing when both pictures are in `scratch` afterwards.
std::optional<GnuplotFailure> Draw(const Figure& figure, const std::string& scratch) {
  WriteFile(scratch + "/" + figure.name + ".gp", figure.script);
  for (const auto& [name, bytes] : figure.data) WriteFile(scratch + "/" + name, bytes);
  const std::optional<GnuplotFailure> failure = RunGnuplot(scratch, figure.name + ".gp");
  if (failure) return failure;
  for (const char* format : kFormats) {
    if (std::filesystem::exists(scratch + "/" + figure.name + format)) continue;
    return GnuplotFailure{fmt::format("gnuplot ended well, but wrote no {} file", format),
                          "normlab doctor tells what is missing"};
  }
  return std::nullopt;
}

struct Drawing {
  std::optional<GnuplotFailure> failure;
  std::vector<std::string> kept;
};

// Script and data are published, drawn or not.
Drawing Publish(Figure& figure, const std::string& scratch, OwnedFolder& report) {
  Drawing drawing{Draw(figure, scratch), {}};
  figure.drawn = !drawing.failure;
  std::vector<OwnedFolder::File> files = {{"figures/" + figure.name + ".gp", figure.script}};
  for (const auto& [name, bytes] : figure.data) files.push_back({"figures/" + name, bytes});
  for (const char* format : kFormats) {
    const std::string file = figure.name + format;
    if (figure.drawn) files.push_back({"figures/" + file, ReadFile(scratch + "/" + file)});
  }
  drawing.kept = report.WriteWhatIsOurs(files);
  return drawing;
}

std::string Complaint(const GnuplotFailure& failure, std::vector<std::string> names,
                      std::size_t all) {
  constexpr std::size_t kNamed = 3;
  std::string which;
  if (names.size() < all) {
    const std::size_t more = names.size() - std::min(names.size(), kNamed);
    names.resize(names.size() - more);
    which = fmt::format(" ({}{})", Join(names), more == 0 ? "" : fmt::format(", {} more", more));
  }
  return fmt::format("charts are missing{}: {}; {}, then: normlab report FOLDER", which,
                     failure.what, failure.remedy);
}

// In the figures' order; one complaint for all that failed alike.
DrawnFigures Together(const std::vector<Figure*>& list, const std::vector<Drawing>& each) {
  DrawnFigures all;
  std::vector<std::pair<GnuplotFailure, std::vector<std::string>>> failures;
  for (std::size_t i = 0; i < each.size(); ++i) {
    all.kept.insert(all.kept.end(), each[i].kept.begin(), each[i].kept.end());
    if (!each[i].failure) continue;
    auto same = std::ranges::find_if(
        failures, [&](const auto& known) { return known.first.what == each[i].failure->what; });
    if (same == failures.end()) {
      same = failures.insert(same, {*each[i].failure, std::vector<std::string>{}});
    }
    same->second.push_back(list[i]->name);
  }
  for (const auto& [failure, names] : failures) {
    all.complaints.push_back(Complaint(failure, names, list.size()));
  }
  return all;
}

}  // namespace

DrawnFigures DrawFigures(OwnedFolder& report, const std::vector<Figure*>& list) {
  MakeFolder(report.path() + "/figures");
  const Scratch scratch(report.path() + "/figures.part");
  std::vector<Drawing> drawn(list.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < list.size(); i = next++) {
      try {
        drawn[i] = Publish(*list[i], scratch.path(), report);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
        next = list.size();
      }
    }
  };
  const std::size_t cores = static_cast<std::size_t>(std::min(Cores(), kMostAtOnce));
  Helpers others(std::min(cores, std::max<std::size_t>(list.size(), 1)) - 1,
                 [&](std::size_t) { work(); });
  work();
  others.Join();
  if (failure) std::rethrow_exception(failure);
  return Together(list, drawn);
}

std::string RenderPng(const Figure& figure) {
  const Scratch scratch(TemporaryPath() + "/normlab-figure");
  if (const auto failure = Draw(figure, scratch.path())) {
    throw RunError(
        fmt::format("the picture cannot be drawn: {}; {}", failure->what, failure->remedy));
  }
  return ReadFile(fmt::format("{}/{}.png", scratch.path(), figure.name));
}

std::string GnuplotTrouble() {
  constexpr int kSize = 64;
  Figure figure;
  figure.name = "try";
  figure.script = FigureHead(figure.name, kSize, kSize) + FigureLoop(figure.name, kSize, kSize) +
                  "  plot x title 'x'\n" + FigureTail();
  const Scratch scratch(TemporaryPath() + "/normlab-figure");
  const auto failure = Draw(figure, scratch.path());
  return failure ? failure->what : "";
}

std::string FigureHead(const std::string& name, int width, int height) {
  return fmt::format(
      "# Drawn again by: gnuplot {0}.gp (in this folder; writes {0}.svg and {0}.png, {1} x {2} "
      "and\n"
      "# twice that). Change what you like.\nset encoding utf8\nset datafile separator ','\n",
      name, width, height);
}

std::string FigureLoop(const std::string& name, int width, int height) {
  return fmt::format(
      "do for [format in 'svg png'] {{\n"
      "  if (format eq 'svg') {{\n"
      "    set terminal svg size {1},{2} dynamic standalone noenhanced font 'sans-serif,13' "
      "background rgb 'white'\n"
      "  }} else {{\n"
      "    set terminal pngcairo size {3},{4} noenhanced font 'sans-serif,13' fontscale 1.5 "
      "linewidth 2 pointscale 2 background rgb 'white'\n"
      "  }}\n"
      "  set output '{0}.'.format\n"
      "  set multiplot\n"
      "  unset key\n",
      name, width, height, 2 * width, 2 * height);
}

std::string FigureTail() { return "  unset multiplot\n  unset output\n}\n"; }

}  // namespace normlab
