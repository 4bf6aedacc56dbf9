"""The numbers of DDPM's step, for some of fifty steps."""

from app.diffusion.plan import make_plan

plan = make_plan(sampler="ddpm", steps=50)
sigmas = [p.noise_scale / p.signal_scale for p in plan.points]

print("step   sigma  after      a      b      d")
for step in (1, 2, 10, 25, 40, 45, 49, 50):
    before, after = sigmas[step - 1], sigmas[step]
    row = plan.calls[step - 1].row
    a, b, d = row.x_t, row.x0_hat, row.noise
    print(f"{step:4} {before:7.2f} {after:6.2f}", end=" ")
    print(f"{a:6.2f} {b:6.2f} {d:6.2f}")
