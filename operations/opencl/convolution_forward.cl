// Of OUT channels and WIDE pixels of a row: every input row is read once for all of them.
const int x0 = place % TILES * WIDE, row = place / TILES;
const int first = tile * OUT, group = first / GROUP_OUTPUTS;
V sum[OUT][WIDE];
UNROLL for (int o = 0; o < OUT; ++o) {
  UNROLL for (int t = 0; t < WIDE; ++t) sum[o][t] = (V)(START(first + o));
}
for (int i = 0; i < GROUP_INPUTS; ++i) {
  for (int ky = 0; ky < KERNEL; ++ky) {
    const int from = row * STRIDE + ky - PADDING;
    if (from < 0 || from >= INPUT_HEIGHT) continue;
    __global const V* in =
        x + (size_t)((group * GROUP_INPUTS + i) * INPUT_HEIGHT + from) * INPUT_WIDTH * LANES + lane;
    V near[(WIDE - 1) * STRIDE + KERNEL];
    UNROLL for (int j = 0; j < (WIDE - 1) * STRIDE + KERNEL; ++j) {
      const int at = x0 * STRIDE - PADDING + j;
      near[j] = at >= 0 && at < INPUT_WIDTH ? in[at * LANES] : (V)(0.0f);
    }
    __global const float* filter = w + ((first * GROUP_INPUTS + i) * KERNEL + ky) * KERNEL;
    UNROLL for (int o = 0; o < OUT; ++o) {
      UNROLL for (int kx = 0; kx < KERNEL; ++kx) {
        const V weight = (V)(filter[o * GROUP_INPUTS * KERNEL * KERNEL + kx]);
        UNROLL for (int t = 0; t < WIDE; ++t) {
          sum[o][t] = MAD(weight, near[t * STRIDE + kx], sum[o][t]);
        }
      }
    }
  }
}
// Not unrolled: STORE may be long.
V done[OUT * WIDE];
UNROLL for (int o = 0; o < OUT; ++o) {
  UNROLL for (int t = 0; t < WIDE; ++t) done[o * WIDE + t] = sum[o][t];
}
const int end = min(WIDE, WIDTH - x0);
for (int o = 0; o < OUT; ++o) {
  const int begin = ((first + o) * HEIGHT + row) * WIDTH + x0;
  for (int t = 0; t < end; ++t) STORE(begin + t, done[o * WIDE + t]);
}
