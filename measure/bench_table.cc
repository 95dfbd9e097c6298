#include "measure/bench_table.h"

#include <fmt/format.h>

#include "base/text_lines.h"

namespace normlab {
namespace {

// Where it is not what it mostly is.
std::string MoreOf(const BenchOptions& options) {
  std::string text;
  if (options.weights != "none") text += ", weights " + FilterLabel(options.weights);
  if (options.optimizer != "sgd") text += fmt::format(", {}", options.optimizer);
  if (options.ghost > 0) text += fmt::format(", ghost {}", options.ghost);
  return text;
}

constexpr double kMebi = 0x1p20;

class Table : private TextLines {
 public:
  explicit Table(const BenchReport& report) : report_(report) {}

  std::string Text() {
    AddHeading();
    AddPeaks();
    AddBandwidth();
    AddOperations();
    AddPasses();
    return text();
  }

 private:
  void AddHeading() {
    const Hardware& machine = report_.hardware;
    const BenchOptions& options = report_.options;
    const Shape& shape = report_.architecture.input;
    Line("{} on {}x{}x{} images, {} norm{}, dropout {}, batch {}; {}, {} thread{}", options.model,
         shape.channels, shape.height, shape.width, NormLabel(options.norm), MoreOf(options),
         options.dropout, options.batch, SimdName(report_.simd), report_.threads,
         report_.threads == 1 ? "" : "s");
    Line("{}, {} core{}, {}, last cache {:.0f} MiB, load {:.1f} before the start",
         machine.processor.empty() ? "processor not named" : machine.processor, machine.cores,
         machine.cores == 1 ? "" : "s",
         machine.clock > 0
             ? fmt::format("{:.2f} GHz stated by {}", machine.clock / 1e9, machine.clock_source)
             : "clock not stated",
         static_cast<double>(machine.last_cache) / kMebi, machine.load);
    Line("medians of {} rounds of {} steps; a step holds about {:.0f} MiB", options.rounds,
         report_.steps_per_round, static_cast<double>(report_.step_bytes) / kMebi);
  }

  static std::string Rates(const Spread& rates) {
    return fmt::format("{:8.2f} {:17}", rates.most / 1e9,
                       fmt::format("({:.2f}-{:.2f})", rates.least / 1e9, rates.median / 1e9));
  }

  void AddPeaks() {
    const double stated = report_.hardware.clock, measured = report_.clock.most;
    Line("");
    Line("FMA peak, GFLOP/s: best round (worst-median); nominal: {} units a core, clock {}",
         kAssumedUnits,
         stated > 0 ? fmt::format("as stated, as measured ({:.2f} GHz)", measured / 1e9)
                    : fmt::format("measured ({:.2f} GHz)", measured / 1e9));
    Line("{:10}{:>8} {:17}{:>8} {:17}{}", "", "1 thread", "", "together", "", "nominal core");
    for (const PeakReport& peak : report_.peaks) {
      const std::string by_stated =
          stated > 0 ? fmt::format("{:.1f}, ", NominalFmaPeak(peak.simd, stated) / 1e9) : "";
      Line("  {:8}{}{}{}{:.1f}", SimdName(peak.simd), Rates(peak.one_thread),
           Rates(peak.all_threads), by_stated, NominalFmaPeak(peak.simd, measured) / 1e9);
    }
  }

  void AddBandwidth() {
    if (report_.bandwidth_bytes == 0) return;
    Line("memory, GB/s: triad over {:.0f} MiB",
         static_cast<double>(report_.bandwidth_bytes) / kMebi);
    Line("  {:8}{}{}", "triad", Rates(report_.bandwidth_one_thread),
         Rates(report_.bandwidth_all_threads));
  }

  std::string Cell(const PieceReport* piece) const {
    if (piece == nullptr) return fmt::format("{:>8}{:7}{:6}", "-", "", "");
    const double seconds = piece->seconds.median;
    return CellOf(seconds, piece->multiply_adds);
  }
  std::string CellOf(double seconds, double multiply_adds) const {
    if (multiply_adds == 0) return fmt::format("{:8.3f}{:7}{:6}", seconds * 1e3, "", "");
    const double rate = 2 * multiply_adds / seconds;
    return fmt::format("{:8.3f}{:7.1f}{:5.0f}%", seconds * 1e3, rate / 1e9,
                       100 * rate / report_.PeakPerCore());
  }

