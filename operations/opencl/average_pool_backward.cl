const int column = place % INPUT_WIDTH, row = place / INPUT_WIDTH;
V sum = (V)(0.0f);
WINDOWS_OVER(row, column);
for (int oy = first_y; oy < end_y; ++oy) {
  for (int ox = first_x; ox < end_x; ++ox) {
    sum += dy[((size_t)tile * HEIGHT * WIDTH + oy * WIDTH + ox) * LANES + lane] /
           (V)((float)(SIZE_X * SIZE_Y));
  }
}
STORE(tile * INPUT_HEIGHT * INPUT_WIDTH + place, sum);
