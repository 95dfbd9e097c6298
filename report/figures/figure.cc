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
#include <system_error>

#include "base/cores.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/helpers.h"
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
      throw RunError(fmt::format("cannot make the folder {}: {}", path_, std::strerror(errno)));
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

// Empty when both pictures are in `scratch` afterwards.
std::string Draw(const Figure& figure, const std::string& scratch) {
  WriteFile(scratch + "/" + figure.name + ".gp", figure.script);
  for (const auto& [name, bytes] : figure.data) WriteFile(scratch + "/" + name, bytes);
  const std::string complaint = RunGnuplot(scratch, figure.name + ".gp");
  if (!complaint.empty()) return complaint;
  for (const char* format : kFormats) {
    const std::string file = figure.name + format;
    if (!std::filesystem::exists(scratch + "/" + file)) {
      return fmt::format("gnuplot did not write {}", file);
    }
  }
  return "";
}

// Script and data are published, drawn or not.
DrawnFigures Publish(Figure& figure, const std::string& scratch, OwnedFolder& report) {
  const std::string complaint = Draw(figure, scratch);
  figure.drawn = complaint.empty();
  std::vector<OwnedFolder::File> files = {{"figures/" + figure.name + ".gp", figure.script}};
  for (const auto& [name, bytes] : figure.data) files.push_back({"figures/" + name, bytes});
  for (const char* format : kFormats) {
    const std::string file = figure.name + format;
    if (figure.drawn) files.push_back({"figures/" + file, ReadFile(scratch + "/" + file)});
  }
  DrawnFigures drawn;
  if (!complaint.empty()) drawn.complaints.push_back(complaint);
  drawn.kept = report.WriteWhatIsOurs(files);
  return drawn;
}

// In the figures' order; a complaint of several once.
DrawnFigures Together(const std::vector<DrawnFigures>& each) {
  DrawnFigures all;
  for (const DrawnFigures& drawn : each) {
    for (const std::string& complaint : drawn.complaints) {
      if (std::ranges::find(all.complaints, complaint) == all.complaints.end()) {
        all.complaints.push_back(complaint);
      }
    }
    all.kept.insert(all.kept.end(), drawn.kept.begin(), drawn.kept.end());
  }
  return all;
}

}  // namespace

DrawnFigures DrawFigures(OwnedFolder& report, const std::vector<Figure*>& list) {
  MakeFolder(report.path() + "/figures");
  const Scratch scratch(report.path() + "/figures.part");
  std::vector<DrawnFigures> drawn(list.size());
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
  return Together(drawn);
}

std::string RenderPng(const Figure& figure) {
  const Scratch scratch(std::filesystem::temp_directory_path() / "normlab-figure");
  const std::string complaint = Draw(figure, scratch.path());
  if (!complaint.empty()) throw RunError(complaint);
  return ReadFile(fmt::format("{}/{}.png", scratch.path(), figure.name));
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
