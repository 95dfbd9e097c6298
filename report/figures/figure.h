// One figure of the report: its files, and the frame that all figures' scripts share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/owned_folder.h"

namespace normlab {

struct Figure {
  std::string name;  // figures/<name>.svg, .png; drawn by <name>.gp from the files below
  std::string alt;   // for those who do not see it
  std::string caption;
  std::string script;
  std::vector<std::pair<std::string, std::string>> data;  // file's name, bytes
  bool drawn = false;
};

struct DrawnFigures {
  std::vector<std::string> complaints;  // one line for each thing that went wrong
  std::vector<std::string> kept;        // files that are the user's, as seen from the report
};

// Draws every figure into figures/ of the report's folder (made when missing), several at once;
// each file appears there whole. Sets `drawn`. Scripts and data are left there even when gnuplot is
// missing. Throws RunError when the folder cannot be written.
DrawnFigures DrawFigures(OwnedFolder& report, const std::vector<Figure*>& list);

// The figure as the bytes of a PNG file; leaves no files. Throws RunError with gnuplot's complaint,
// or where it is missing.
std::string RenderPng(const Figure& figure);

// What is wrong with this machine's gnuplot; empty where it draws both formats. Throws RunError
// where there is no place for a temporary file.
std::string GnuplotTrouble();

// What every script begins and ends with: `width` x `height` in pixels of the SVG, twice as many in
// the PNG; the drawing stands between loop and tail, once for both formats.
std::string FigureHead(const std::string& name, int width, int height);
std::string FigureLoop(const std::string& name, int width, int height);
std::string FigureTail();

}  // namespace normlab
