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
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "base/helpers.h"
#include "report/figures/gnuplot.h"

namespace normlab {
namespace {

constexpr unsigned kMostAtOnce = 8;  // programs of gnuplot

void MakeFolder(const std::string& path) {
  std::error_code status;
  std::filesystem::create_directories(path, status);
  if (status) throw RunError(fmt::format("cannot make the folder {}: {}", path, status.message()));
}

// A folder that gnuplot may write into, gone at the end: gnuplot's own files are never half there.
class Scratch {
 public:
  explicit Scratch(std::string path) : path_(std::move(path)) {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
    MakeFolder(path_);
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

// Empty when both pictures are in `figures` afterwards.
std::string Draw(const Figure& figure, const std::string& scratch, const std::string& figures) {
  WriteFile(scratch + "/" + figure.name + ".gp", figure.script);
  for (const auto& [name, bytes] : figure.data) WriteFile(scratch + "/" + name, bytes);
  const std::string complaint = RunGnuplot(scratch, figure.name + ".gp");
  if (!complaint.empty()) return complaint;
  for (const char* format : {".svg", ".png"}) {
    const std::string file = figure.name + format;
    if (!std::filesystem::exists(scratch + "/" + file)) {
      return fmt::format("gnuplot did not write {}", file);
    }
    WriteFile(figures + "/" + file, ReadFile(scratch + "/" + file));
  }
  return "";
}

// Script and data stay, drawn or not. Empty when it is drawn.
std::string Publish(Figure& figure, const std::string& scratch, const std::string& figures) {
  WriteFile(figures + "/" + figure.name + ".gp", figure.script);
  for (const auto& [name, bytes] : figure.data) WriteFile(figures + "/" + name, bytes);
  const std::string complaint = Draw(figure, scratch, figures);
  figure.drawn = complaint.empty();
  return complaint;
}

}  // namespace

std::vector<std::string> DrawFigures(const std::string& figures, const std::vector<Figure*>& list) {
  MakeFolder(figures);
  const Scratch scratch(figures + ".part");
  std::vector<std::string> complaints(list.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < list.size(); i = next++) {
      try {
        complaints[i] = Publish(*list[i], scratch.path(), figures);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
        next = list.size();
      }
    }
  };
  const std::size_t cores = std::clamp(std::thread::hardware_concurrency(), 1U, kMostAtOnce);
  Helpers others(std::min(cores, std::max<std::size_t>(list.size(), 1)) - 1,
                 [&](std::size_t) { work(); });
  work();
  others.Join();
  if (failure) std::rethrow_exception(failure);
  std::vector<std::string> said;
  for (std::string& complaint : complaints) {
    const bool known = std::find(said.begin(), said.end(), complaint) != said.end();
    if (!complaint.empty() && !known) said.push_back(std::move(complaint));
  }
  return said;
}

std::string RenderPng(const Figure& figure) {
  std::string pattern = std::filesystem::temp_directory_path() / "normlab-figure-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    throw RunError(fmt::format("cannot make the folder {}: {}", pattern, std::strerror(errno)));
  }
  const Scratch scratch(pattern);
  const std::string complaint = Draw(figure, scratch.path(), scratch.path());
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
