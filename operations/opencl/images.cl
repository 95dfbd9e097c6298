// A row of a channel, of every image: PIXEL, and of mixed ones what struct Mix says. Products are
// rounded before they are added, as the processor rounds them: bits are those of FillMixed.
{
#pragma OPENCL FP_CONTRACT OFF
#define WORD(row, image) words[(row) * LANES * VECTOR + (image)]
  const int row = place % HEIGHT;
  __global const float* table = (__global const float*)&WORD(ROWS, 0) + place / HEIGHT * 256;
  size_t own[VECTOR], partner[VECTOR];
  float weight[VECTOR];
  int left[VECTOR], right[VECTOR];
  bool mixes = false;
  for (int i = 0; i < VECTOR; ++i) {
    const int image = lane * VECTOR + i;
    own[i] = (size_t)WORD(PLACE, image) * ELEMENTS + place * WIDTH;
    partner[i] = (size_t)WORD(PARTNER, image) * ELEMENTS + place * WIDTH;
    weight[i] = as_float(WORD(WEIGHT, image));
    const bool inside = row >= (int)WORD(TOP, image) && row < (int)WORD(BOTTOM, image);
    left[i] = inside ? (int)WORD(LEFT, image) : 0;
    right[i] = inside ? (int)WORD(RIGHT, image) : 0;
    mixes = mixes || weight[i] != 1.0f || left[i] < right[i];
  }
  for (int column = 0; column < WIDTH; ++column) {
    float x[VECTOR];
    for (int i = 0; i < VECTOR; ++i) x[i] = PIXEL(own[i] + column);
    if (mixes) {
      for (int i = 0; i < VECTOR; ++i) {
        const float p = PIXEL(partner[i] + column);
        if (weight[i] != 1.0f) {
          const float kept = weight[i] * x[i], added = (1.0f - weight[i]) * p;
          x[i] = kept + added;
        }
        if (column >= left[i] && column < right[i]) x[i] = p;
      }
    }
    to[(place * WIDTH + column) * LANES + lane] = LIVE(lane, V_OF(x));
  }
#undef WORD
}
