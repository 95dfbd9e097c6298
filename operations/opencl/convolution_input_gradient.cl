// Of IN channels of the input and WIDE pixels of a row, WIDE a whole number of strides: which outputs
// a pixel has gone into is known when this is compiled, but for the row.
const int x0 = place % TILES * WIDE, row = place / TILES;
const int first = tile * IN, group = first / GROUP_INPUTS, of_group = first % GROUP_INPUTS;
V sum[IN][WIDE];
UNROLL for (int i = 0; i < IN; ++i) {
  UNROLL for (int t = 0; t < WIDE; ++t) sum[i][t] = (V)(0.0f);
}
for (int o = 0; o < GROUP_OUTPUTS; ++o) {
  for (int ky = 0; ky < KERNEL; ++ky) {
    const int steps = row + PADDING - ky;
    if (steps < 0 || steps % STRIDE != 0 || steps / STRIDE >= HEIGHT) continue;
    __global const V* in =
        dy + (size_t)((group * GROUP_OUTPUTS + o) * HEIGHT + steps / STRIDE) * WIDTH * LANES + lane;
    V near[REACH];
    UNROLL for (int j = 0; j < REACH; ++j) {
      const int at = x0 / STRIDE + LOWEST + j;
      near[j] = at >= 0 && at < WIDTH ? in[at * LANES] : (V)(0.0f);
    }
    __global const float* filter =
        w + (((group * GROUP_OUTPUTS + o) * GROUP_INPUTS + of_group) * KERNEL + ky) * KERNEL;
    UNROLL for (int i = 0; i < IN; ++i) {
      UNROLL for (int kx = 0; kx < KERNEL; ++kx) {
        const V weight = (V)(filter[i * KERNEL * KERNEL + kx]);
        UNROLL for (int t = 0; t < WIDE; ++t) {
          if ((t + PADDING - kx) % STRIDE == 0) {
            sum[i][t] = MAD(weight, near[(t + PADDING - kx) / STRIDE - LOWEST], sum[i][t]);
          }
        }
      }
    }
  }
}
// Not unrolled: STORE may be long.
V done[IN * WIDE];
UNROLL for (int i = 0; i < IN; ++i) {
  UNROLL for (int t = 0; t < WIDE; ++t) done[i * WIDE + t] = sum[i][t];
}
const int end = min(WIDE, INPUT_WIDTH - x0);
for (int i = 0; i < IN; ++i) {
  const int begin = ((first + i) * INPUT_HEIGHT + row) * INPUT_WIDTH + x0;
  for (int t = 0; t < end; ++t) STORE(begin + t, done[i * WIDE + t]);
}
