// What all kernels share: a vector V of VECTOR images, or a single one, and what is done with it.
#if VECTOR == 1
typedef float V;
typedef int B;
typedef uint U;
#define SELECT(condition, yes, no) ((condition) ? (yes) : (no))
#define CHOOSE(condition, yes, no) ((condition) ? (yes) : (no))
#define SUM_OF(x) (x)
#else
#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
typedef JOIN(float, VECTOR) V;
typedef JOIN(int, VECTOR) B;
typedef JOIN(uint, VECTOR) U;
#define SELECT(condition, yes, no) select((V)(no), (V)(yes), (condition))
#define CHOOSE(condition, yes, no) select((B)(no), (B)(yes), (condition))
#if VECTOR == 16
float sum16(float16 x) { float8 a = x.lo + x.hi; float4 b = a.lo + a.hi; float2 c = b.lo + b.hi; return c.x + c.y; }
#define SUM_OF(x) sum16(x)
#define NUMBERS ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#elif VECTOR == 8
float sum8(float8 x) { float4 b = x.lo + x.hi; float2 c = b.lo + b.hi; return c.x + c.y; }
#define SUM_OF(x) sum8(x)
#define NUMBERS ((int8)(0, 1, 2, 3, 4, 5, 6, 7))
#else
float sum4(float4 x) { float2 c = x.lo + x.hi; return c.x + c.y; }
#define SUM_OF(x) sum4(x)
#define NUMBERS ((int4)(0, 1, 2, 3))
#endif
#endif
#ifndef NUMBERS
#define NUMBERS 0
#endif

#ifdef FP_FAST_FMAF
#define MAD(a, b, c) fma((V)(a), (V)(b), (V)(c))
#else
#define MAD(a, b, c) ((a) * (b) + (c))
#endif
#define UNROLL _Pragma("unroll")

// The place of an image in the batch, and whether there is one.
#define IMAGE_OF(lane) ((B)((lane) * VECTOR) + NUMBERS)
#define IS_LIVE(lane) (IMAGE_OF(lane) < (B)((int)pass[COUNT]))
#define LIVE(lane, x) SELECT(IS_LIVE(lane), x, (V)(0.0f))

// Of ghost batches of `ghost` images: how many an image's own has, the last being smaller; 1 of a
// lane without an image.
#if VECTOR == 1
#define TO_V(x) ((float)(x))
#else
#define TO_V(x) JOIN(convert_float, VECTOR)(x)
#endif
#define GHOST_IMAGES(lane, ghost)                                                             \
  TO_V(max((B)(1), min((B)(ghost), (B)((int)pass[COUNT]) - IMAGE_OF(lane) / (B)(ghost) * (B)(ghost))))

// Of a vector of every worker of a group: the same for each of them, in the order of the workers.
// Kernels that use these begin with GROUP_SHARED, and define GROUP.
#if VECTOR == 1
#define PARTS_OF(x, parts) parts[0] = (x)
#define V_OF(parts) (parts[0])
#else
#define PARTS_OF(x, parts) JOIN(vstore, VECTOR)((x), 0, parts)
#define V_OF(parts) JOIN(vload, VECTOR)(0, parts)
#endif
float largest_of(V x) {
  float parts[VECTOR];
  PARTS_OF(x, parts);
  float best = parts[0];
  for (int i = 1; i < VECTOR; ++i) best = parts[i] > best || isnan(parts[i]) ? parts[i] : best;
  return best;
}
float smallest_of(V x) { return -largest_of(-x); }

#if WORKERS == 1
#define GROUP_SHARED
#define GROUP_SUM(x) SUM_OF(x)
#define GROUP_MAX(x) largest_of(x)
#define GROUP_MIN(x) smallest_of(x)
#else
#define GROUP_SHARED __local float shared[WORKERS];
float group_sum(float mine, int worker, __local float* shared) {
  shared[worker] = mine;
  barrier(CLK_LOCAL_MEM_FENCE);
  float all = 0.0f;
  for (int other = 0; other < WORKERS; ++other) all += shared[other];
  barrier(CLK_LOCAL_MEM_FENCE);
  return all;
}
float group_largest(float mine, int worker, __local float* shared) {
  shared[worker] = mine;
  barrier(CLK_LOCAL_MEM_FENCE);
  float best = shared[0];
  for (int other = 1; other < WORKERS; ++other) {
    best = shared[other] > best || isnan(shared[other]) ? shared[other] : best;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return best;
}
#define GROUP_SUM(x) group_sum(SUM_OF(x), worker, shared)
#define GROUP_MAX(x) group_largest(largest_of(x), worker, shared)
#define GROUP_MIN(x) (-group_largest(largest_of(-(x)), worker, shared))
#endif

// The windows of a pool that a pixel is in: first_y to end_y - 1, first_x to end_x - 1.
#define WINDOWS_OVER(row, column)                                                      \
  const int first_y = max(0, row + PADDING_Y - SIZE_Y + STRIDE_Y) / STRIDE_Y;          \
  const int end_y = min(HEIGHT, (row + PADDING_Y) / STRIDE_Y + 1);                     \
  const int first_x = max(0, column + PADDING_X - SIZE_X + STRIDE_X) / STRIDE_X;       \
  const int end_x = min(WIDTH, (column + PADDING_X) / STRIDE_X + 1)
