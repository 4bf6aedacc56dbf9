"""Ten steps with the small and with the large variance: noise after each step, and grain that is left."""

from eight_sevens import frames

from app.diffusion.plan import make_plan

for sampler in ("ddpm", "ddpm_large"):
    plan = make_plan(sampler=sampler, steps=10)
    paper = frames(plan)[-1][:, :3]  # the three rows at the top, where no seven has ink
    print(f"{sampler}: paper is off by {(paper + 1.0).square().mean().sqrt():.3f} at the end")

print("step  N_next  r     noise if the guess is right: small  large")
for step in (2, 5, 8, 9):
    here, there = plan.points[step - 1 : step + 1]
    r = (there.noise_scale / there.signal_scale) / (here.noise_scale / here.signal_scale)
    small, large = (
        ((there.noise_scale * r) ** 2 + scale**2 * (1.0 - r**2)) ** 0.5
        for scale in (there.noise_scale, here.noise_scale)
    )
    print(f"{step:4}   {there.noise_scale:.2f}  {r:.2f} {small:34.2f} {large:6.2f}")
