// One figure of the report: its files, and the frame that all figures' scripts share.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace normlab {

struct Figure {
  std::string name;  // figures/<name>.svg, .png; drawn by <name>.gp from the files below
  std::string alt;   // for those who do not see it
  std::string caption;
  std::string script;
  std::vector<std::pair<std::string, std::string>> data;  // file's name, bytes
  bool drawn = false;
};

// Draws every figure in the folder `figures` (made when missing), several at once; each file
// appears there whole. Sets `drawn`; returns one line for each thing that went wrong. Scripts and
// data are left there even when gnuplot is missing. Throws RunError when the folder cannot be
// written.
std::vector<std::string> DrawFigures(const std::string& figures, const std::vector<Figure*>& list);

// The figure as the bytes of a PNG file; leaves no files. Throws RunError with gnuplot's complaint,
// or where it is missing.
std::string RenderPng(const Figure& figure);

// What every script begins and ends with: `width` x `height` in pixels of the SVG, twice as many in
// the PNG; the drawing stands between loop and tail, once for both formats.
std::string FigureHead(const std::string& name, int width, int height);
std::string FigureLoop(const std::string& name, int width, int height);
std::string FigureTail();

}  // namespace normlab
