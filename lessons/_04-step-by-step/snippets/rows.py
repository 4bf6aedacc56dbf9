"""The numbers of DDPM's step, for some of fifty steps: known before the run starts."""

from app.diffusion.plan import make_plan

plan = make_plan(sampler="ddpm", steps=50)
print("step   sigma  after      a      b      d")
for step in (1, 2, 10, 25, 40, 45, 49, 50):
    row = plan.calls[step - 1].row
    sigma, after = (point.noise_scale / point.signal_scale for point in plan.points[step - 1 : step + 1])
    print(f"{step:4} {sigma:7.2f} {after:6.2f} {row.x_t:6.2f} {row.x0_hat:6.2f} {row.noise:6.2f}")
