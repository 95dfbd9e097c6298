#include "study/log_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace normlab {
namespace {

// From an empty cell to a full one, in eighths, or in tenths where only ASCII can be shown.
constexpr std::array<std::string_view, 9> kEighths = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
constexpr std::array<std::string_view, 11> kTenths = {" ", "1", "2", "3", "4", "5",
                                                      "6", "7", "8", "9", "#"};

template <std::size_t size>
std::string Bar(const std::array<std::string_view, size>& cells, double fraction, int width) {
  constexpr int kSteps = static_cast<int>(size) - 1;
  const int filled = static_cast<int>(fraction * width * kSteps);
  std::string bar;
  for (int cell = 0; cell < width; ++cell) {
    bar += cells[static_cast<std::size_t>(std::clamp(filled - cell * kSteps, 0, kSteps))];
  }
  return bar;
}

std::string CutToWidth(std::string text, int columns) {
  int seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xC0) != 0x80 && ++seen > columns) return text.substr(0, i);
  }
  return text;
}

// tqdm's format_sizeof.
std::string ScaledText(double number) {
  for (const char* prefix : {"", "k", "M", "G", "T", "P", "E", "Z"}) {
    if (number < 9.995) return fmt::format("{:.2f}{}", number, prefix);
    if (number < 99.95) return fmt::format("{:.1f}{}", number, prefix);
    if (number < 999.5) return fmt::format("{:3.0f}{}", number, prefix);
    number /= 1000;
  }
  return fmt::format("{:.1f}Y", number);
}

std::string CountText(const Meter& meter, std::int64_t count) {
  return meter.unit_scale ? ScaledText(static_cast<double>(count)) : fmt::format("{}", count);
}

std::string RateText(const Meter& meter, double rate) {
  if (!(rate > 0)) return fmt::format("?{}/s", meter.unit);
  const auto text = [&](double number) {
    return meter.unit_scale ? ScaledText(number) : fmt::format("{:5.2f}", number);
  };
  return 1 / rate > 1 ? fmt::format("{}s/{}", text(1 / rate), meter.unit)
                      : fmt::format("{}{}/s", text(rate), meter.unit);
}

}  // namespace

int DisplayWidth(std::string_view meter) {
  return static_cast<int>(
      std::count_if(meter.begin(), meter.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string FormatInterval(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  const std::int64_t hours = whole / 3600, minutes = whole / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
  return fmt::format("{:02}:{:02}", minutes, whole % 60);
}

std::string MeterBar(double fraction, int width, bool ascii) {
  return ascii ? Bar(kTenths, fraction, width) : Bar(kEighths, fraction, width);
}

std::string FormatMeter(const Meter& meter) {
  assert(meter.total > 0 && 0 <= meter.n && meter.n <= meter.total);
  const double average = meter.elapsed > 0 ? meter.n / meter.elapsed : 0;
  const double rate = meter.rate > 0 ? meter.rate : average;
  const double seconds = rate > 0 ? (meter.total - meter.n) / rate : -1;
  const double left = meter.remaining < 0 ? seconds : meter.remaining;
  const std::string remaining = left < 0 ? "?" : FormatInterval(left);
  const double fraction = static_cast<double>(meter.n) / meter.total;
  const std::string before =
      fmt::format("{}{}{:3.0f}%|", meter.prefix, meter.prefix.empty() ? "" : ": ", fraction * 100);
  const std::string after =
      fmt::format("| {}/{} [{}<{}, {}]", CountText(meter, meter.n), CountText(meter, meter.total),
                  FormatInterval(meter.elapsed), remaining, RateText(meter, rate));
  const int width = meter.columns > 0
                        ? std::max(1, meter.columns - DisplayWidth(before) - DisplayWidth(after))
                        : 10;
  const std::string line = before + MeterBar(fraction, width, meter.ascii) + after;
  return meter.columns > 0 ? CutToWidth(line, meter.columns) : line;
}

std::string StepText(double loss, std::int64_t batch, double accuracy) {
  return fmt::format("Loss={:.4f} Batch_id={} Accuracy={:.2f}", loss, batch, accuracy);
}

std::string TestSetLine(double average_loss, int correct, int images) {
  assert(images > 0);
  return fmt::format("Test set: Average loss: {:.4f}, Accuracy: {}/{} ({:.2f}%)", average_loss,
                     correct, images, 100.0 * correct / images);
}

std::vector<std::string> TestSetLines(const EpochRecord& record, int test_images) {
  std::vector<std::string> lines;
  if (std::isnan(record.test_loss)) return lines;
  lines.push_back(TestSetLine(record.test_loss, record.test_correct, test_images));
  if (!std::isnan(record.views_loss)) {
    lines.push_back(fmt::format("Several views: Average loss: {:.4f}, Accuracy: {:.2f}%",
                                record.views_loss, record.views_accuracy));
  }
  return lines;
}

std::string ValidationSetLine(const EpochRecord& record) {
  return fmt::format("Validation set: Average loss: {:.4f}, Accuracy: {:.2f}%",
                     record.validation_loss, record.validation_accuracy);
}

std::vector<std::string> EpochLogLines(const EpochRecord& record, std::int64_t steps,
                                       double last_loss, int test_images, bool has_validation) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("Epoch {}:", record.epoch));
  Meter meter;
  meter.prefix = StepText(last_loss, steps - 1, record.train_accuracy);
  meter.n = meter.total = steps;
  meter.elapsed = record.seconds;
  lines.push_back(FormatMeter(meter));
  if (has_validation) {
    lines.push_back(ValidationSetLine(record));
  }
  for (std::string& line : TestSetLines(record, test_images)) lines.push_back(std::move(line));
  return lines;
}

std::string PlainEpochLine(const std::string& label, const EpochRecord& record, int epochs,
                           bool has_validation) {
  std::string line = fmt::format("{}: epoch {}/{}, train loss {:.4f}, accuracy {:.2f}%", label,
                                 record.epoch, epochs, record.train_loss, record.train_accuracy);
  if (has_validation) {
    line += fmt::format(", validation loss {:.4f}, accuracy {:.2f}%", record.validation_loss,
                        record.validation_accuracy);
  }
  if (!std::isnan(record.test_loss)) {
    line +=
        fmt::format(", test loss {:.4f}, accuracy {:.2f}%", record.test_loss, record.test_accuracy);
  }
  if (!std::isnan(record.views_loss)) {
    line += fmt::format(", several views {:.2f}%", record.views_accuracy);
  }
  return line + fmt::format(", {:.1f} s", record.seconds);
}

}  // namespace normlab
