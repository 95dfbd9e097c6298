// Of OUT x IN filters one row of the kernel, over ROWS rows of the output; the lanes of a work group
// divide the images. Partial sums [slice][filter], or the gradient itself.
const int slice = place;
const int ky = tile % KERNEL, inputs = tile / KERNEL % INPUT_TILES;
const int first = tile / KERNEL / INPUT_TILES * OUT, group = first / GROUP_OUTPUTS;
V sum[OUT][IN][KERNEL];
UNROLL for (int o = 0; o < OUT; ++o) {
  UNROLL for (int i = 0; i < IN; ++i) {
    UNROLL for (int kx = 0; kx < KERNEL; ++kx) sum[o][i][kx] = (V)(0.0f);
  }
}
const int end = min((slice + 1) * ROWS, HEIGHT);
for (int at = lane; at < LANES; at += WORKERS) {
  for (int row = slice * ROWS; row < end; ++row) {
    const int from = row * STRIDE + ky - PADDING;
    if (from < 0 || from >= INPUT_HEIGHT) continue;
    __global const V* in =
        x + (size_t)((group * GROUP_INPUTS + inputs * IN) * INPUT_HEIGHT + from) * INPUT_WIDTH * LANES + at;
    __global const V* out = dy + (size_t)(first * HEIGHT + row) * WIDTH * LANES + at;
    for (int x0 = 0; x0 < WIDTH; x0 += WIDE) {
      V gradient[OUT][WIDE];
      UNROLL for (int o = 0; o < OUT; ++o) {
        UNROLL for (int t = 0; t < WIDE; ++t) {
          gradient[o][t] = x0 + t < WIDTH ? out[(o * HEIGHT * WIDTH + x0 + t) * LANES] : (V)(0.0f);
        }
      }
      UNROLL for (int i = 0; i < IN; ++i) {
        V near[(WIDE - 1) * STRIDE + KERNEL];
        UNROLL for (int j = 0; j < (WIDE - 1) * STRIDE + KERNEL; ++j) {
          const int column = x0 * STRIDE - PADDING + j;
          near[j] = column >= 0 && column < INPUT_WIDTH
                        ? in[(i * INPUT_HEIGHT * INPUT_WIDTH + column) * LANES]
                        : (V)(0.0f);
        }
        UNROLL for (int o = 0; o < OUT; ++o) {
          UNROLL for (int kx = 0; kx < KERNEL; ++kx) {
            UNROLL for (int t = 0; t < WIDE; ++t) {
              sum[o][i][kx] = MAD(gradient[o][t], near[t * STRIDE + kx], sum[o][i][kx]);
            }
          }
        }
      }
    }
  }
}
#if WORKERS > 1
__local float shared[WORKERS * OUT * IN * KERNEL];
#endif
UNROLL for (int o = 0; o < OUT; ++o) {
  UNROLL for (int i = 0; i < IN; ++i) {
    UNROLL for (int kx = 0; kx < KERNEL; ++kx) {
      const float of_lane = SUM_OF(sum[o][i][kx]);
#if WORKERS > 1
      shared[((o * IN + i) * KERNEL + kx) * WORKERS + lane] = of_lane;
#else
      const size_t filter = (size_t)((first + o) * GROUP_INPUTS + inputs * IN + i);
      PUT(partial[slice * SIZE + (filter * KERNEL + ky) * KERNEL + kx], of_lane);
#endif
    }
  }
}
#if WORKERS > 1
barrier(CLK_LOCAL_MEM_FENCE);
for (int each = lane; each < OUT * IN * KERNEL; each += WORKERS) {
  float all = 0.0f;
  for (int other = 0; other < WORKERS; ++other) all += shared[each * WORKERS + other];
  const int o = each / (IN * KERNEL), i = each / KERNEL % IN, kx = each % KERNEL;
  const size_t filter = (size_t)((first + o) * GROUP_INPUTS + inputs * IN + i);
  PUT(partial[slice * SIZE + (filter * KERNEL + ky) * KERNEL + kx], all);
}
#endif
