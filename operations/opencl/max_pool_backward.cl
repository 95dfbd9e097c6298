// What a pixel of the input gets of every window that it is in: whose largest it was is found anew.
const int column = place % INPUT_WIDTH, row = place / INPUT_WIDTH;
__global const V* in = x + (size_t)tile * INPUT_HEIGHT * INPUT_WIDTH * LANES + lane;
V sum = (V)(0.0f);
WINDOWS_OVER(row, column);
for (int oy = first_y; oy < end_y; ++oy) {
  for (int ox = first_x; ox < end_x; ++ox) {
    const int left = max(ox * STRIDE_X - PADDING_X, 0), top = max(oy * STRIDE_Y - PADDING_Y, 0);
    const int right = min(ox * STRIDE_X - PADDING_X + SIZE_X, INPUT_WIDTH);
    const int bottom = min(oy * STRIDE_Y - PADDING_Y + SIZE_Y, INPUT_HEIGHT);
    V best = in[(top * INPUT_WIDTH + left) * LANES];
    B where = (B)(top * INPUT_WIDTH + left);
    for (int wy = top; wy < bottom; ++wy) {
      for (int wx = left; wx < right; ++wx) {
        const V value = in[(wy * INPUT_WIDTH + wx) * LANES];
        const B larger = (value > best) | isnan(value);
        best = SELECT(larger, value, best);
        where = CHOOSE(larger, (B)(wy * INPUT_WIDTH + wx), where);
      }
    }
    const V gradient = dy[((size_t)tile * HEIGHT * WIDTH + oy * WIDTH + ox) * LANES + lane];
    sum += SELECT(where == (B)(place), gradient, (V)(0.0f));
  }
}
STORE(tile * INPUT_HEIGHT * INPUT_WIDTH + place, sum);
