// What torch.nn.utils.clip_grad_norm_ multiplies gradients with.
float sum = 0.0f, rest = 0.0f;
for (int part = 0; part < PARTS; ++part) {
  const float term = squares[part] - rest, next = sum + term;
  rest = (next - sum) - term;
  sum = next;
}
const float wanted = LARGEST / (sqrt(sum) + 1e-6f);
factor[0] = wanted < 1.0f ? wanted : 1.0f;
