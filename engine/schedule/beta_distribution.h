#pragma once

namespace engine {

/// The x below which a share p of the beta distribution (a, b) lies: its quantile function. p and x in 0..1.
double betaQuantile(double p, double a, double b);

} // namespace engine
