// How far a download is: tqdm's bar on a terminal, a line for every file where lines are asked for.
#pragma once

#include <string>

#include "app/live_lines.h"
#include "app/progress.h"
#include "app/terminal.h"
#include "fetch/download.h"
#include "study/log_lines.h"

namespace normlab {

class FetchBar : public FetchObserver {
 public:
  // kAuto is the bar on a terminal and nothing elsewhere.
  explicit FetchBar(ProgressMode mode, Terminal terminal = StandardError());

  void OnProgress(const std::string& name, std::uint64_t here, std::uint64_t total) override;
  void OnFileEnd() override;
  void OnMessage(const std::string& line) override;

 private:
  void Draw(double now);
  void ShowBar();

  ProgressMode mode_;  // never kAuto
  Terminal terminal_;
  LiveLines live_;
  bool running_ = false;  // a file is
  Meter meter_;
  SmoothedRate rate_;
  std::int64_t resumed_ = 0;  // bytes that were here before
  double start_ = 0, last_draw_ = 0;
  std::int64_t last_n_ = 0;
};

}  // namespace normlab
