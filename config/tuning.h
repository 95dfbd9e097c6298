// [tune] of a recipe: which keys are drawn, from which ranges, how often, and how long a trial
// trains.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/keys.h"

namespace normlab {

// A key and what its values are drawn from: a list, each with one chance, or the numbers between
// `low` and `high`, uniformly or, `logarithmic`, uniformly in their logarithms.
struct TunedKey {
  std::string key;  // or an argument: "schedule.warmup"
  std::string origin;
  std::vector<Setting> values;  // empty: of a range
  double low = 0, high = 0;
  bool logarithmic = false;
  bool whole = false;  // whole numbers
};

struct Tuning {
  std::string origin;
  int trials = 0;                 // of every arm, the same points for all
  std::string search = "random";  // "random" | "halving"
  // Of halving: the part of the trials that goes on from rung to rung, and the epochs after which
  // they are compared, ascending; empty: `epochs` times keep, and that times keep again.
  double keep = 1.0 / 3;
  std::vector<int> rungs;
  std::vector<TunedKey> keys;  // in the order of the file
};

// What the keys are in trial `trial`, from 1: addressed by (seed, the key's place, trial), numbers
// of four digits.
std::vector<Setting> DrawTrial(const Tuning& tuning, std::uint64_t seed, int trial);

// The epochs after which trials are compared; the last is `epochs`. Throws UsageError where a rung
// lies beyond.
std::vector<int> RungsOf(const Tuning& tuning, int epochs);

// How many of `trials` go on behind a rung: at least one.
int KeptOf(const Tuning& tuning, int trials);

// The table as a recipe has it; what it holds is hashed.
std::string TuningText(const Tuning& tuning);

}  // namespace normlab
