const int row = place / INPUT_WIDTH, column = place % INPUT_WIDTH;
V value = (V)(0.0f);
if (row % STRIDE == 0 && column % STRIDE == 0) {
  const int from = (tile + BEFORE) * HEIGHT * WIDTH + row / STRIDE * WIDTH + column / STRIDE;
  value = dy[(size_t)from * LANES + lane];
}
STORE(tile * INPUT_HEIGHT * INPUT_WIDTH + place, value);
