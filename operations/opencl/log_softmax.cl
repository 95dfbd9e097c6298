// Of an image: log-probabilities [class][image], and the gradient of the mean loss against `target`,
// its shares of the classes.
V largest = x[lane];
for (int k = 1; k < CLASSES; ++k) largest = SELECT(x[k * LANES + lane] > largest, x[k * LANES + lane], largest);
V sum = (V)(0.0f);
for (int k = 0; k < CLASSES; ++k) sum += exp(x[k * LANES + lane] - largest);
const V log_sum = log(sum);
for (int k = 0; k < CLASSES; ++k) y[k * LANES + lane] = x[k * LANES + lane] - largest - log_sum;
