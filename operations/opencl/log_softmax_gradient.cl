for (int k = 0; k < CLASSES; ++k) {
  const V share = exp(y[k * LANES + lane]) - target[k * LANES + lane];
  dx[k * LANES + lane] = LIVE(lane, share / (V)((float)pass[COUNT]));
}
