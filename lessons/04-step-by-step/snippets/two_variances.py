"""Ten steps with the small and with the large variance: noise after each step, and grain that is left."""

from eight_sevens import frames

from app.diffusion.plan import make_plan

small, large = (make_plan(sampler=name, steps=10) for name in ("ddpm", "ddpm_large"))

print("noise after a step, if the guess is right")
print("step  expected  small  large")
for step in (2, 5, 8, 9):
    before, after = small.points[step - 1 : step + 1]
    r = (after.noise_scale / after.signal_scale) / (before.noise_scale / before.signal_scale)
    kept = after.noise_scale * r  # of the old noise
    sizes = [(kept**2 + plan.calls[step - 1].row.noise ** 2) ** 0.5 for plan in (small, large)]
    print(f"{step:4} {after.noise_scale:9.2f} {sizes[0]:6.2f} {sizes[1]:6.2f}")

print("grain on the paper at the end")  # in the three rows at the top, where no seven has ink
for name, plan in (("small", small), ("large", large)):
    print(f"{name} {(frames(plan)[-1][:, :3] + 1.0).square().mean().sqrt():.3f}")