  double ShareOfStep(double seconds) const {
    return 100 * seconds / (report_.threads * report_.profiled_step.median);
  }

  void AddOperations() {
    constexpr const char* kColumns = "      ms GFLOP/s  peak";
    Line("");
    Line("operation in a step         {:^21}{:^21}{:^21}", "forward", "backward, or of input",
         "of weights");
    Line("{:27}{:>21}{:>21}{:>21}  of step", "", kColumns, kColumns, kColumns);
    for (const OperationReport& operation : report_.operations) {
      const std::string again =
          operation.info.application > 1 ? fmt::format("'{}", operation.info.application) : "";
      Line("{:27}{}{}{}{:7.1f}%", operation.info.layer + again + " " + operation.info.name,
           Cell(operation.Find(Piece::kForward)), Cell(operation.Find(Piece::kBackward)),
           Cell(operation.Find(Piece::kWeightGradient)), ShareOfStep(operation.Seconds()));
    }
    AddSums();
  }

  struct Sum {
    double seconds[kPieces] = {}, multiply_adds[kPieces] = {}, all_seconds = 0;
    void Add(const OperationReport& operation) {
      for (const PieceReport& piece : operation.pieces) {
        const auto at = static_cast<std::size_t>(piece.piece);
        seconds[at] += piece.seconds.median;
        multiply_adds[at] += piece.multiply_adds;
        all_seconds += piece.seconds.median;
      }
    }
  };

  void AddSums() {
    Sum convolutions, others;
    for (const OperationReport& operation : report_.operations) {
      (operation.info.is_convolution() ? convolutions : others).Add(operation);
    }
    for (const auto& [name, sum] :
         {std::pair<const char*, const Sum&>("all convolutions", convolutions),
          std::pair<const char*, const Sum&>("all others", others)}) {
      Line("{:27}{}{}{}{:7.1f}%", name, SumCell(sum, Piece::kForward),
           SumCell(sum, Piece::kBackward), SumCell(sum, Piece::kWeightGradient),
           ShareOfStep(sum.all_seconds));
    }
    const auto prepare = static_cast<std::size_t>(Piece::kPrepare);
    const double prepared = convolutions.seconds[prepare] + others.seconds[prepare];
    Line("{:27}{:8.3f}{:55}{:7.1f}%, counted in its operation", "preparing weights", prepared * 1e3,
         "", ShareOfStep(prepared));
    Line("{:27}{:8.3f}{:55}{:7.1f}%", "optimizer", report_.optimizer.median * 1e3, "",
         ShareOfStep(report_.optimizer.median));
    Line("{:27}{:8.3f}{:55}{:7.1f}%", "waiting, sums of gradients", report_.rest.median * 1e3, "",
         ShareOfStep(report_.rest.median));
  }

  std::string SumCell(const Sum& sum, Piece piece) const {
    const auto at = static_cast<std::size_t>(piece);
    if (sum.seconds[at] == 0) return Cell(nullptr);
    return CellOf(sum.seconds[at], sum.multiply_adds[at]);
  }

  void AddPass(const char* name, const Spread& seconds, double multiply_adds) {
    const double rate = 2 * multiply_adds / seconds.median;
    Line("{:20}{:9.3f} {:19}{:9.0f}{:10.1f}{:7.0f}%", name, seconds.median * 1e3,
         fmt::format("({:.3f}-{:.3f})", seconds.least * 1e3, seconds.most * 1e3),
         report_.options.batch / seconds.median, rate / 1e9, 100 * rate / report_.Peak());
  }

  void AddPasses() {
    Line("");
    Line("{:20}{:>9} {:19}{:>9}{:>10}{:>8}", "whole passes", "ms", "(least-most)", "images/s",
         "GFLOP/s", "of peak");
    AddPass("step", report_.step, report_.step_multiply_adds);
    AddPass("convolutions alone", report_.convolutions, report_.step_multiply_adds);
    AddPass("evaluation", report_.evaluation, report_.evaluation_multiply_adds);
    const Spread& share = report_.not_convolution;
    Line("not convolution: {:.1f} % of the step ({:.1f}-{:.1f})", 100 * share.median,
         100 * share.least, 100 * share.most);
  }

  const BenchReport& report_;
};

}  // namespace

std::string BenchTable(const BenchReport& report) { return Table(report).Text(); }

}  // namespace normlab
