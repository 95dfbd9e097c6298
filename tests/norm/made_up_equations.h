// Five normalizations that nobody has published and no part of the program knows.
#pragma once

#include <string_view>

namespace normlab::equation {

struct MadeUpEquation {
  std::string_view name, title, text;
};

inline constexpr MadeUpEquation kMadeUpEquations[] = {
    {"soft-range", "Between the smallest and the largest value of a channel",
     R"(high = max[H W](x)
low = min[H W](x)
spread = softplus(high - low) + eps
y = weight[C] * (x - 0.5 * (high + low)) / spread + bias[C]
)"},
    {"share-of-energy", "Batch statistics of what a channel has of its image's energy, then of x",
     R"(energy = norm[H W](x)
share = energy / (avg[C](energy) + eps)       # [N C]
usual = avg[N](share)
swing = var[N](share)
z = x * (1 + 0.2 * tanh((share - usual) / sqrt(swing + eps)))
m = avg[N H W](z)
v = var[N H W](z)
y = weight[C] * (z - m) / sqrt(v + eps) + bias[C]
)"},
    {"ghost-group", "From the moments of ghost batches to those of the image alone, by groups",
     R"(a = avg[M K H W](x); b = var[M K H W](x)
c = avg[K H W](x); d = var[K H W](x)
part = ramp(1, 0.5, 2, 12)
centre = part * a + (1 - part) * stop(c)
spread = sqrt(part * b + (1 - part) * d + eps)
y = weight[C] * (x - centre) / spread + bias[G]
)"},
    {"steady-scale", "A mean absolute value that is held near its running one",
     R"(m = avg[N H W](x)
size = avg[N H W](abs(x - m))
far = ramp(1, 3, 2, 12)
held = clip(size / (size.running + eps), 1 / far, far)
drift = tanh((m - m.running) / (size.running + eps))
y = weight[C] * (x - m) / (size + eps) * stop(held) + bias[C] + shift[C] * drift
)"},
    {"soft-centre", "Moments over pixels weighted by what stands out, a gate for each pixel",
     R"(loud = exp(2 * tanh(steep[] * x))
part = loud / sum[H W](loud)
centre = sum[H W](part * x)
spread = sqrt(sum[H W](part * (x - centre)^2) + eps)
gate = 2 * sigmoid(softplus(open[H W]) - 0.7)
y = weight[C] * (x - centre) / spread * gate + bias[C]
)"},
};

}  // namespace normlab::equation
