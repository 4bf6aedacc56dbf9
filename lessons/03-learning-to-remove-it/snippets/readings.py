"""One answer, read three ways."""

S, N = 0.6, 0.8  # S² + N² = 1
x0, eps = 0.5, -1.2
x_t = S * x0 + N * eps


def from_x0(x0_hat):
    eps_hat = (x_t - S * x0_hat) / N
    return x0_hat, eps_hat, S * eps_hat - N * x0_hat


def from_eps(eps_hat):
    x0_hat = (x_t - N * eps_hat) / S
    return x0_hat, eps_hat, S * eps_hat - N * x0_hat


def from_v(v_hat):
    return S * x_t - N * v_hat, N * x_t + S * v_hat, v_hat


answer = from_x0(0.3)  # a network guesses 0.3, and is off by 0.2
print("                x0     eps       v")
print("truth      ", *(f"{value:7.3f}" for value in (x0, eps, S * eps - N * x0)))
for name, read in (("x0", from_x0), ("eps", from_eps), ("v", from_v)):
    given = dict(zip(("x0", "eps", "v"), answer, strict=True))[name]
    print(f"from {name:6}", *(f"{value:7.3f}" for value in read(given)))
