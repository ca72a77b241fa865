// The main job's loop in C, the yardstick of the bench: the online problem, one optimizer, float64, nothing logged.
//
//   gcc -O2 -o loop bench/loop.c -lm && ./loop adam 6000000
//
// A step is what a step of the tutorial is: the gradient by batch, Adam as PyTorch writes it (in its order of
// operations, without fused multiply-adds), the clamp to [-1, 1] after the update, and the sums of the average regret,
// which charge the projected x. The estimate is x before the clamp.

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct adam {
  double lr, beta1, beta2, eps;
  bool amsgrad;
  double m, v, v_max;
  // beta^t as running products: pow() in the step would cost more than the rest of it.
  double beta1_power, beta2_power;
};

static double adam_step(struct adam *a, double x, double gradient) {
  a->beta1_power *= a->beta1;
  a->beta2_power *= a->beta2;
  a->m += (1.0 - a->beta1) * (gradient - a->m);
  a->v = a->v * a->beta2 + (1.0 - a->beta2) * gradient * gradient;
  double second = a->v;
  if (a->amsgrad) {
    if (a->v > a->v_max) a->v_max = a->v;
    second = a->v_max;
  }
  double step_size = a->lr / (1.0 - a->beta1_power);
  double denominator = sqrt(second) / sqrt(1.0 - a->beta2_power) + a->eps;
  return x + -step_size * a->m / denominator;
}

int main(int argc, char **argv) {
  bool known = argc == 3 && (strcmp(argv[1], "adam") == 0 || strcmp(argv[1], "amsgrad") == 0);
  char *end = NULL;
  errno = 0;
  long steps = known ? strtol(argv[2], &end, 10) : 0;
  if (!known || errno != 0 || *end != '\0' || steps < 1) {
    fprintf(stderr, "usage: %s adam|amsgrad STEPS\n", argv[0]);
    return 2;
  }

  struct adam adam = {.lr = 1e-3, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8};
  adam.amsgrad = strcmp(argv[1], "amsgrad") == 0;
  adam.beta1_power = 1.0;
  adam.beta2_power = 1.0;

  double x = 0.0, estimate = 0.0, loss_sum = 0.0, coefficient_sum = 0.0;
  long first_clamp = -1;
  for (long batch = 0; batch < steps; batch++) {
    double coefficient = batch % 101 == 1 ? 1010.0 : -10.0;
    loss_sum += coefficient * x;
    coefficient_sum += coefficient;
    estimate = adam_step(&adam, x, coefficient);
    x = estimate;
    if (x > 1.0 || x < -1.0) {
      x = x > 1.0 ? 1.0 : -1.0;
      if (first_clamp < 0) first_clamp = batch;
    }
  }

  // The best fixed point of [-1, 1] is a corner, so its loss is -|sum of the coefficients|.
  double average_regret = (loss_sum + fabs(coefficient_sum)) / (double)steps;
  printf("x %.17g\nestimate %.17g\naverage_regret %.17g\nfirst_clamp %ld\n", x, estimate, average_regret, first_clamp);
  return 0;
}
